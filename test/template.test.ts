import { describe, expect, test } from 'vitest'
import { renderTemplate } from '../generator/template.js'

describe('renderTemplate', () => {
  test('prints values as they are and leaves shell alone', () => {
    const text = 'x="${A:-${B:-}}" ${#A} {print $1}\n{{value}}\n'
    expect(renderTemplate(text, { value: `<&"'>` })).toBe(`x="\${A:-\${B:-}}" \${#A} {print $1}\n<&"'>\n`)
  })

  test('each and if on lines of their own leave no empty lines', () => {
    const text = '{{#each rows}}\n{{#if isOn}}\n{{@index}} {{name}}\n{{else}}\noff\n{{/if}}\n{{/each}}\nend\n'
    const rows = [
      { isOn: true, name: 'a' },
      { isOn: false, name: 'b' },
    ]
    expect(renderTemplate(text, { rows })).toBe('0 a\noff\nend\n')
  })

  test('an inner list sees the outer view and its own place', () => {
    const text =
      '{{#each rows as |row|}}{{#each row}}{{this}}{{../../sep}}{{#if @last}}.{{/if}}{{/each}}{{/each}}'
    expect(renderTemplate(text, { rows: [['a', 'b'], []], sep: ';' })).toBe('a;b;.')
  })

  test.each([
    ['a value', '{{nothing}}'],
    ['a condition', '{{#if nothing}}x{{/if}}'],
    ['a list', '{{#each nothing}}x{{/each}}'],
    ['a helper', '{{nothing a}}'],
    ['a block', '{{#a}}x{{/a}}'],
    ['unless', '{{#unless nothing}}x{{/unless}}'],
    ['lookup', '{{lookup a "nothing"}}'],
    ['a condition that is no boolean', '{{#if word}}x{{/if}}'],
  ])('%s that the view lacks, or that no table needs, throws', (_what, text) => {
    expect(() => renderTemplate(text, { a: {}, word: 'x' })).toThrow()
  })
})

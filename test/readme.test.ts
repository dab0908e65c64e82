import { readFileSync, writeFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { fillReadme, listKeys, sections } from './readme.js'

const file = new URL('../README.md', import.meta.url)
if (process.env.UPDATE_README === '1') writeFileSync(file, fillReadme(readFileSync(file, 'utf8')))
const readme = readFileSync(file, 'utf8')

// UPDATE_README=1 prints the tables anew.
test.each(Object.entries(sections))('README.md has the table %s as it is in generator/', (name, print) => {
  const [, found] = new RegExp(`<!-- begin ${name} -->\n([^]*?)<!-- end ${name} -->`).exec(readme) ?? []
  expect(found).toBe(print())
})

test('README.md has no other tables of ours', () => {
  const names = [...readme.matchAll(/<!-- begin (\S+) -->/g)].map(([, name]) => name)
  expect(names.sort()).toEqual(Object.keys(sections).sort())
})

describe('fillReadme', () => {
  const empty = Object.keys(sections)
    .map((name) => `before\n<!-- begin ${name} -->\n<!-- end ${name} -->\nafter\n`)
    .join('')

  test('changes only what stands between the markers, and nothing the second time', () => {
    const filled = fillReadme(empty)
    expect(filled.match(/^(before|after)$/gm)).toHaveLength(2 * Object.keys(sections).length)
    expect(fillReadme(filled)).toBe(filled)
  })

  test('a missing marker is told', () => {
    expect(() => fillReadme(empty.replace('<!-- end exits -->', ''))).toThrow('exits')
  })
})

describe('the keys of a model', () => {
  const keys = listKeys()
  const find = (path: string) => keys.find((key) => key.path === path)

  test('are found in groups, lists, alternatives and under names of the user', () => {
    expect(find('run.masterWait')).toMatchObject({ type: 'integer, 0 to 2592000', usual: '`600`' })
    expect(find('postgresql.majors')).toMatchObject({ type: 'list of 10 to 18' })
    expect(find('master.tls.rootCert')).toMatchObject({ type: 'string', usual: '' })
    expect(find('access[].from')).toMatchObject({ usual: 'required' })
    expect(find('env.NAME.min')).toMatchObject({ usual: 'required' })
    expect(find('steps[].file')).toMatchObject({ usual: 'required' })
    expect(find('task.health.interval')).toMatchObject({ usual: '`30`' })
    expect(new Set(keys.map(({ path }) => path)).size).toBe(keys.length)
  })

  test('each one says what it is', () => {
    const silent = keys.filter(({ doc }) => doc === '').map(({ path }) => path)
    expect(silent.filter((path) => !/^access\b/.test(path))).toEqual([])
  })
})

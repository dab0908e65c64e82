import { describe, expect, it } from 'vitest'
import { inProject, list, show } from './project.js'

const model = `{
  "$schema": "https://example.org/replica.json",
  "app": { "id": "/a", "cpus": 1 },
  "access": [
    { "from": "10.0.0.0/8" },
    "x"
  ]
}
`

describe('a JSON model', () => {
  it('is read as it is, less $schema', async () => {
    await inProject({ 'r.json': model }, async ({ load }) => {
      const loaded = await load('r.json')
      expect(loaded.diagnostics).toEqual([])
      expect(loaded.value).toEqual({ app: { id: '/a', cpus: 1 }, access: [{ from: '10.0.0.0/8' }, 'x'] })
      expect(loaded.docs).toEqual({})
    })
  })

  it('keeps a $schema that is not at the top, and a __proto__ as an own key', async () => {
    await inProject({ 'r.json': '{"a":{"$schema":"s"},"__proto__":{"b":1}}' }, async ({ load }) => {
      const { value } = await load('r.json')
      expect(Object.entries(Object(value))).toEqual([
        ['a', { $schema: 's' }],
        ['__proto__', { b: 1 }],
      ])
    })
  })

  it('may begin with a byte order mark', async () => {
    await inProject({ 'r.json': '\uFEFF{"a":1}' }, async ({ load, dir }) => {
      const loaded = await load('r.json')
      expect(loaded.value).toEqual({ a: 1 })
      expect(show(loaded.placeOf(['a']), dir)).toBe('r.json:1:2')
    })
  })

  const places: readonly [(string | number)[], string][] = [
    [[], 'r.json:1:1'],
    [['app', 'cpus'], 'r.json:3:24'],
    [['app', 'missing'], 'r.json:3:10'],
    [['missing'], 'r.json:1:1'],
    [['access', 0, 'from'], 'r.json:5:7'],
    [['access', 0, 'from', 'below'], 'r.json:5:7'],
    [['access', 1], 'r.json:6:5'],
    [['access', 2], 'r.json:4:13'],
  ]
  it.each(places)('has a place for %j', async (path, expected) => {
    await inProject({ 'r.json': model }, async ({ load, dir }) => {
      expect(show((await load('r.json')).placeOf(path), dir)).toBe(expected)
    })
  })

  const faults: readonly [string, string, string[]][] = [
    ['a missing comma', '{\n  "a": 1\n  "b": 2\n}', ['E_SYNTAX r.json:3:3']],
    ['a trailing comma', '{\n  "a": 1,\n}', ['E_SYNTAX r.json:3:1']],
    ['a comment', '{\n  // why\n  "a": 1\n}', ['E_SYNTAX r.json:2:3']],
    ['an unclosed object', '{"a": {"b": 1}', ['E_SYNTAX r.json:1:15']],
    ['text after the model', '{}\n{}', ['E_SYNTAX r.json:2:1']],
    [
      'a name twice',
      '{"a": 1,\n "b": {"x": 1, "x": 2},\n "a": 2}',
      ['E_CONFIG_DUPLICATE_KEY r.json:2:16', 'E_CONFIG_DUPLICATE_KEY r.json:3:2'],
    ],
    ['a list', '\n[]', ['E_CONFIG_NOT_OBJECT r.json:2:1']],
    ['null', 'null', ['E_CONFIG_NOT_OBJECT r.json:1:1']],
    ['nesting beyond sense', `{"a": ${'['.repeat(100_000)}${']'.repeat(100_000)}}`, ['E_SYNTAX r.json:1:1']],
  ]
  it.each(faults)('is refused for %s', async (_, text, expected) => {
    await inProject({ 'r.json': text }, async ({ load, dir }) => {
      const loaded = await load('r.json')
      expect(list(loaded.diagnostics, dir)).toEqual(expected)
      expect(loaded.value).toBeUndefined()
    })
  })

  it('names the path of a name given twice', async () => {
    await inProject({ 'r.json': '{"access": [{"from": 1, "from": 2}]}' }, async ({ load }) => {
      expect((await load('r.json')).diagnostics[0]?.path).toEqual(['access', 0, 'from'])
    })
  })
})

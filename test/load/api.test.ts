import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { loadModel } from '../../generator/load/load.js'
import { createPlaceBook } from '../../generator/load/places.js'
import { createApiPlaces } from '../../generator/load/traced-api.js'
import { head, inProject, list, show } from './project.js'

it('is what a configuration imports, with places and doc comments', async () => {
  const text = `${head}export default defineReplica({
  access: [
    allow.host({ database: 'all', user: 'a', from: '10.0.0.0/8' }),
    ...['b', 'c'].map((user) => allow.host({ user, from: '10.0.0.0/8' })),
  ],
  env: {
    /** The port of the metrics page. */
    METRICS_PORT: variable.port({ default: '9187' }),
  },
})`
  await inProject({ 'replica.config.ts': text }, async ({ dir }) => {
    const loaded = await loadModel(join(dir, 'replica.config.ts'))
    expect(list(loaded.diagnostics, dir)).toEqual([])
    expect(loaded.docs).toEqual({ METRICS_PORT: 'The port of the metrics page.' })
    const paths = [
      ['access', 0, 'from'],
      ['access', 2, 'user'],
      ['env', 'METRICS_PORT'],
      ['env', 'METRICS_PORT', 'default'],
    ]
    expect(paths.map((path) => show(loaded.placeOf(path), dir))).toEqual([
      'replica.config.ts:4:46',
      'replica.config.ts:5:46',
      'replica.config.ts:9:5',
      'replica.config.ts:9:35',
    ])
  })
})

describe('places of what an API function returns', () => {
  const at = (column: number) => ({ file: 'f', line: 1, column })
  const makeBook = () => {
    const book = createPlaceBook()
    const write = (column: number, value: Record<string, unknown>) => {
      const keys = new Map(Object.keys(value).map((key, index) => [key, { place: at(column + index + 1) }]))
      return book.stamp(book.add({ kind: 'object', at: at(column), parts: [{ kind: 'keys', keys }] }), [
        value,
      ])
    }
    return { book, write }
  }

  it('come from all its arguments, the one whose value it took first', () => {
    const { book, write } = makeBook()
    const wrapped = createApiPlaces({ merge: (a: object, b: object) => ({ ...a, ...b }) }, book.keepPlace)
    const merge: (a: object, b: object) => object = Reflect.get(wrapped, 'merge')
    const merged = merge(write(10, { x: 1, y: 1 }), write(20, { y: 2, z: 2 }))
    expect(['x', 'y', 'z'].map((key) => book.placeOf(merged, [key])?.column)).toEqual([11, 21, 22])
  })

  it('stay as they are when it returns a literal that has its own', () => {
    const { book, write } = makeBook()
    const inner = write(50, { x: 1 })
    const wrapped = createApiPlaces({ nested: { pick: () => inner } }, book.keepPlace)
    const pick: (a: object) => object = Reflect.get(Reflect.get(wrapped, 'nested'), 'pick')
    expect(pick(write(10, { x: 1 }))).toBe(inner)
    expect(book.placeOf(inner, ['x'])?.column).toBe(51)
  })

  it('leaves all that is no function as it is', () => {
    const list = [1]
    const date = new Date(0)
    const wrapped = createApiPlaces({ list, date, text: 'a' }, () => undefined)
    expect(Object.entries(wrapped)).toEqual([
      ['list', list],
      ['date', date],
      ['text', 'a'],
    ])
  })
})

import { describe, expect, test } from 'vitest'
import { builtinSteps, lastPreflightStep } from '../../generator/model/builtin-steps.js'
import { orderSteps, userStepSchema } from '../../generator/model/own-steps.js'

const step = (more: object) => ({ name: 'warm', doc: 'warms', file: './warm.sh', before: 'serve', ...more })
const refusals = (more: object) => {
  const { error } = userStepSchema.safeParse(step(more))
  return (error?.issues ?? []).map(({ path }) => path.join('.'))
}

describe('userStepSchema', () => {
  test.each([
    {},
    { file: 'deep/er/warm.sh' },
    { file: '../common/warm step.sh' },
    { before: undefined, after: 'clone' },
    { before: undefined, after: 'contract' },
  ])('accepts %j', (more) => {
    expect(refusals(more)).toEqual([])
  })

  test.each<[object, string[]]>([
    [{ name: 'Warm' }, ['name']],
    [{ name: 'warm;id' }, ['name']],
    [{ name: 'clone' }, ['name']],
    [{ doc: '' }, ['doc']],
    [{ doc: 'warms\ntouch run' }, ['doc']],
    [{ doc: 'warms\rtouch run' }, ['doc']],
    [{ doc: 'warms \u202e' }, ['doc']],
    [{ file: 'warm' }, ['file']],
    [{ file: '/home/me/warm.sh' }, ['file']],
    [{ file: 'a\\warm.sh' }, ['file']],
    [{ file: 'a\nb.sh' }, ['file']],
    [{ before: 'warm' }, ['before']],
    [{ before: undefined }, ['']],
    [{ after: 'clone' }, ['']],
    [{ before: 'contract' }, ['before']],
    [{ before: undefined, after: 'serve' }, ['after']],
  ])('refuses %j', (more, paths) => {
    expect(refusals(more)).toEqual(paths)
  })
})

describe('orderSteps', () => {
  const names = builtinSteps.map(({ name }) => name)

  test('without steps of the user the built-in ones', () => {
    expect(orderSteps([])).toEqual(names)
  })

  test('before and after, those at one point as listed', () => {
    const own = [
      { name: 'b', doc: 'x', file: 'b.sh', before: 'clone' },
      { name: 'a', doc: 'x', file: 'a.sh', before: 'clone' },
      { name: 'd', doc: 'x', file: 'd.sh', after: 'clone' },
      { name: 'c', doc: 'x', file: 'c.sh', after: 'clone' },
    ]
    const order = orderSteps(own)
    const at = order.indexOf('clone')
    expect(order.slice(at - 2, at + 3)).toEqual(['b', 'a', 'clone', 'd', 'c'])
    expect(order.filter((name) => names.includes(name))).toEqual(names)
  })
})

describe('the built-in steps', () => {
  test('begin with the contract, end with serve, and preflight stops before the clone', () => {
    const names = builtinSteps.map(({ name }) => name)
    expect([names[0], names.at(-1)]).toEqual(['contract', 'serve'])
    expect(names.indexOf(lastPreflightStep)).toBe(names.indexOf('clone') - 1)
    expect(new Set(names).size).toBe(names.length)
  })
})

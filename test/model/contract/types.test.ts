import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type ContractType, types } from '../../../generator/model/contract/types.js'
import { coreShells, requireCapability, shells } from '../../shells.js'
import { judgeInShell } from './judge.js'
import { nearlyValid, nearlyValidBytes } from './values.js'

const { integer, seconds, choice, ...plain } = types
const all: readonly ContractType[] = [
  ...Object.values(plain),
  integer({ min: 0, max: 9 }),
  integer({ min: 100, max: 999_999_999 }),
  seconds({ min: 0, max: 86_400 }),
  choice(['small', 'x-large', 'v1.0']),
]
const titled = all.map((type) => ({ title: [type.name, ...type.args].join(' '), type }))

describe('zod', () => {
  it.each(titled)('$title takes its good examples and refuses its bad ones', ({ type }) => {
    expect(type.good.filter((value) => !accepts(type, value))).toEqual([])
    expect(type.bad.filter((value) => accepts(type, value))).toEqual([])
    expect(type.good.length).toBeGreaterThan(1)
    expect(type.bad.length).toBeGreaterThan(2)
  })

  it.each(titled)('$title refuses NUL, which no environment holds, and what is no string', ({ type }) => {
    for (const good of type.good) expect(accepts(type, `${good}\0`)).toBe(false)
    expect(type.schema.safeParse(5432).success).toBe(false)
  })

  it.each([types.role, types.path, types.text])('$name refuses half of a surrogate pair', (type) => {
    expect(accepts(type, 'a\ud83d')).toBe(false)
  })
})

describe.each(shells)('in $name', (shell) => {
  for (const { title, type } of titled) {
    it(`${title} judges its examples as zod does`, async (context) => {
      requireCapability(shell.available, shell.name, context)
      const values = [...type.good, ...type.bad].filter((value) => shell.eightBit || isAscii(value))
      const verdicts = await judgeInShell(shell, type, values.map(toBytes))
      expect(pair(values, verdicts)).toEqual(
        pair(
          values,
          values.map((value) => accepts(type, value)),
        ),
      )
    })
  }
})

describe.each(shells.filter((shell) => shell.eightBit))('in $name where the agent speaks UTF-8', (shell) => {
  it.for([types.role, types.path, types.text])('$name counts bytes', async (type, context) => {
    requireCapability(shell.available, shell.name, context)
    const verdicts = await judgeInShell(shell, type, type.bad.map(toBytes), { LC_ALL: 'C.UTF-8' })
    expect(pair(type.bad, verdicts)).toEqual(type.bad.map((value) => [value, false]))
  })
})

describe('any value', () => {
  it.each(titled)('$title: zod and every core shell give the same verdict', async ({ type }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(nearlyValid(type), { minLength: 1, maxLength: 150 }), async (values) => {
        await expectAgreement(type, values, values.map(toBytes))
      }),
      { numRuns: 4 },
    )
  })

  it.each(titled)('$title: the same for bytes that are no UTF-8', async ({ type }) => {
    await fc.assert(
      fc.asyncProperty(fc.array(nearlyValidBytes(type), { minLength: 1, maxLength: 100 }), async (values) => {
        await expectAgreement(type, values.map(fromLatin1), values)
      }),
      { numRuns: 3 },
    )
  })
})

async function expectAgreement(type: ContractType, values: string[], bytes: readonly Uint8Array[]) {
  const expected = pair(
    values,
    values.map((value) => accepts(type, value)),
  )
  for (const shell of coreShells) {
    expect(pair(values, await judgeInShell(shell, type, bytes)), shell.name).toEqual(expected)
  }
}

function pair(values: readonly string[], verdicts: readonly boolean[]): [string, boolean | undefined][] {
  expect(verdicts.length).toBe(values.length)
  return values.map((value, index) => [value, verdicts[index]])
}

function toBytes(value: string): Uint8Array {
  return Buffer.from(value, 'utf8')
}

function fromLatin1(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('latin1')
}

function isAscii(value: string): boolean {
  return Buffer.byteLength(value) === value.length
}

function accepts(type: ContractType, value: string): boolean {
  return type.schema.safeParse(value).success
}

import { describe, expect, test } from 'vitest'
import { variable } from '../../generator/input/variable.js'
import {
  listContract,
  type UserVariable,
  userVariablesSchema,
  whyTaken,
} from '../../generator/model/contract/user.js'
import { ambientVariables, builtinVariables } from '../../generator/model/contract/variables.js'

const refusals = (env: object) => {
  const { error } = userVariablesSchema.safeParse(env)
  return (error?.issues ?? []).map(({ path }) => path.join('.'))
}

describe('userVariablesSchema', () => {
  test.each<object>([
    variable.port({ default: '8080', doc: 'x' }),
    variable.host_list({ value: 'a,b:1' }),
    variable.role({ default: "o'r" }),
    variable.user_name({ required: true }),
    variable.path(),
    variable.absolute_path({ default: '/a' }),
    variable.url({ value: 'http://x/' }),
    variable.ssl_mode({ default: 'require' }),
    variable.flag({ default: 'on' }),
    variable.text({ default: '' }),
    variable.integer({ min: 0, max: 0, default: '0' }),
    variable.seconds({ min: 1, max: 2, value: '2' }),
    variable.choice({ words: ['a', 'b'], default: 'b' }),
  ])('accepts %j', (given) => {
    expect(refusals({ A: given })).toEqual([])
  })

  test.each<[object, string[]]>([
    [{ type: 'port', default: '0' }, ['A.default']],
    [{ type: 'port', default: 8080 }, ['A.default']],
    [{ type: 'port', value: '08' }, ['A.value']],
    [{ type: 'port', default: '1', required: true }, ['A.default']],
    [{ type: 'port', min: 1 }, ['A']],
    [{ type: 'integer', max: 1 }, ['A.min']],
    [{ type: 'integer', min: 5, max: 4, default: '4' }, ['A.min']],
    [{ type: 'integer', min: 0, max: 1e9, default: '4' }, ['A.max']],
    [{ type: 'integer', min: 1, max: 4, default: '5' }, ['A.default']],
    [{ type: 'choice', words: [], default: 'a' }, ['A.words']],
    [{ type: 'choice', words: ['a b'], default: 'a' }, ['A.words.0']],
    [{ type: 'choice', words: ['a', 'a'], default: 'a' }, ['A.words']],
    [{ type: 'choice', words: ['a'], default: 'b' }, ['A.default']],
    [{ type: 'words' }, ['A.type']],
  ])('refuses %j and does not throw', (given, paths) => {
    expect(refusals({ A: given })).toEqual(paths)
  })

  test.each(['a', '1A', 'A$(id)'])('refuses the name %j', (name) => {
    expect(refusals({ [name]: { type: 'flag' } })).toEqual([name])
  })
})

describe('whyTaken', () => {
  test.each(['METRICS_PORT', 'TZ', 'PATHS', 'PGSSLSNI', 'MESOS_X'])('%s is free', (name) => {
    expect(whyTaken(name)).toBeUndefined()
  })

  test('of the script, of what is around it, of shells and of libpq', () => {
    const taken = [
      ...builtinVariables.map(({ name }) => name),
      ...ambientVariables,
      ...['IFS', 'ENV', 'PS4', 'PPID', 'UID', '_', 'OPTIND', 'LC_MESSAGES', 'LD_PRELOAD', 'BASH_ENV'],
      ...['PGHOST', 'PGHOSTADDR', 'PGSERVICE', 'PGOPTIONS', 'PGDATA', 'PGPASSWORD'],
    ]
    expect(taken.filter((name) => whyTaken(name) === undefined)).toEqual([])
  })
})

describe('listContract', () => {
  const toContractVariable = (name: string, variable: UserVariable, comment?: string) =>
    listContract({ [name]: variable }, comment === undefined ? {} : { [name]: comment }).at(-1)
  const given = { type: 'port', required: false, secret: true } as const

  test('the words of the model come before the comment above it', () => {
    expect(toContractVariable('A', { ...given, doc: 'said' }, 'written')?.doc).toBe('said')
    expect(toContractVariable('A', given, 'written')?.doc).toBe('written')
    expect(toContractVariable('A', given)?.doc).toBe('')
  })

  test('no default is none, an empty one is one', () => {
    expect(toContractVariable('A', given)).not.toHaveProperty('default')
    const text = { ...given, type: 'text', default: '' } as const
    expect(toContractVariable('A', text)).toMatchObject({ default: '', secret: true, setBy: 'operator' })
  })
})

describe('the built-in variables', () => {
  test('each name once, a sentence each, and a default that its type accepts', () => {
    const names = builtinVariables.map(({ name }) => name)
    expect(new Set(names).size).toBe(names.length)
    for (const { name, doc, type, required, default: usual } of builtinVariables) {
      expect(doc, name).toMatch(/^[A-Z].*\.$/)
      if (usual !== undefined) expect(type.schema.safeParse(usual).success, name).toBe(true)
      if (usual !== undefined) expect(required, name).toBe(false)
    }
  })
})

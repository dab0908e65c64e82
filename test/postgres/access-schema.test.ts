import { describe, expect, test } from 'vitest'
import {
  accessSchema,
  allow,
  completeAccess,
  deny,
  privateNetworks,
} from '../../generator/postgres/access-schema.js'

describe('allow and deny', () => {
  test('give the literal back that they were given', () => {
    const rule = { database: 'all', user: 'app', from: '10.0.0.0/8' }
    expect(allow.host(rule)).toBe(rule)
    expect(rule).toEqual({ type: 'host', database: 'all', user: 'app', from: '10.0.0.0/8' })
  })

  test('never change a literal twice', () => {
    const rule = { from: '10.0.0.0/8' }
    const denied = deny.hostssl(rule)
    const allowed = allow.host(rule)
    expect(denied).toEqual({ type: 'hostssl', method: 'reject', from: '10.0.0.0/8' })
    expect(allowed).toMatchObject({ type: 'host', from: '10.0.0.0/8' })
    expect(allow.host(Object.freeze({ from: 'all' }))).toEqual({ type: 'host', from: 'all' })
  })

  test.each(['local', 'host', 'hostssl', 'hostnossl'] as const)('%s has its own type', (type) => {
    expect(allow[type]({ from: 'all' })).toMatchObject({ type })
    expect(deny[type]({ from: 'all' })).toMatchObject({ type, method: 'reject' })
  })
})

describe('accessSchema', () => {
  test('fills what may be left out', () => {
    expect(accessSchema.parse([{ type: 'host', from: 'all' }])).toEqual([
      { type: 'host', database: 'all', user: 'all', from: 'all' },
    ])
    expect(accessSchema.parse(undefined).map((rule) => 'from' in rule && rule.from)).toEqual(privateNetworks)
  })

  test.each([
    [{ type: 'host' }, [0, 'from']],
    [{ type: 'host', from: '10.0.0.0/33' }, [0, 'from']],
    [{ type: 'local', from: 'all' }, [0]],
    [{ type: 'host', from: 'all', method: 'sspi' }, [0, 'method']],
    [{ type: 'hostgssenc', from: 'all' }, [0, 'type']],
    [{ type: 'host', from: 'all', options: { 'a b': '1' } }, [0, 'options', 'a b']],
    [{ type: 'host', from: 'all', options: { map: 'a\nb' } }, [0, 'options', 'map']],
  ])('%j is refused where it is wrong', (rule, path) => {
    expect(accessSchema.safeParse([rule]).error?.issues.map((issue) => issue.path)).toEqual([path])
  })

  test.each(['', '+', '/regex', '@file', 'a\nb', 'é'.repeat(32)])('%j is no role', (user) => {
    expect(accessSchema.safeParse([{ type: 'local', user }]).success).toBe(false)
  })

  test.each(['+staff', 'a b', { name: '@file' }, 'é'.repeat(31), ['a', { name: 'all' }]])(
    '%j is a role',
    (user) => {
      expect(accessSchema.safeParse([{ type: 'local', user }]).success).toBe(true)
    },
  )
})

describe('completeAccess', () => {
  test("the model's rules come first", () => {
    const rules = accessSchema.parse([deny.host({ from: 'all' })])
    expect(completeAccess(rules, 'replicator')[0]?.rules).toBe(rules)
  })

  test('a replication rule of the model takes the place of the network ones', () => {
    const rules = accessSchema.parse([
      allow.host({ database: 'replication', user: 'r', from: '10.1.0.0/16' }),
    ])
    const froms = (given: typeof rules) =>
      completeAccess(given, 'r')[2]?.rules.map((rule) => ('from' in rule ? rule.from : ''))
    expect(froms(rules)).toEqual(['127.0.0.1/32', '::1/128'])
    expect(froms([])).toEqual(['127.0.0.1/32', '::1/128', ...privateNetworks])
  })
})

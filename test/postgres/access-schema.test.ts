import { describe, expect, test } from 'vitest'
import { allow, deny } from '../../generator/input/allow.js'
import {
  accessRulesSchema,
  accessSchema,
  completeAccess,
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
    expect(accessSchema.parse([allow.replication({ from: 'fd00::/8' })])).toEqual([
      { type: 'replication', from: 'fd00::/8' },
    ])
    expect(accessSchema.parse(undefined).map((rule) => 'from' in rule && rule.from)).toEqual(privateNetworks)
  })

  test.each([
    [{ type: 'host' }, [0, 'from']],
    [{ type: 'host', from: '10.0.0.0/33' }, [0, 'from']],
    [{ type: 'local', from: 'all' }, [0]],
    [{ type: 'replication' }, [0, 'from']],
    [{ type: 'replication', from: 'all', database: 'shop' }, [0]],
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
  test("the model's rules come first, and lines for replicas only where there are any", () => {
    const rules = accessRulesSchema.parse([deny.host({ from: 'all' })])
    expect(completeAccess(rules)[0]?.rules).toBe(rules)
    expect(completeAccess(rules)[2]?.rules).toEqual([])
    expect(completeAccess([], rules)[2]?.rules).toBe(rules)
  })
})

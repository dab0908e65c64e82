import { expect, test } from 'vitest'
import type { z } from 'zod'
import type { modelSchema } from '../../generator/compile/model.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { builtinSteps } from '../../generator/model/builtin-steps.js'
import { open } from './service.js'

const names = (offered: ReadonlyMap<string, unknown> | undefined) => [...(offered?.keys() ?? [])]

test('an editor completes words where they are few', () => {
  const { completions } = open(`defineReplica({ master: { tls: '|' } })
defineReplica({ master: { tls: { mode: '|' } } })
defineReplica({ postgresql: { majors: [|] } })
defineReplica({ steps: [{ name: 'a', doc: 'a', file: 'a.sh', before: '|' }] })
defineReplica({ steps: [{ name: 'a', doc: 'a', file: 'a.sh', after: '|' }] })
defineReplica({ task: { preset: '|' } })
defineReplica({ restore: { from: '|' } })
allow.host({ from: 'all', method: '|' })`)
  const [tls, mode, majors, before, after, preset, restore, method] = completions.map(names)
  const modes = ['allow', 'disable', 'prefer', 'require', 'verify-ca', 'verify-full']
  const steps = builtinSteps.map(({ name }) => name)
  expect(tls?.sort()).toEqual(modes)
  expect(mode?.sort()).toEqual(modes)
  expect(majors?.filter((name) => /^\d/.test(name))).toEqual([
    '10',
    '11',
    '12',
    '13',
    '14',
    '15',
    '16',
    '17',
    '18',
  ])
  expect(before?.sort()).toEqual(steps.filter((name) => name !== 'contract').sort())
  expect(after?.sort()).toEqual(steps.filter((name) => name !== 'serve').sort())
  expect(preset?.sort()).toEqual(['ephemeral', 'persistent'])
  expect(restore?.sort()).toEqual(['command', 'directory', 'http', 'pgbackrest', 'wal-g'])
  expect(method).toContain('scram-sha-256')
})

test('an editor completes keys, and says what each is, within which limits, and what it is by default', () => {
  const { completions } = open(`defineReplica({ | })
defineReplica({ targets: { | } })
defineReplica({ targets: { kubernetes: { | } } })
allow.hostssl({ | })
variable.integer({ | })`)
  const [top, targets, kubernetes, rule, limits] = completions
  expect(names(top).sort()).toEqual(expect.arrayContaining(['access', 'master', 'targets', 'task']))
  expect(names(targets).sort()).toEqual(['compose', 'kubernetes', 'marathon', 'systemd'])
  expect(names(kubernetes)).toEqual(expect.arrayContaining(['namespace', 'storageClass', 'volumes']))
  for (const offered of [top, targets, kubernetes, rule, limits]) {
    // Names of the language itself come, too, where any expression may stand.
    for (const [name, doc] of offered ?? [])
      expect([name, doc()]).toEqual([name, expect.stringMatching(/[.:)]$/)])
  }
})

test('an editor shows what a key is for, its type, limits and default', () => {
  const { hovers } = open(`defineReplica({
  master: { ho|sts: 'a', ro|le: 'r', po|rt: 5432, t|ls: 'require' },
  pub|lish: 'http://a',
  task: { mem|: 1 },
  targets: { marathon: { back|off: { factor: 2 } } },
  access: [allow.host({ fr|om: 'all' })],
})`)
  const [hosts, role, port, tls, publish, mem, backoff, from] = hovers
  expect(hosts?.type).toBe('(property) MasterInput.hosts?: string | readonly string[] | undefined')
  expect(hosts?.doc.replaceAll('\n', ' ')).toBe(
    "The master, or several hosts of which one is the master, each with an optional :port. One to 16 hosts, separated by commas: a name, IPv4 or [IPv6], each with an optional :port, or a bare IPv6. @default 'postgres01'",
  )
  expect(role?.type).toBe('(property) MasterInput.role?: string | undefined')
  expect(port?.doc).toBe('The port of hosts that name none. 1 to 65535.\n@default 5432')
  expect(tls?.type).toContain('"verify-full" | MasterTlsInput')
  expect(publish?.type).toBe('(property) ReplicaInput.publish?: string | undefined')
  for (const shown of [mem, backoff, from]) expect(shown?.doc).toMatch(/^[A-Z].*\./)
})

test('an editor completes the settings of PostgreSQL and their words, and says what they are', () => {
  const { completions } = open(`defineReplica({ postgresql: { settings: { | } } })
defineReplica({ postgresql: { settings: { wal_level: '|' } } })`)
  const [all, words] = completions
  expect(names(all)).toEqual(expect.arrayContaining(['shared_buffers', 'wal_level', 'io_method', 'work_mem']))
  expect(all?.get('wal_keep_size')?.()).toBe(
    'Sets the size of WAL files held for standby servers. 0 to 2147483647 (in MB). Since PostgreSQL 13.',
  )
  expect(names(words).sort()).toEqual(['logical', 'minimal', 'replica'])
  // Not what the script holds, and what no file may set.
  for (const name of ['port', 'hot_standby', 'server_version', 'transaction_isolation'])
    expect(all?.has(name)).toBe(false)
})

test('an editor underlines what is wrong', () => {
  const { errors } = open(`defineReplica({ master: { tls: 'verify-fulll' } })
defineReplica({ master: { host: 'a' } })
defineReplica({ postgresql: { majors: [9.3] } })
defineReplica({ steps: [{ name: 'a', doc: 'a', file: 'a.sh', before: 'clonee' }] })
defineReplica({ publish: 80 })
defineReplica({ targets: { kubernets: {} } })
defineReplica({ restore: { from: 'directory', url: 'http://a' } })
allow.host({ user: 'a' })
variable.choice({ word: ['a'] })`)
  expect(errors).toEqual([
    '1 tls TS2820',
    '2 host TS2561',
    '3 9.3 TS2322',
    '4 before TS2820',
    '5 publish TS2322',
    '6 kubernets TS2561',
    '7 url TS2353',
    "8 { user: 'a' } TS2345",
    '9 word TS2561',
  ])
})

test('an editor underlines nothing that is right', () => {
  const { errors } = open(`const production: boolean = process.env.NODE_ENV === 'production'
const majors = [15, 16] as const
console.log(import.meta.dirname)
export default defineReplica({
  master: { hosts: ['a', 'b:5433'], tls: production ? 'verify-full' : undefined, agents: ['10.0.0.0/8'] },
  run: { configUrl: null },
  clone: { maxRate: production ? '100MB' : 32_000 },
  postgresql: { majors, settings: { shared_buffers: '1GB', max_connections: 100, 'pg_stat_statements.max': 5000 } },
  access: [allow.host({ database: ['a', { name: 'all' }], from: 'all' }), { type: 'local', user: 'a' }],
  env: { A: variable.port({ default: '1' }), B: { type: 'integer', min: 1, max: 2 } },
  task: { readiness: true, volume: '100GiB', env: { A: 'a', B: { secret: 'b' } }, secrets: { b: { source: 'c' } } },
  targets: { marathon: { constraints: [['hostname', 'UNIQUE']], unreachable: 'disabled' }, systemd: {} },
})`)
  expect(errors).toEqual([])
})

/** What the schemas take, with nothing that may be changed. */
type Frozen<T> = T extends string | number | boolean | null | undefined
  ? T
  : T extends readonly (infer Item)[]
    ? readonly Frozen<Item>[]
    : { readonly [Key in keyof T]: Frozen<T[Key]> }

test('the types are those of the schemas', () => {
  // tsc holds both; the values are of no interest.
  const printed = {} as ReplicaInput
  const inferred = {} as Frozen<z.input<typeof modelSchema>>
  const both: [Frozen<z.input<typeof modelSchema>>, ReplicaInput] = [printed, inferred]
  expect(both).toHaveLength(2)
})

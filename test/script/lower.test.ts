import fc from 'fast-check'
import { expect, test } from 'vitest'
import { types } from '../../generator/model/contract/types.js'
import { listContract } from '../../generator/model/contract/user.js'
import { replicaSchema } from '../../generator/model/replica.js'
import { lowerReplica } from '../../generator/script/lower.js'
import { readTemplate } from '../model/contract/judge.js'
import { coreShells, requireCapability, runShell } from '../shells.js'

const lower = (model: object) => {
  const replica = replicaSchema.parse(model)
  return lowerReplica(replica, listContract(replica.env), {
    modelDigest: 'digest',
    lastingSteps: ['late'],
  })
}
const linesOf = (model: object): string[] => lower(model)['contract.sh.hbs']?.lines as string[]

test.for(coreShells)('any default that the type accepts arrives as it is: $name', async (shell, context) => {
  requireCapability(shell.available, shell.name, context)
  const hostile = fc.constantFrom(...'\'"\\$`{}()*?~#!;&|<> \t=a')
  const value = fc
    .oneof(
      fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
      fc.string({ unit: hostile, minLength: 1, maxLength: 20 }),
    )
    .filter((text) => types.text.schema.safeParse(text).success)
  await fc.assert(
    fc.asyncProperty(fc.array(value, { minLength: 30, maxLength: 30 }), async (values) => {
      const env = Object.fromEntries(
        values.map((usual, index) => [`V${index}`, { type: 'text', default: usual }]),
      )
      const lines = linesOf({ env }).filter((line) => /\bV\d+\b/.test(line))
      const library = readTemplate('types/text.sh')
      const show = values.map((_, index) => `printf '%s\\n' "$V${index}"`)
      const script = ['set -eu', 'LC_ALL=C', 'malformed() { exit 9; }', library, ...lines, ...show].join('\n')
      const run = await runShell(shell, script, [], { V0: '' })
      expect(run).toEqual({ exitCode: 0, stderr: '', stdout: values.map((text) => `${text}\n`).join('') })
    }),
    { numRuns: 5 },
  )
})

test('majors are named once, in their order', () => {
  const view = lower({ postgresql: { majors: [16, 15, 16] } })
  expect(view['constants.sh.hbs']?.majors).toBe('15 16')
  expect(view['versions.sh.hbs']?.known).toBe('15 | 16')
})

const rulesOf = (model: object) => JSON.stringify(lower(model)['versions.sh.hbs'])

test('what a replica is as a standby stands on the command line, each setting once', () => {
  const text = rulesOf({
    run: {
      delay: 60,
      hotStandbyFeedback: false,
      receiver: { timeout: 5, statusInterval: 6, retryInterval: 7 },
    },
  })
  for (const held of [
    'recovery_min_apply_delay=60s',
    'hot_standby_feedback=off',
    'wal_receiver_timeout=5s',
    'wal_receiver_status_interval=6s',
    'wal_retrieve_retry_interval=7s',
  ])
    expect(text.split(held)).toHaveLength(2)
  expect(text).not.toContain('recovery_min_apply_delay=0')
  expect(rulesOf({})).toContain('recovery_min_apply_delay=0')
  expect(rulesOf({})).not.toContain('hot_standby_feedback')
})

test('slots are kept where the model says so, and nowhere else', () => {
  expect(rulesOf({ postgresql: { majors: [16] } })).not.toContain('sync_replication_slots')
  expect(rulesOf({ postgresql: { majors: [17] } })).toContain('sync_replication_slots=off')
  const run = { syncSlots: true, slot: 'permanent', hotStandbyFeedback: true }
  const model = { run, postgresql: { majors: [17] }, master: { database: "it's" } }
  for (const held of ['sync_replication_slots=on', 'wal_level=logical'])
    expect(rulesOf(model)).toContain(held)
  const constants = lower(model)['constants.sh.hbs']?.constants
  expect(constants).toContainEqual(expect.objectContaining({ name: 'sync_database', value: "'it'\\''s'" }))
})

test('a spread checkpoint is no fast one, in the look at sizes either', () => {
  expect(rulesOf({}).match(/CHECKPOINT 'fast'| FAST /g)).toHaveLength(2)
  const spread = rulesOf({ clone: { checkpoint: 'spread' } })
  expect(spread).not.toMatch(/CHECKPOINT 'fast'| FAST /)
  expect(spread).toContain("CHECKPOINT 'spread'")
})

test('preflight runs the steps up to the clone, the user’s among them', () => {
  const step = (name: string, where: object) => ({ name, doc: 'x', file: `${name}.sh`, ...where })
  const steps = [step('late', { after: 'configure' }), step('early', { before: 'fetch_config' })]
  const view = lower({ steps })['sequence.sh.hbs']
  expect(view?.preflight).toContainEqual({ name: 'early', commands: ['run_own_step step_early'] })
  expect(view?.preflight).not.toContainEqual(expect.objectContaining({ name: 'late' }))
  expect(view?.preflight).not.toContainEqual(expect.objectContaining({ name: 'clone' }))
  expect(view?.run).toEqual(
    expect.arrayContaining([
      { name: 'early', commands: ['run_own_step step_early'] },
      { name: 'late', commands: ['own_step=yes', 'step_late', 'own_step=no'] },
      { name: 'serve', commands: ['step_serve'] },
    ]),
  )
})

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { collectContract } from '../../generator/compile/compile.js'
import { lowerReplica } from '../../generator/compile/lower.js'
import { types } from '../../generator/model/contract/types.js'
import { replicaSchema } from '../../generator/model/replica.js'
import { readTemplate } from '../model/contract/judge.js'
import { coreShells, requireCapability, runShell } from '../shells.js'

const lower = (model: object) => {
  const replica = replicaSchema.parse(model)
  return lowerReplica(replica, collectContract(replica, {}), {
    modelDigest: 'digest',
    lastingSteps: ['late'],
  })
}
const linesOf = (model: object): string[] => lower(model)['contract.sh.hbs']?.lines as string[]
const linesAbout = (name: string, model: object) =>
  linesOf(model).filter((line) => new RegExp(`\\b${name}\\b`).test(line))

describe('the lines that check a variable', () => {
  test('a plain default stands where people look for it', () => {
    expect(linesAbout('A', { env: { A: { type: 'path', default: '/a-b_c.d:e' } } })).toEqual([
      'A=${A:-/a-b_c.d:e}',
      `is_path "$A" || malformed A "$A" '${types.path.what}'`,
    ])
  })

  test('any other default is quoted', () => {
    const [first] = linesAbout('A', { env: { A: { type: 'text', default: "} $(id) '`" } } })
    expect(first).toBe(`[ -n "\${A:-}" ] || A='} $(id) '\\''\`'`)
  })

  test('required: no default, checked always', () => {
    expect(linesAbout('A', { env: { A: { type: 'flag', required: true, value: 'on' } } })).toEqual([
      'A=${A:-}',
      `is_choice "$A" on off || malformed A "$A" 'one of on, off'`,
    ])
  })

  test('optional: checked when it is there', () => {
    expect(linesAbout('A', { env: { A: { type: 'port' } } })).toEqual([
      'A=${A:-}',
      expect.stringMatching(/^\[ -z "\$\{A:-\}" \] \|\| is_port "\$A" \|\| malformed A /),
    ])
  })

  test('an empty PG* is unset', () => {
    expect(linesAbout('PGREQUIREPEER', { env: { PGREQUIREPEER: { type: 'text' } } })[0]).toBe(
      '[ -n "${PGREQUIREPEER:-}" ] || unset PGREQUIREPEER',
    )
  })

  test('a secret is never shown, and its absence is', () => {
    const lines = linesAbout('A', { env: { A: { type: 'port', secret: true, required: true, value: '1' } } })
    expect(lines[1]).toContain('malformed A "${A:+(a secret)}" ')
  })

  test('limits and words are arguments of the check', () => {
    const env = {
      A: { type: 'integer', min: 1, max: 9 },
      B: { type: 'choice', words: ['one', 'two'] },
    }
    expect(linesAbout('A', { env })[1]).toContain('is_integer "$A" 1 9 ||')
    expect(linesAbout('B', { env })[1]).toContain('is_choice "$B" one two ||')
  })
})

test.for(coreShells)('any default that the type accepts arrives as it is: $name', async (shell, context) => {
  requireCapability(shell.available, shell.name, context)
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc
          .string({ unit: 'binary', minLength: 1, maxLength: 20 })
          .filter((text) => types.text.schema.safeParse(text).success),
        { minLength: 8, maxLength: 8 },
      ),
      async (values) => {
        const env = Object.fromEntries(
          values.map((value, index) => [`V${index}`, { type: 'text', default: value }]),
        )
        const lines = linesOf({ env }).filter((line) => /\bV\d\b/.test(line))
        const library = readTemplate('types/text.sh')
        const show = values.map((_, index) => `printf '%s\\n' "$V${index}"`)
        const script = ['set -eu', 'LC_ALL=C', 'malformed() { exit 9; }', library, ...lines, ...show].join(
          '\n',
        )
        const run = await runShell(shell, script, [], { V0: '' })
        expect(run).toEqual({ exitCode: 0, stderr: '', stdout: values.map((value) => `${value}\n`).join('') })
      },
    ),
    { numRuns: 15 },
  )
})

describe('tables by major', () => {
  test('majors are named once, in their order', () => {
    expect(lower({ postgresql: { majors: [16, 15, 16] } })['constants.sh.hbs']?.majors).toBe('15 16')
    expect(lower({ postgresql: { majors: [16, 15, 16] } })['versions.sh.hbs']?.known).toBe('15 | 16')
  })

  test('what holds for all stands above, the rest by its majors', () => {
    const view = lower({ postgresql: { majors: [11, 12] } })['versions.sh.hbs']
    expect(view?.common).toContain('hot_standby=on')
    expect(view?.held).toMatchObject([
      { pattern: '12', values: expect.stringContaining('recovery_target_timeline=latest') },
    ])
    expect(view?.facts).toContainEqual({
      branches: [
        { pattern: '11', value: 'standby_marker=recovery.conf' },
        { pattern: '*', value: 'standby_marker=standby.signal' },
      ],
    })
  })
})

describe('the sequence', () => {
  test('preflight runs the steps up to the clone, the user’s among them', () => {
    const step = (name: string, where: object) => ({ name, doc: 'x', file: `${name}.sh`, ...where })
    const steps = [step('late', { after: 'configure' }), step('early', { before: 'fetch_config' })]
    const view = lower({ steps })['sequence.sh.hbs']
    expect(view?.preflight).toContainEqual({ name: 'early', command: 'run_own_step step_early' })
    expect(view?.preflight).not.toContainEqual(expect.objectContaining({ name: 'late' }))
    expect(view?.preflight).not.toContainEqual(expect.objectContaining({ name: 'clone' }))
    expect(view?.run).toEqual(
      expect.arrayContaining([
        { name: 'early', command: 'run_own_step step_early' },
        { name: 'late', command: 'step_late' },
        { name: 'serve', command: 'step_serve' },
      ]),
    )
  })
})

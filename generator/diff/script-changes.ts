import { isSecretName, mark, maskSecrets } from '../diagnostics/mask.js'
import { type Change, type Effect, pairByKey } from './change.js'
import { readOptions } from './options.js'
import type { ScriptFacts, Step, Variable } from './script.js'
import { judgeVariable } from './variable-effects.js'

const script = ['run_rep.sh']
const atStart = 'a run has what its script says from its start to its end'

/** What changed in run_rep.sh: the contract, what is compiled in, the steps, and its other parts. */
export function compareScripts(before: ScriptFacts, after: ScriptFacts): Change[] {
  const changes = [
    ...compareMajors(before.majors, after.majors),
    ...compareOptions(before, after),
    ...compareHeld(before, after),
    ...compareContract(before.variables, after.variables),
    ...compareSteps(before.steps, after.steps),
  ]
  return [...changes, ...compareParts(before, after, changes)]
}

function compareMajors(before: readonly number[], after: readonly number[]): Change[] {
  const [from, to] = [before, after].map((majors) => [...majors].sort((a, b) => a - b).join(', '))
  if (from === to || before.length === 0) return []
  const stays = before.some((major) => after.includes(major))
  const isNarrower = before.some((major) => !after.includes(major))
  const verdict: { effect: Effect; means: string } = !stays
    ? {
        effect: 'clone',
        means:
          'data of another major is refused: the master is upgraded first, then replicas are cloned again',
      }
    : isNarrower
      ? {
          effect: 'restart',
          means: 'a replica of a major that is not in the list any more is refused at its next start',
        }
      : { effect: 'restart', means: atStart }
  return [
    {
      area: 'option',
      name: 'postgresql.majors',
      files: script,
      from,
      to,
      ...verdict,
      model: 'postgresql.majors',
    },
  ]
}

// How many there are is known to the script for what it says of walsenders only.
const harmless = new Set(['instances'])

function compareOptions(before: ScriptFacts, after: ScriptFacts): Change[] {
  return pairByKey(readOptions(before.constants), readOptions(after.constants)).flatMap(
    ({ key, from, to }): Change[] => {
      if (from?.value === to?.value) return []
      const show = (value: string | undefined) =>
        value === undefined ? undefined : isSecretName(key) ? mark : maskSecrets(value)
      const [effect, means]: [Effect, string] = harmless.has(key)
        ? ['nothing', 'what runs goes on; the script says by it what the master needs']
        : key === 'configuration' && to?.value === 'published'
          ? ['restart', 'from the next start on the published files rule, in place of those of the master']
          : key === 'configuration'
            ? [
                'restart',
                'from the next start on the configuration of the master rules, as it came along with the clone',
              ]
            : key === 'wal_dir'
              ? judgeWalDir(to?.value)
              : ['restart', atStart]
      const model = to?.model ?? from?.model
      const name = model ?? key
      return [
        {
          area: 'option',
          name,
          files: script,
          from: show(from?.value),
          to: show(to?.value),
          effect,
          means,
          model,
        },
      ]
    },
  )
}

// The script moves no WAL.
function judgeWalDir(to: string | undefined): [Effect, string] {
  return to === undefined || to === ''
    ? ['clone', 'a replica whose WAL lies in that directory is refused until it is cloned anew']
    : [
        'restart',
        'a replica that is there keeps its WAL where it is, and says so; one that is cloned anew has it there',
      ]
}

function compareHeld(before: ScriptFacts, after: ScriptFacts): Change[] {
  return pairByKey(before.held, after.held).flatMap(({ key, from, to }): Change[] => {
    if (from?.value === to?.value) return []
    const model = to?.model ?? from?.model
    // What has an option of its own is told there.
    if (model !== undefined && isOption(after, model)) return []
    const means = 'run_rep.sh gives it on the command line of the server'
    return [
      {
        area: 'setting',
        name: key,
        files: script,
        from: from?.value,
        to: to?.value,
        effect: 'restart',
        means,
        model,
      },
    ]
  })
}

function isOption({ constants }: ScriptFacts, model: string): boolean {
  return [...constants.values()].some((one) => one.model === model)
}

function compareContract(
  before: ReadonlyMap<string, Variable>,
  after: ReadonlyMap<string, Variable>,
): Change[] {
  if (before.size === 0) return []
  return pairByKey(before, after).flatMap(({ key, from, to }): Change[] => {
    const [was, is] = [from && describeVariable(from), to && describeVariable(to)]
    if (was === is) return []
    const base = { area: 'variable', name: key, files: script, from: was, to: is, model: to?.model } as const
    if (to === undefined) return [{ ...base, effect: 'restart', means: 'the script reads it no more' }]
    if (to.required && from?.required !== true)
      return [
        { ...base, effect: 'restart', means: `each task must be given it, else it ends with 78: ${to.what}` },
      ]
    if (from === undefined)
      return [{ ...base, effect: 'restart', means: 'the script reads it from its next start on' }]
    return [{ ...base, ...judgeVariable(key, from.default, to.default) }]
  })
}

function describeVariable({ type, what, required, default: usual, secret }: Variable): string {
  const words = [
    required ? 'required' : 'optional',
    ...(usual === undefined ? [] : [secret ? `default ${mark}` : `default ${usual}`]),
    ...(secret ? ['a secret'] : []),
  ]
  return `${what === '' ? type : what}; ${words.join(', ')}`
}

function compareSteps(before: ReadonlyMap<string, Step>, after: ReadonlyMap<string, Step>): Change[] {
  if (before.size === 0) return []
  const order = (steps: ReadonlyMap<string, Step>, others: ReadonlyMap<string, Step>) =>
    [...steps.keys()].filter((name) => others.has(name))
  const [was, is] = [order(before, after), order(after, before)]
  const changes = pairByKey(before, after).flatMap(({ key, from, to }): Change[] => {
    const base = { area: 'step', name: key, files: script, model: to?.model ?? from?.model } as const
    if (from === undefined)
      return [{ ...base, to: to?.doc, effect: 'restart', means: `a new step, ${placeOf(key, after)}` }]
    if (to === undefined) return [{ ...base, from: from.doc, effect: 'restart', means: 'runs no more' }]
    // A step of the package's own is told as a part of the script.
    const isOwn = to.model !== undefined || from.model !== undefined
    if (isOwn && from.text !== to.text)
      return [{ ...base, from: from.doc, to: to.doc, effect: 'restart', means: 'another text of it' }]
    return []
  })
  const moved = is.filter((name, index) => name !== was[index])
  if (moved.length === 0) return changes
  const names = moved.map((name) => `${name} ${placeOf(name, after)}`)
  const change: Change = {
    area: 'step',
    name: 'their order',
    files: script,
    from: was.join(', '),
    to: is.join(', '),
    effect: 'restart',
    means: names.join(', '),
  }
  return [...changes, change]
}

function placeOf(name: string, steps: ReadonlyMap<string, Step>): string {
  const names = [...steps.keys()]
  const before = names[names.indexOf(name) - 1]
  return before === undefined ? 'the first of all' : `after ${before}`
}

/** Tables that are printed from the model, each with what of it a change is told by. */
const tables: Readonly<Record<string, (changes: readonly Change[]) => boolean>> = {
  'contents.sh.hbs': () => true,
  'constants.sh.hbs': (changes) => changes.some(({ area }) => area === 'option'),
  'contract.sh.hbs': (changes) => changes.some(({ area }) => area === 'variable'),
  'recall.sh.hbs': (changes) => changes.some(({ area }) => area === 'variable'),
  'sequence.sh.hbs': (changes) =>
    changes.some(({ area, name }) => area === 'step' || name.startsWith('run.onDiverged')),
  'versions.sh.hbs': (changes) =>
    changes.some(({ area, name }) => area === 'setting' || /^(postgresql\.majors|run|clone)\b/.test(name)),
  'archive.sh.hbs': (changes) => changes.some(({ name }) => name.startsWith('restore')),
}

function compareParts(before: ScriptFacts, after: ScriptFacts, told: readonly Change[]): Change[] {
  if (before.parts.size === 0) return []
  const own = new Set(
    [...before.steps.values(), ...after.steps.values()]
      .filter(({ model }) => model)
      .map(({ source }) => source),
  )
  return pairByKey(before.parts, after.parts).flatMap(({ key, from, to }): Change[] => {
    if (from === to || own.has(key)) return []
    const name = key.replace(/^templates\/run_rep\//, '')
    if (tables[name]?.(told)) return []
    // A file that the script needs or needs no more follows from what the model says.
    if ((from === undefined || to === undefined) && told.length > 0) return []
    const lines = (text: string | undefined) =>
      text === undefined ? undefined : `${text.split('\n').length} lines`
    const means =
      from === undefined
        ? 'new in the script'
        : to === undefined
          ? 'no longer in the script'
          : 'another text of it'
    return [
      {
        area: 'part of the script',
        name,
        files: script,
        from: lines(from),
        to: lines(to),
        effect: 'restart',
        means,
      },
    ]
  })
}

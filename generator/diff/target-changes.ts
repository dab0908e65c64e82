import { isSecretName, mark, maskSecrets } from '../diagnostics/mask.js'
import type { Artefacts } from './artefacts.js'
import { type Change, type Effect, pairByKey } from './change.js'
import { type Document, digestKey, type Kind, kindOf, readDocument } from './document.js'
import type { Variable } from './script.js'
import { judgeVariable } from './variable-effects.js'

/** What changed in the files of targets. A variable that several of them give is told once. */
export function compareTargets(
  before: Artefacts,
  after: Artefacts,
  variables: ReadonlyMap<string, Variable>,
): Change[] {
  const files = pairByKey(targetsOf(before), targetsOf(after)).filter(({ from, to }) => from !== to)
  const changes = files.flatMap(({ key, from, to }) => compareFile(key, from, to, variables))
  const merged = new Map<string, Change>()
  for (const change of changes) {
    const isVariable = change.area === 'variable'
    const key = JSON.stringify(
      isVariable ? [change.name, change.from, change.to] : [change.files, change.name],
    )
    const same = merged.get(key)
    merged.set(key, same === undefined ? change : { ...same, files: [...same.files, ...change.files] })
  }
  return [...merged.values()]
}

function targetsOf(artefacts: Artefacts): ReadonlyMap<string, string> {
  return new Map(Object.entries(artefacts).filter(([name]) => kindOf(name) !== undefined))
}

function compareFile(
  file: string,
  from: string | undefined,
  to: string | undefined,
  variables: ReadonlyMap<string, Variable>,
): Change[] {
  const kind = kindOf(file)
  if (kind === undefined) return []
  const base = { area: 'target', name: file, files: [file], model: modelOf(kind) } as const
  if (from === undefined)
    return [{ ...base, to: 'new', effect: 'nothing', means: 'what it starts begins with a clone' }]
  if (to === undefined)
    return [
      {
        ...base,
        from: 'there',
        effect: 'nothing',
        means: 'what it started goes on until somebody stops it',
      },
    ]
  const [was, is] = [readDocument(kind, from), readDocument(kind, to)]
  if (was === undefined || is === undefined)
    return [
      {
        ...base,
        from: 'a file that cannot be read',
        to: 'a whole file',
        effect: 'restart',
        means: 'what it says is not known',
      },
    ]
  return [...compareEnv(file, was, is, variables), ...compareKeys(file, kind, was, is)]
}

function compareEnv(
  file: string,
  before: Document,
  after: Document,
  variables: ReadonlyMap<string, Variable>,
): Change[] {
  return pairByKey(before.env, after.env).flatMap(({ key, from, to }): Change[] => {
    if (from === to) return []
    const { secret = false, default: usual, model } = variables.get(key) ?? {}
    const show = (value: string | undefined) =>
      value === undefined ? undefined : secret || isSecretName(key) ? mark : maskSecrets(value)
    // Each of several containers has a name and a port of its own: more of them are more containers.
    const verdict =
      /^(TASK_NAME|PORT0)$/.test(key) && `${from}${to}`.includes(' | ')
        ? ({ effect: 'nothing', means: 'as many as there are containers' } as const)
        : judgeVariable(key, from ?? usual, to ?? usual)
    return [{ area: 'variable', name: key, files: [file], from: show(from), to: show(to), ...verdict, model }]
  })
}

function compareKeys(file: string, kind: Kind, before: Document, after: Document): Change[] {
  const wholes = wholesOf(kind)
  const changes = pairByKey(before.keys, after.keys).flatMap(({ key, from, to }): Change[] => {
    if (from === to) return []
    const show = (value: string | undefined) =>
      value === undefined ? undefined : isSecretName(key.replace(/^.*\./, '')) ? mark : maskSecrets(value)
    const whole = wholes?.exec(key)?.[0]
    const isNew = whole !== undefined && ![...before.keys.keys()].some((one) => one.startsWith(`${whole}.`))
    const isGone = whole !== undefined && ![...after.keys.keys()].some((one) => one.startsWith(`${whole}.`))
    const base = { area: 'target', files: [file], model: modelOf(kind) } as const
    if (isNew || isGone) {
      const what = isNew ? { to: 'new' } : { from: 'there' }
      return [{ ...base, name: whole, ...what, ...judgeWhole(kind, whole, isNew) }]
    }
    const verdict = isReserved(kind, key, after) ? reserved : judgeKey(kind, key)
    return [{ ...base, name: key, from: show(from), to: show(to), ...verdict }]
  })
  // One for each service or object that came or went, not one for each of its keys.
  const seen = new Set<string>()
  return changes.filter(({ name }) => !seen.has(name) && seen.add(name))
}

// What comes and goes as a whole.
function wholesOf(kind: Kind): RegExp | undefined {
  if (kind === 'compose') return /^services\.[^.]+/
  return kind === 'kubernetes' ? /^[A-Z]\w+ [^.]+/ : undefined
}

type Verdict = Pick<Change, 'effect' | 'means'>

function judgeWhole(kind: Kind, name: string, isNew: boolean): Verdict {
  const starts = kind === 'compose' || /^(StatefulSet|Deployment) /.test(name)
  if (!starts)
    return { effect: 'nothing', means: isNew ? 'it is made' : 'it stays until somebody deletes it' }
  if (kind === 'compose') {
    const means = isNew
      ? 'one more replica, which begins with a clone'
      : 'docker compose up --remove-orphans ends it; its volume stays'
    return { effect: 'nothing', means }
  }
  return {
    effect: 'clone',
    means: isNew ? 'its replicas begin with a clone' : 'its replicas go on until somebody deletes it',
  }
}

// Of an app with a persistent volume Marathon changes nothing that it has reserved (AppDefinition.scala, 664 to 714).
function isReserved(kind: Kind, key: string, { keys }: Document): boolean {
  if (kind !== 'marathon' || !/^(cpus|mem|disk|requirePorts)$|^portDefinitions\b.*\bport$/.test(key))
    return false
  return keepsData(kind, keys)
}

const reserved: Verdict = {
  effect: 'clone',
  means:
    'Marathon has reserved it with the volume, and refuses the update: give the app another id, whose tasks clone, or delete it first, which deletes its data',
}

interface KeyRule {
  readonly key: RegExp
  readonly effect: Effect
  readonly means: string
}

function judgeKey(kind: Kind, key: string): Verdict {
  if (key === digestKey) {
    const how =
      kind === 'compose'
        ? 'docker compose up makes each container anew'
        : 'kubectl apply replaces pod after pod'
    return { effect: 'restart', means: `the script or the configuration is another one: ${how}` }
  }
  const { effect, means } = rules[kind].find((rule) => rule.key.test(key)) ?? usual[kind]
  return { effect, means }
}

const usual: Readonly<Record<Kind, Verdict>> = {
  marathon: { effect: 'restart', means: 'Marathon replaces the tasks of an app that is changed' },
  systemd: { effect: 'restart', means: 'systemctl daemon-reload, then a restart of the unit' },
  environment: { effect: 'restart', means: 'a restart of the unit reads it' },
  compose: { effect: 'restart', means: 'docker compose up makes the container anew, on its volume' },
  kubernetes: { effect: 'restart', means: 'kubectl apply replaces pod after pod' },
}

/** The first that fits a key counts; where none does, it is a restart. */
const rules: Readonly<Record<Kind, readonly KeyRule[]>> = {
  marathon: [
    {
      key: /^id$/,
      effect: 'clone',
      means:
        'an app of another name is another app: its tasks clone, and the old one goes on until it is deleted',
    },
    { key: /^instances$/, effect: 'nothing', means: 'those that run go on; more of them begin with a clone' },
    {
      key: /^container\.volumes/,
      effect: 'clone',
      means: 'Marathon keeps a volume as it was reserved: it takes another app, whose tasks clone',
    },
  ],
  systemd: [
    {
      key: /^Service\.(StateDirectory|WorkingDirectory)$/,
      effect: 'clone',
      means:
        'nothing lies in the new place: a replica is cloned again there, unless its data is moved while it is stopped',
    },
    {
      key: /^(Install\.|Unit\.(Description|Documentation)$)/,
      effect: 'nothing',
      means: 'systemctl daemon-reload',
    },
  ],
  environment: [],
  compose: [
    {
      key: /^name$/,
      effect: 'clone',
      means: 'a project of another name has other volumes: end the old one by docker compose down',
    },
    { key: /^volumes\./, effect: 'nothing', means: 'a volume for each replica' },
    {
      key: /\.volumes$/,
      effect: 'restart',
      means: 'docker compose up makes the container anew; with another place for the data it clones',
    },
    {
      key: /\.working_dir$/,
      effect: 'clone',
      means: 'the volume is mounted in another place, and nothing lies there',
    },
    { key: /^secrets\./, effect: 'restart', means: 'docker compose up makes the container anew' },
  ],
  kubernetes: [
    {
      key: /\.spec\.replicas$/,
      effect: 'nothing',
      means: 'those that run go on; more of them begin with a clone',
    },
    {
      key: /\.volumeClaimTemplates/,
      effect: 'clone',
      means:
        'a StatefulSet keeps its claims as they were: it must be deleted and made anew, and a new claim begins with a clone',
    },
    {
      key: /^(StatefulSet|Deployment) [^.]+\.spec\.(serviceName|selector|podManagementPolicy)/,
      effect: 'restart',
      means:
        'it cannot be changed: the object must be deleted (--cascade=orphan keeps its pods) and made anew',
    },
    {
      key: /^(StatefulSet|Deployment) [^.]+\.spec\.template\./,
      effect: 'restart',
      means: 'kubectl apply replaces pod after pod',
    },
    { key: /^/, effect: 'nothing', means: 'kubectl apply changes it while the pods go on' },
  ],
}

function modelOf(kind: Kind): string {
  return `targets.${kind === 'environment' ? 'systemd' : kind}`
}

/** Those of the targets for which a restart is a new clone: the data does not outlast the task. */
export function listForgetful(artefacts: Artefacts): string[] {
  return Object.entries(artefacts).flatMap(([name, text]) => {
    const kind = kindOf(name)
    if (kind !== 'marathon' && kind !== 'kubernetes') return []
    return keepsData(kind, readDocument(kind, text)?.keys ?? new Map()) ? [] : [name]
  })
}

function keepsData(kind: 'marathon' | 'kubernetes', keys: Document['keys']): boolean {
  const volume = kind === 'marathon' ? /^container\.volumes/ : /^StatefulSet .*\.volumeClaimTemplates/
  return [...keys.keys()].some((key) => volume.test(key))
}

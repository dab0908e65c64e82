import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { showValue } from '../diagnostics/mask.js'
import { pathTo } from '../diagnostics/path.js'
import { whyTaken } from '../model/contract/user.js'
import { builtinVariables } from '../model/contract/variables.js'
import {
  configurationOf,
  deploymentEnv,
  pathOfVariable,
  type Replica,
  usualReplica,
} from '../model/replica.js'
import { healthTimeout } from '../model/task.js'
import { type AccessContext, judgeAccess } from '../postgres/access.js'
import { judgeAdmission, type Visitors } from '../postgres/admission.js'
import { judgeCombinations } from '../postgres/combinations.js'
import { readEffective } from '../postgres/effective.js'
import { judgeListen } from '../postgres/listen.js'
import { judgeDisk, judgeLog, judgeMemory } from '../postgres/resources.js'
import { judgeSettings } from '../postgres/settings.js'
import { mergeSettings } from '../postgres/settings-schema.js'
import type { Design } from '../script/sources.js'
import { similarTo } from '../similar.js'
import type { Given } from '../targets/target.js'
import { impliedReplication, listAccess, settleAccess } from './access.js'
import { judgeInterplay } from './interplay.js'
import { judgeRestore } from './judge-restore.js'
import { judgeShape } from './judge-shape.js'
import { judgeHealth, judgeHealthGrace, judgeStopGrace } from './limits.js'
import { demandsTls, judgeLogin, refusesTls } from './login.js'

/** What the schema cannot see, whoever starts the script: rules across parts of the model, and PostgreSQL's by major. */
export function judgeModel({ model, contract }: Design): Diagnostic[] {
  const { task, run, postgresql } = model
  const settings = mergeSettings(postgresql.settings, task.mem)
  return [
    ...judgeSettings(settings, postgresql.majors),
    ...judgeMemory(postgresql.settings, task.mem),
    ...judgeCombinations(postgresql.settings, postgresql.majors),
    ...judgeAccess(settleAccess(model), accessContext(model)),
    ...judgeListen(run.listen),
    ...judgeAdmission(listAccess(model), listVisitors(model)),
    ...judgeImplied(model),
    ...judgeInterplay(model),
    ...judgeLogin(model),
    ...judgePreset(model),
    ...judgeSlot(model),
    ...judgeShape(model),
    ...judgeRestore(model),
    ...judgeDurability(model),
    ...judgeRewind(model),
    ...judgeTaskEnv(model, contract),
    ...judgeSecrets(model),
    ...judgeOwnVariables(model),
    ...judgeStepNames(model),
  ]
}

/** Holds what a target gives the script against the contract and the limits of the model. */
export function judgeGiven(given: Given, { model, contract }: Design): Diagnostic[] {
  const { env, user, stopGrace, space } = given
  const { task, run, clone, postgresql } = model
  const health = { ...task.health, timeout: healthTimeout(task.health) }
  const settings = mergeSettings(postgresql.settings, task.mem)
  return [
    ...judgeUser(user, model),
    ...judgeStopGrace(model.shutdown, stopGrace),
    ...judgeContract(env, { model, contract }),
    ...judgeConfigUrl(env, model),
    ...(space === undefined ? [] : [...judgeDisk(settings, space), ...judgeLog(run.logMiB, space)]),
    ...(given.asksHealth
      ? [...judgeHealth(health), ...judgeHealthGrace(health, { ...run, ...clone, space: space?.size })]
      : []),
    ...(given.keepsData ? [] : judgeLostData(model)),
  ]
}

// A container has its files beside it; whoever fetches them must know from where.
function judgeConfigUrl({ CONFIG_URL: url }: Given['env'], model: Replica): Diagnostic[] {
  const { publish } = usualReplica
  if (configurationOf(model) !== 'published' || url !== `${publish}/conf`) return []
  const message = `the configuration is fetched from ${publish}/conf, the URL of the documentation's example`
  return [
    {
      code: 'W_CONFIG_EXAMPLE',
      path: pathTo`publish`,
      message,
      hint: 'say in publish where you publish dist, or set run.configUrl',
    },
  ]
}

function accessContext({ postgresql: { settings, majors } }: Replica): AccessContext {
  const { isOn, word, value } = readEffective(settings, Math.max(...majors))
  const validators = String(value('oauth_validator_libraries'))
    .split(',')
    .map((text) => text.trim())
  return {
    majors,
    hasSsl: isOn('ssl'),
    hasCa: word('ssl_ca_file') !== '',
    validators: validators.filter(Boolean),
  }
}

function listVisitors(model: Replica): Visitors {
  const { master, run } = model
  return {
    role: master.role,
    listen: run.listen,
    tls: demandsTls(model) ? 'always' : refusesTls(model) ? 'never' : 'maybe',
    isCascade: run.from === 'replica' && configurationOf(model) === 'published',
  }
}

// Lines that no entry of access is for: a server without TLS lets nobody in by them.
function judgeImplied(model: Replica): Diagnostic[] {
  const implied = impliedReplication(model)
  const isInVain = implied?.rules.some(({ type }) => type === 'hostssl') && !accessContext(model).hasSsl
  if (implied === undefined || !isInVain || configurationOf(model) !== 'published') return []
  const message =
    'replicas stream from each other with TLS only (master.tls), but ssl is off here: none can connect'
  const hint = 'set postgresql.settings.ssl and its certificate files'
  return [{ code: 'W_ACCESS_SSL', path: implied.path, message, hint }]
}

function judgeUser(user: string, { run }: Replica): Diagnostic[] {
  if (user === run.user || user === 'root') return []
  const message = `the task runs as ${user}, which is not ${run.user} and cannot become it`
  const hint = 'leave task.user out, or set it to run.user or root'
  return [{ code: 'E_TASK_USER', path: pathTo`task.user`, message, hint }]
}

// The word says what was meant, so that a volume which is left over is seen.
function judgePreset({ task: { preset, volume } }: Replica): Diagnostic[] {
  if (preset !== 'ephemeral' || volume === undefined) return []
  const message = 'an ephemeral replica clones into its sandbox, and task.volume would keep the data'
  const hint = "take task.volume out, or say 'persistent'"
  return [{ code: 'E_TASK_PRESET', path: pathTo`task.preset`, message, hint }]
}

// Where the next task begins with nothing. A sandbox that is gone takes the name of its slot along.
function judgeLostData({ task, run, clone }: Replica): Diagnostic[] {
  const found: Diagnostic[] = []
  if (clone.walDir !== undefined) {
    const message = `each task clones into a new sandbox, and when that is gone its WAL stays in ${clone.walDir}: the disk fills up`
    const hint = "add task.volume: '100GiB', or take it out"
    found.push({ code: 'E_CLONE_WAL_DIR', path: pathTo`clone.walDir`, message, hint })
  }
  if (task.preset === 'persistent') {
    const message = 'a persistent replica keeps its data in a volume, and the model has none'
    const hint = "add task.volume: '100GiB'"
    found.push({ code: 'E_TASK_PRESET', path: pathTo`task.preset`, message, hint })
  }
  if (run.slot === 'permanent') {
    const message =
      'each task clones into a new sandbox, and leaves its slot behind on the master, with all WAL since'
    const hint = "use 'temporary', or add task.volume"
    found.push({ code: 'W_RUN_SLOT', path: pathTo`run.slot`, message, hint })
  }
  return found
}

// The setting came with 13: before it the server would not start.
function judgeSlot({ run, postgresql }: Replica): Diagnostic[] {
  const old = postgresql.majors.filter((major) => major < 13)
  if (run.slot !== 'temporary' || old.length === 0) return []
  const message = `PostgreSQL ${old.join(', ')} has no wal_receiver_create_temp_slot, and would not start`
  const hint = 'take these majors out of postgresql.majors'
  return [{ code: 'E_RUN_SLOT', path: pathTo`run.slot`, message, hint }]
}

// Before 13 a running server cannot be told to connect (primary_conninfo).
function judgeDurability({ run, postgresql }: Replica): Diagnostic[] {
  const old = postgresql.majors.filter((major) => major < 13)
  if (run.durability !== 'behind' || old.length === 0) return []
  const message = `PostgreSQL ${old.join(', ')} cannot be told while it runs to connect to its master, as a server must that answers before its clone is on disk`
  const hint = "take these majors out of postgresql.majors, or say 'before'"
  return [{ code: 'E_RUN_DURABILITY', path: pathTo`run.durability`, message, hint }]
}

// Before 11 the functions that pg_rewind calls are for superusers, whatever is granted.
function judgeRewind({ run, rewind, postgresql }: Replica): Diagnostic[] {
  const warn = (path: Diagnostic['path'] & object, message: string, hint: string): Diagnostic[] => [
    { code: 'W_RUN_REWIND', path, message, hint },
  ]
  if (run.onDiverged !== 'rewind') {
    const part = rewind.role === undefined ? 'otherwise' : 'role'
    if (part === 'otherwise' && rewind.otherwise === usualReplica.rewind.otherwise) return []
    return warn(
      pathTo`rewind.${part}`,
      `nothing is rewound: run.onDiverged is '${run.onDiverged}'`,
      "say run.onDiverged: 'rewind', or take rewind out",
    )
  }
  if (rewind.role !== undefined || !postgresql.majors.includes(10)) return []
  return warn(
    pathTo`run.onDiverged`,
    `PostgreSQL 10 lets only a superuser rewind: with a master of that major run.onDiverged means '${rewind.otherwise}'`,
    'take 10 out of postgresql.majors, or name a superuser in rewind.role',
  )
}

function judgeContract(env: Given['env'], { model, contract }: Design): Diagnostic[] {
  return contract.flatMap(({ name, type, required }): Diagnostic[] => {
    const value = env[name]
    // What a secret holds is known on the agent only.
    if (typeof value === 'string' && !type.schema.safeParse(value).success) {
      const path = pathOfVariable(model, name) ?? []
      return [{ code: 'E_ENV_VALUE', path, message: `${name} must be ${type.what}` }]
    }
    if (!required || value !== undefined || !Object.hasOwn(model.env, name)) return []
    const message = `${name} is required, but nothing sets it: every task would refuse to run`
    const hint = 'give it a value, or set it in task.env'
    return [{ code: 'E_ENV_UNSET', path: pathTo`env.${name}`, message, hint }]
  })
}

function judgeOwnVariables({ env, task }: Replica): Diagnostic[] {
  return Object.entries(env).flatMap(([name, { secret, value, default: usual }]): Diagnostic[] => {
    const reason = whyTaken(name)
    const path = pathTo`env.${name}`
    if (reason !== undefined) {
      const hint = 'give your variable another name'
      return [{ code: 'E_ENV_TAKEN', path, message: `${name} is ${reason}`, hint }]
    }
    const given = Object.hasOwn(task.env, name) ? task.env[name] : undefined
    const isInTask = typeof given === 'string'
    if (!secret || (value === undefined && usual === undefined && !isInTask)) return []
    const where = value === undefined && !isInTask ? 'run_rep.sh' : 'what starts it'
    const message = `${name} is a secret, but its value is readable in ${where}`
    const hint = 'let the agent or a secret store (task.secrets) set it'
    return [{ code: 'W_ENV_SECRET', path: isInTask ? pathTo`task.${path}` : path, message, hint }]
  })
}

// A variable of the task that another part of the model sets, or that the script refuses, or would not see: it unsets or
// refuses what libpq would read besides the contract.
function judgeTaskEnv(model: Replica, contract: Design['contract']): Diagnostic[] {
  const set = deploymentEnv(model)
  const known = new Set(contract.map(({ name }) => name))
  const isSecret = (name: string) => builtinVariables.some((given) => given.name === name && given.secret)
  return Object.keys(model.task.env).flatMap((name): Diagnostic[] => {
    const path = pathTo`task.env.${name}`
    if (Object.hasOwn(set, name)) {
      const message = `${name} is set by the model already (to ${showValue(set[name], [name])}); change it there`
      return [{ code: 'E_TASK_ENV', path, message }]
    }
    if (typeof model.task.env[name] === 'string' && isSecret(name)) {
      const message = `${name} is a secret, and its value would be readable in the file that starts the script`
      const hint = 'name it in task.secrets and write { secret: … } here, or let the host set it'
      return [{ code: 'E_TASK_ENV', path, message, hint }]
    }
    if (known.has(name)) return []
    const like = Object.hasOwn(model.env, name) ? undefined : similarTo(name, known)
    const meant = like === undefined ? {} : { hint: `did you mean ${like}?` }
    if (!name.startsWith('PG')) {
      if (like === undefined) return []
      return [{ code: 'W_TASK_ENV', path, message: `the script has no variable ${name}`, ...meant }]
    }
    if (name === 'PGPASSWORD') {
      const message = 'PGPASSWORD is not accepted by the script: child processes would inherit it'
      return [
        {
          code: 'E_TASK_ENV',
          path,
          message,
          hint: 'use a password file: run.passfile, or POSTGRES_REPPASSWORD_FILE',
        },
      ]
    }
    const message = `${name} has no effect: the script unsets every PG* variable that is not in its contract`
    return [{ code: 'W_TASK_ENV', path, message, ...meant }]
  })
}

// References to secrets, each of which must be declared, and the other way round.
function judgeSecrets({ task: { env, secrets } }: Replica): Diagnostic[] {
  const references = Object.entries(env).flatMap(([name, value]) =>
    typeof value === 'string' ? [] : [{ name, secret: value.secret }],
  )
  const unknown = references
    .filter(({ secret }) => !Object.hasOwn(secrets, secret))
    .map(({ name, secret }): Diagnostic => {
      const message = `${name} refers to the secret ${secret}, and task.secrets declares none of that name`
      const hint = `add ${secret}: { source: '…' } to task.secrets`
      return { code: 'E_TASK_SECRET', path: pathTo`task.env.${name}`, message, hint }
    })
  const unused = Object.keys(secrets)
    .filter((name) => !references.some(({ secret }) => secret === name))
    .map((name): Diagnostic => {
      const message = `no variable of task.env refers to the secret ${name}`
      const hint = 'take it out, or a misspelt reference stays unseen'
      return { code: 'E_TASK_SECRET', path: pathTo`task.secrets.${name}`, message, hint }
    })
  return [...unknown, ...unused]
}

function judgeStepNames({ steps }: Replica): Diagnostic[] {
  return steps.flatMap(({ name }, index) => {
    if (steps.findIndex((step) => step.name === name) === index) return []
    return [
      {
        code: 'E_STEP_TWICE',
        path: pathTo`steps.${index}.name`,
        message: `another step is called ${name}, too`,
      } as const,
    ]
  })
}

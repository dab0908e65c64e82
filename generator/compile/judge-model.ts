import { posix } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import type { MarathonEnvValue } from '../marathon/app.js'
import { judgeBackoff, judgeHealth, judgeHealthGrace, judgeKillGrace } from '../marathon/limits.js'
import { judgeApp, judgeAppEnv } from '../marathon/rules.js'
import { completeAccess } from '../model/access.js'
import { healthTimeout, sandboxDisk } from '../model/app.js'
import { whyTaken } from '../model/contract/user.js'
import type { ContractVariable } from '../model/contract/variables.js'
import { deploymentEnv, pathOfVariable, type Replica } from '../model/replica.js'
import { mergeSettings } from '../model/settings.js'
import { type AccessContext, judgeAccess } from '../postgres/access.js'
import { judgeAdmission, type Visitors } from '../postgres/admission.js'
import { judgeCombinations } from '../postgres/combinations.js'
import { readEffective } from '../postgres/effective.js'
import { judgeListen } from '../postgres/listen.js'
import { type DataSpace, judgeDisk, judgeLog, judgeMemory } from '../postgres/resources.js'
import { judgeSettings } from '../postgres/settings.js'
import type { Design } from '../script/sources.js'
import { judgeInterplay } from './interplay.js'
import { buildApp, listPortVariables, readVolumeSize } from './marathon.js'

/** What the schema cannot see: rules across parts of the model, PostgreSQL's by major, Marathon's. */
export function judgeModel({ model, contract }: Design): Diagnostic[] {
  const settings = mergeSettings(model.postgresql.settings)
  const env = deploymentEnv(model)
  const app = buildApp(model.app, appContext(model))
  const space = findSpace(model)
  const health = { ...model.app.health, timeout: healthTimeout(model.app.health) }
  return [
    ...judgeSettings(settings, model.postgresql.majors),
    ...judgeMemory(settings, model.app.mem),
    ...judgeCombinations(model.postgresql.settings, model.postgresql.majors),
    ...judgeAccess(model.access, accessContext(model)),
    ...judgeListen(model.run.listen),
    ...judgeAdmission(completeAccess(model.access, model.master.role), listVisitors(model)),
    ...(space === undefined ? [] : [...judgeDisk(settings, space), ...judgeLog(model.run.logMiB, space)]),
    ...judgeApp(app, model.app.marathon),
    ...judgeAppEnv(model.app.env, env, app.portDefinitions),
    ...judgeKillGrace(model.shutdown, model.app.killGrace),
    ...judgeHealth(health),
    ...judgeHealthGrace(health, { ...model.run, space: space?.size }),
    ...judgeBackoff(model.app.backoff),
    ...judgeInterplay(model),
    ...judgeUser(model),
    ...judgePreset(model),
    ...judgeSlot(model),
    ...judgeSharing(model),
    ...judgeContract(model, contract, { ...env, ...model.app.env, ...listPortVariables(app) }),
    ...judgeOwnVariables(model, listPortVariables(app)),
    ...judgeForgotten(model, contract),
    ...judgeStepNames(model),
  ]
}

/** What the printed app takes from the rest of the model. */
export function appContext(model: Replica) {
  const { run, publish } = model
  return { runUser: run.user, dataDir: run.dataDir, publish, env: deploymentEnv(model) }
}

// The data lies in the volume, else in the sandbox, unless it lies somewhere on the agent; disk 0 is no limit.
function findSpace({ app, run }: Replica): DataSpace | undefined {
  if (app.volume !== undefined) {
    const isObject = typeof app.volume === 'object'
    return { path: isObject ? pathTo`app.volume.size` : pathTo`app.volume`, size: readVolumeSize(app.volume) }
  }
  const disk = sandboxDisk(app)
  return posix.isAbsolute(run.dataDir) || disk === 0 ? undefined : { path: pathTo`app.disk`, size: disk }
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

function listVisitors({ master, ready, run }: Replica): Visitors {
  const mode = typeof master.tls === 'string' ? master.tls : master.tls?.mode
  return { role: master.role, readyRole: ready.role, listen: run.listen, mayUseTls: mode !== 'disable' }
}

function judgeUser({ app, run }: Replica): Diagnostic[] {
  if (app.user === undefined || app.user === run.user || app.user === 'root') return []
  const message = `the task runs as ${app.user}, who can neither be ${run.user} nor become it`
  return [
    {
      code: 'E_APP_USER',
      path: pathTo`app.user`,
      message,
      hint: 'leave app.user out, or set it to run.user or root',
    },
  ]
}

// The word says what was meant, so that a volume which is missing or left over is seen.
function judgePreset({ app: { preset, volume } }: Replica): Diagnostic[] {
  const path = pathTo`app.preset`
  if (preset === 'persistent' && volume === undefined) {
    const message = 'a persistent replica keeps its data in a volume, and the model has none'
    return [{ code: 'E_APP_PRESET', path, message, hint: "add app.volume: '100GiB'" }]
  }
  if (preset !== 'ephemeral' || volume === undefined) return []
  const message = 'an ephemeral replica clones into its sandbox, and app.volume would keep the data'
  return [{ code: 'E_APP_PRESET', path, message, hint: "take app.volume out, or say 'persistent'" }]
}

// The setting came with 13: before it the server would not start. A sandbox that is gone takes the name of its slot along.
function judgeSlot({ run, app, postgresql }: Replica): Diagnostic[] {
  const path = pathTo`run.slot`
  const old = postgresql.majors.filter((major) => major < 13)
  if (run.slot === 'temporary' && old.length > 0) {
    const message = `PostgreSQL ${old.join(', ')} has no wal_receiver_create_temp_slot, and would not start`
    return [{ code: 'E_RUN_SLOT', path, message, hint: 'take these majors out of postgresql.majors' }]
  }
  if (run.slot !== 'permanent' || app.volume !== undefined || posix.isAbsolute(run.dataDir)) return []
  const message =
    'each task clones into a new sandbox, and leaves its slot behind on the master, with all WAL since'
  return [{ code: 'W_RUN_SLOT', path, message, hint: "use 'temporary', or add app.volume" }]
}

// A directory of the host is one for all tasks there.
function judgeSharing({ app, run }: Replica): Diagnostic[] {
  if (!posix.isAbsolute(run.dataDir) || app.instances < 2) return []
  const constraints = app.constraints ?? [['hostname', 'UNIQUE']]
  const isApart = constraints.some(
    ([field = '', operator, value]) =>
      /^@?hostname$/.test(field) && (operator === 'UNIQUE' || (operator === 'MAX_PER' && value === '1')),
  )
  // A port that is asked for by number is given to one task of an agent, so that the next one goes elsewhere.
  if (isApart || app.hostPort > 0) return []
  const message = `two tasks on one host would both work in ${run.dataDir}`
  const hint = "add the constraint ['hostname', 'UNIQUE'], or let run.dataDir be relative to the sandbox"
  return [{ code: 'E_APP_SHARED', path: pathTo`run.dataDir`, message, hint }]
}

function judgeContract(
  model: Replica,
  contract: readonly ContractVariable[],
  env: Readonly<Record<string, MarathonEnvValue>>,
): Diagnostic[] {
  return contract.flatMap(({ name, type, required }): Diagnostic[] => {
    const value = env[name]
    const isOwn = Object.hasOwn(model.env, name)
    // What a secret holds is known on the agent only.
    if (typeof value === 'string' && !type.schema.safeParse(value).success) {
      const given = Object.hasOwn(model.app.env, name) ? pathTo`app.env.${name}` : pathOfVariable(model, name)
      return [{ code: 'E_ENV_VALUE', path: given ?? [], message: `${name} must be ${type.what}` }]
    }
    if (!required || value !== undefined || !isOwn) return []
    const message = `${name} is required, but nothing sets it: every task would refuse to run`
    const hint = 'give it a value, or set it in app.env'
    return [{ code: 'E_ENV_UNSET', path: pathTo`env.${name}`, message, hint }]
  })
}

function judgeOwnVariables({ env, app }: Replica, ports: Readonly<Record<string, string>>): Diagnostic[] {
  return Object.entries(env).flatMap(([name, { secret, value, default: usual }]): Diagnostic[] => {
    const isNoPort = /^PORT(S|\d+)?$/.test(name) && !Object.hasOwn(ports, name)
    const reason =
      whyTaken(name) ?? (isNoPort ? "Marathon's, for a port that app.morePorts does not declare" : undefined)
    const path = pathTo`env.${name}`
    if (reason !== undefined) {
      const hint = 'give your variable another name'
      return [{ code: 'E_ENV_TAKEN', path, message: `${name} is ${reason}`, hint }]
    }
    const given = Object.hasOwn(app.env, name) ? app.env[name] : undefined
    const isInApp = typeof given === 'string'
    if (!secret || (value === undefined && usual === undefined && !isInApp)) return []
    const where = value === undefined && !isInApp ? 'run_rep.sh' : 'marathon.json'
    const message = `${name} is a secret, but its value stands readable in ${where}`
    const hint = 'let the agent or a secret store (app.secrets) set it'
    return [{ code: 'W_ENV_SECRET', path: isInApp ? pathTo`app.${path}` : path, message, hint }]
  })
}

// The script unsets or refuses what libpq would read besides the contract.
function judgeForgotten({ app }: Replica, contract: readonly ContractVariable[]): Diagnostic[] {
  const known = new Set(contract.map(({ name }) => name))
  return Object.keys(app.env)
    .filter((name) => name.startsWith('PG') && !known.has(name))
    .map((name): Diagnostic => {
      const path = pathTo`app.env.${name}`
      if (name === 'PGPASSWORD') {
        const message = 'PGPASSWORD is refused by the script: every process of the agent could see it'
        return { code: 'E_APP_ENV', path, message, hint: 'use a password file: run.passfile' }
      }
      const message = `${name} has no effect: the script unsets every PG* variable that is not in its contract`
      return { code: 'W_APP_ENV', path, message }
    })
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

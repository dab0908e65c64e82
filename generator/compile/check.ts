import { judgeApp, judgeAppEnv, judgeKillGrace } from '../marathon/rules.js'
import type { ContractVariable } from '../model/contract/variables.js'
import { deploymentEnv, type Replica, replicaSchema } from '../model/replica.js'
import { mergeSettings } from '../model/settings.js'
import { judgeAccess } from '../postgres/access.js'
import { judgeMemory } from '../postgres/memory.js'
import { judgeSettings } from '../postgres/settings.js'
import type { Diagnostic } from './diagnostic.js'
import { buildApp } from './marathon.js'

/** The parsed model, or the findings that keep it from being one. */
export type Parsed =
  | { readonly ok: true; readonly model: Replica }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** Parses a raw model by the schema; each issue of zod becomes a diagnostic at its path. */
export function parseModel(value: unknown): Parsed {
  const result = replicaSchema.safeParse(value)
  if (result.success) return { ok: true, model: result.data }
  return { ok: false, diagnostics: result.error.issues.flatMap(toDiagnostics) }
}

/** What the schema cannot see: rules across parts of the model, PostgreSQL's by major, Marathon's. */
export function checkModel(model: Replica, contract: readonly ContractVariable[]): Diagnostic[] {
  const settings = mergeSettings(model.postgresql.settings)
  const env = deploymentEnv(model)
  const app = buildApp(model.app, appContext(model))
  return [
    ...judgeSettings(settings, model.postgresql.majors),
    ...judgeMemory(settings, model.app.mem),
    ...judgeAccess(model.access, { majors: model.postgresql.majors, hasSsl: isOn(settings.ssl) }),
    ...judgeApp(app),
    ...judgeAppEnv(model.app.env, env),
    ...judgeKillGrace(model.shutdown, model.app.killGrace),
    ...judgeUser(model),
    ...judgeContract(model, contract, { ...env, ...model.app.env }),
    ...judgeStepNames(model),
  ]
}

/** What the printed app takes from the rest of the model. */
export function appContext(model: Replica) {
  const { run, publish } = model
  return { runUser: run.user, dataDir: run.dataDir, publish, env: deploymentEnv(model) }
}

function judgeUser({ app, run }: Replica): Diagnostic[] {
  if (app.user === undefined || app.user === run.user || app.user === 'root') return []
  const message = `the task runs as ${app.user}, who can neither be ${run.user} nor become it`
  return [
    {
      code: 'E_APP_USER',
      path: 'app.user',
      message,
      hint: 'leave app.user out, or set it to run.user or root',
    },
  ]
}

function judgeContract(
  model: Replica,
  contract: readonly ContractVariable[],
  env: Readonly<Record<string, string>>,
): Diagnostic[] {
  const own = new Set(Object.keys(model.env))
  const found: Diagnostic[] = []
  for (const { name, type, required } of contract) {
    const value = env[name]
    if (value !== undefined && !type.schema.safeParse(value).success) {
      const path = Object.hasOwn(model.app.env, name) ? `app.env.${name}` : `env.${name}.value`
      found.push({ code: 'E_ENV_VALUE', path, message: `${name} must be ${type.what}` })
    }
    if (required && value === undefined && own.has(name)) {
      const message = `${name} is required, but nothing sets it: every task would refuse to run`
      found.push({
        code: 'E_ENV_UNSET',
        path: `env.${name}`,
        message,
        hint: 'give it a value, or set it in app.env',
      })
    }
  }
  const builtin = contract.filter(({ name }) => own.has(name))
  for (const name of own) {
    if (builtin.filter((variable) => variable.name === name).length < 2) continue
    found.push({
      code: 'E_ENV_TAKEN',
      path: `env.${name}`,
      message: `${name} is a variable of the script itself`,
    })
  }
  return found
}

function judgeStepNames({ steps }: Replica): Diagnostic[] {
  return steps.flatMap(({ name }, index) => {
    if (steps.findIndex((step) => step.name === name) === index) return []
    return [
      {
        code: 'E_STEP_TWICE',
        path: `steps.${index}.name`,
        message: `another step is called ${name}, too`,
      } as const,
    ]
  })
}

type Issue = {
  readonly path: readonly PropertyKey[]
  readonly message: string
  readonly keys?: readonly string[]
}

// An unknown key is found at the key itself; a misspelt one is the usual reason.
function toDiagnostics(issue: Issue): Diagnostic[] {
  const path = issue.path.map(String)
  if (issue.keys !== undefined) {
    return issue.keys.map((key) => ({
      code: 'E_MODEL_KEY' as const,
      path: [...path, key].join('.'),
      message: `there is no ${key} in ${path.join('.') || 'a model'}`,
    }))
  }
  return [{ code: 'E_MODEL', path: path.join('.'), message: issue.message }]
}

function isOn(value: unknown): boolean {
  return value === true || /^(on|true|yes|1)$/i.test(String(value))
}

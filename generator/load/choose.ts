import { similarTo } from '../similar.js'
import type { Fault } from './program.js'

/** A model that a configuration exports, and the environment that it is for, where there are several. */
export interface Chosen {
  readonly env: string | undefined
  readonly value: unknown
}

/** The models that were asked for, and all environments that the configuration names; or why there are none. */
export type Choice =
  | { readonly kind: 'models'; readonly models: readonly Chosen[]; readonly names: readonly string[] }
  | { readonly kind: 'fault'; readonly fault: Fault }

/**
 * Takes from what a configuration exports the model for each of `envs`: of `defineReplicas` those of these names, or all
 * where none is given; of a function what it gives for each; of a model itself, which knows no environments, that one. A
 * promise is awaited wherever a model may stand.
 */
export async function chooseModels(
  exports: unknown,
  shown: string,
  envs: readonly string[],
): Promise<Choice> {
  if (!('default' in Object(exports))) {
    return refuse('E_CONFIG_NO_DEFAULT', `${shown} has no default export`, exportHint)
  }
  const exported: unknown = await Reflect.get(Object(exports), 'default')
  const who = `the default export of ${shown}`
  if (isByEnvironment(exported)) return chooseByName(exported, shown, envs)
  if (isFunction(exported)) return callFor(exported, who, envs)
  const fault = judgeModel(exported, who)
  if (fault !== undefined) return fault
  if (envs.length > 0) return refuseEnvironments(shown)
  return { kind: 'models', models: [{ env: undefined, value: exported }], names: [] }
}

/** What is wrong with `--env` for a configuration that holds one model. */
export function refuseEnvironments(shown: string): Choice & { readonly kind: 'fault' } {
  const hint =
    'leave out --env, or export defineReplicas({ staging: { … }, production: { … } }) from a .ts file'
  return refuse('E_ENV_UNKNOWN', `${shown} holds one model, and names no environments`, hint)
}

async function chooseByName(
  given: Readonly<Record<string, unknown>>,
  shown: string,
  envs: readonly string[],
): Promise<Choice> {
  const names = Object.keys(given)
  if (names.length === 0) {
    const hint = 'name one: defineReplicas({ production: { … } })'
    return refuse('E_ENV_MISSING', `defineReplicas in ${shown} names no environment`, hint)
  }
  const models: Record<string, unknown> = {}
  for (const name of names) {
    models[name] = await given[name]
    const fault =
      judgeName(name) ?? judgeCase(name, names) ?? judgeModel(models[name], `the model ${name} of ${shown}`)
    if (fault !== undefined) return fault
  }
  const unknown = envs.find((env) => !names.includes(env))
  if (unknown !== undefined) {
    const like = similarTo(unknown, names)
    const known = `it has ${listNames(names)}`
    const hint = like === undefined ? known : `did you mean ${like}? ${known}`
    return refuse('E_ENV_UNKNOWN', `${shown} has no environment ${JSON.stringify(unknown)}`, hint)
  }
  const chosen = names.filter((name) => envs.length === 0 || envs.includes(name))
  return { kind: 'models', models: chosen.map((env) => ({ env, value: models[env] })), names }
}

// What `defineReplicas` makes, whichever copy of this package it is of.
function isByEnvironment(value: unknown): value is Readonly<Record<string, unknown>> {
  return (
    typeof value === 'object' && value !== null && Symbol.for('postgres-rep-marathon.defineReplicas') in value
  )
}

type Make = (given: { readonly env: string | undefined }) => unknown

function isFunction(value: unknown): value is Make {
  return typeof value === 'function'
}

// Which names it knows, only the function can say.
async function callFor(make: Make, who: string, envs: readonly string[]): Promise<Choice> {
  const models: Chosen[] = []
  for (const env of envs.length === 0 ? [undefined] : envs) {
    const fault = env === undefined ? undefined : judgeName(env)
    if (fault !== undefined) return fault
    const value: unknown = await make({ env })
    const wrong = judgeModel(
      value,
      `what ${who} gives${env === undefined ? ' without --env' : ` for ${env}`}`,
    )
    if (wrong !== undefined) return wrong
    models.push({ env, value })
  }
  return { kind: 'models', models, names: [] }
}

/** The names as a sentence has them: a, b and c. */
export function listNames(names: readonly string[]): string {
  const [last = '', ...rest] = [...names].reverse()
  return rest.length === 0 ? last : `${rest.reverse().join(', ')} and ${last}`
}

// It becomes the name of a directory beside conf/, and a part of the name of a file.
function judgeName(name: string): Choice | undefined {
  if (/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/.test(name) && name !== 'conf') return undefined
  const message = `${JSON.stringify(name)} is not a valid name for an environment, which becomes a directory in dist`
  const hint = 'take letters, digits, "." "_" "-", a letter or digit first; "conf" is taken'
  return refuse('E_ENV_NAME', message, hint)
}

// Where a file system ignores case the files of one would be those of the other.
function judgeCase(name: string, names: readonly string[]): Choice | undefined {
  const twin = names.find((other) => other !== name && other.toLowerCase() === name.toLowerCase())
  if (twin === undefined) return undefined
  const message = `the environments ${name} and ${twin} would be one directory on macOS and Windows`
  return refuse('E_ENV_NAME', message, 'let their names differ in more than case')
}

function judgeModel(value: unknown, who: string): Choice | undefined {
  if (isByEnvironment(value))
    return refuse('E_CONFIG_NOT_OBJECT', `${who} is made by defineReplicas, where one model is wanted`)
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return undefined
  const found = Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value
  return refuse('E_CONFIG_NOT_OBJECT', `${who} is not an object but ${found}`, exportHint)
}

const exportHint = 'export the model itself: export default defineReplica({ … })'

function refuse(code: Fault['code'], message: string, hint?: string): Choice & { readonly kind: 'fault' } {
  return { kind: 'fault', fault: { code, message, ...(hint !== undefined && { hint }) } }
}

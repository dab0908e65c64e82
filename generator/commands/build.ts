import { dirname, normalize, resolve } from 'node:path'
import { notJudged } from '../compile/compile.js'
import { type Diagnostic, isError, type Place, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { findSecretValues, learnSecrets } from '../diagnostics/mask.js'
import type { ModelPath } from '../diagnostics/path.js'
import { listNames } from '../load/choose.js'
import { type LoadedModel, type LoadedModels, loadModels } from '../load/load.js'
import { listStepFiles } from '../load/step-files.js'
import { type Produced, produce } from '../produce.js'
import { findConfigs } from './find-config.js'
import { withWaiting } from './waiting.js'

/** Which model it is: that of a configuration, or the embedded one, and of several the one for an environment. */
export interface Origin {
  readonly config: string | undefined
  readonly env: string | undefined
}

/** The artefacts, none when there is an error, and all findings, each with its place where it has one. */
export interface Built extends Produced, Origin {
  /** Where the user's file says a part of the model; undefined for what it leaves to a default. */
  readonly placeOf: (path: ModelPath) => Place | undefined
  /** The files that it was made from, also those that were looked for in vain: absolute. */
  readonly dependencies: readonly string[]
  /** All environments that its configuration names. */
  readonly names: readonly string[]
}

/** Loads and compiles the one model that a configuration exports, or has for `env`; undefined is the embedded one. */
export async function build(config: string | undefined, env?: string): Promise<Built> {
  return chooseOne(await buildAll([config], env === undefined ? [] : [env]))
}

function chooseOne([first, ...others]: readonly Built[]): Built {
  if (first === undefined) throw new Error('nothing was built')
  if (others.length === 0) return first
  const message = `${first.config} has several models, but the command needs one: choose from ${listNames(first.names)}`
  const hint = `choose one, as in --env ${first.env}`
  return refuse({ ...first, diagnostics: [] }, [{ code: 'E_ENV_MISSING', message, hint }])
}

/** What says which model a command takes that takes one. */
export interface OneModel {
  readonly embedded?: boolean | undefined
  readonly env?: string | undefined
}

/** Finds, loads and compiles the one model that a command takes; where none can be found, that is its finding. */
export async function buildOne(config: string | undefined, which: OneModel): Promise<Built> {
  return chooseOne(await buildThose(config, which))
}

/** The same for a command that takes each model of one configuration, or that of `env`. */
export async function buildThose(config: string | undefined, { embedded, env }: OneModel): Promise<Built[]> {
  const found = findConfigs(config === undefined ? [] : [config], embedded)
  if (found.kind === 'configs') return buildAll([found.configs[0]], env === undefined ? [] : [env])
  const nothing = { files: {}, diagnostics: [], placeOf: () => undefined, dependencies: [], names: [] }
  return [refuse({ ...nothing, config: undefined, env }, [found.fault])]
}

/** Loads and compiles each model of each configuration, or those for `envs`; one that is refused has no files. */
export function buildAll(
  configs: readonly (string | undefined)[],
  envs: readonly string[],
): Promise<Built[]> {
  return withWaiting('compiling the model', () => buildEach(configs, envs))
}

async function buildEach(
  configs: readonly (string | undefined)[],
  envs: readonly string[],
): Promise<Built[]> {
  const built: Built[] = []
  for (const config of configs) {
    const origin = { config, env: undefined }
    if (config !== undefined) built.push(...(await buildConfig(config, envs)))
    else if (envs.length === 0) built.push(await buildModel(origin, embedded, []))
    else {
      const hint = 'leave out --env, or give a configuration'
      const fault = {
        code: 'E_ENV_UNKNOWN',
        message: 'the embedded model has no environments',
        hint,
      } as const
      built.push(refuse({ ...embedded, ...origin, files: {}, diagnostics: [], dependencies: [] }, [fault]))
    }
  }
  return built
}

const embedded = { value: {}, docs: {}, placeOf: () => undefined, names: [] }

async function buildConfig(config: string, envs: readonly string[]): Promise<Built[]> {
  const { diagnostics, models, names, dependencies } = await loadModels(config, { envs })
  const unread = { config, env: undefined, files: {}, placeOf: () => undefined, dependencies, names }
  // A file that only the type checker refuses has a value, too.
  const isRefused = diagnostics.some(isError)
  // Where only the name of an environment is wrong, its file was read.
  const isUnread = diagnostics.some(({ code }) => !/^E_ENV_(UNKNOWN|NAME|MISSING)$/.test(code))
  if (models.length === 0)
    return [
      refuse({ ...unread, diagnostics: [], ...(isUnread && { notJudged: notJudged.model }) }, diagnostics),
    ]
  const built: Built[] = []
  for (const model of models) {
    const one = await buildModel({ config, env: model.env }, { ...model, names }, dependencies)
    const all = { ...one, diagnostics: withoutEchoes([...diagnostics, ...one.diagnostics]) }
    built.push(isRefused ? refuse(all, []) : { ...all, diagnostics: sortDiagnostics(all.diagnostics) })
  }
  return built
}

// What the type checker has said of a place, the schema need not say again.
function withoutEchoes(diagnostics: readonly Diagnostic[]): Diagnostic[] {
  const show = ({ place }: Diagnostic) => place && `${place.file}:${place.line}:${place.column}`
  const told = new Set(diagnostics.filter(({ code }) => code === 'E_TYPE').map(show))
  return diagnostics.filter((one) => !/^E_MODEL(_KEY)?$/.test(one.code) || !one.place || !told.has(show(one)))
}

async function buildModel(
  { config, env }: Origin,
  loaded: Omit<LoadedModel, 'env'> & Pick<LoadedModels, 'names'>,
  dependencies: readonly string[],
): Promise<Built> {
  const { value, docs, names } = loaded
  learnSecrets(findSecretValues(value))
  const baseDir = config === undefined ? '.' : dirname(normalize(config))
  const produced = await produce(value, { baseDir, docs })
  return {
    ...produced,
    config,
    env,
    names,
    placeOf: (path) => (isWritten(path, value) ? loaded.placeOf(path) : undefined),
    dependencies: [...dependencies, ...listStepFiles(value).map((file) => resolve(baseDir, file))],
    diagnostics: sortDiagnostics(produced.diagnostics.map((diagnostic) => withPlace(diagnostic, loaded))),
  }
}

function refuse({ values: _, ...built }: Built, faults: readonly Diagnostic[]): Built {
  return { ...built, files: {}, diagnostics: sortDiagnostics([...built.diagnostics, ...faults]) }
}

function withPlace(diagnostic: Diagnostic, { placeOf }: Pick<LoadedModel, 'placeOf'>): Diagnostic {
  if (diagnostic.place !== undefined || diagnostic.path === undefined) return diagnostic
  const place = placeOf(diagnostic.path)
  return place === undefined ? diagnostic : { ...diagnostic, place }
}

function isWritten(path: ModelPath, value: unknown): boolean {
  return path.reduce<unknown>((around, key) => Object(around)[key], value) !== undefined
}

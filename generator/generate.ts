import type { Diagnostic } from './diagnostics/diagnostic.js'
import { isByEnvironment } from './input/environments.js'
import type { ReplicaInput } from './input/replica-input.js'

/** What `generate` takes besides the model. */
export interface GenerateOptions {
  /**
   * The folder that the `file` of each of the model's `steps` is relative to, as a path; a relative one is taken from
   * the current directory, which is the default. Places in step files begin with it as it is written here.
   */
  readonly baseDir?: string | undefined
}

/** What `generate` gives: plain data. */
export interface Generated {
  /**
   * The text of each artefact by its file name, with `/` where it lies in a folder: `run_rep.sh`,
   * `conf/postgresql.conf`, `conf/pg_hba.conf`, `master.sql`, `master.pg_hba.conf`, `run_rep.map.json`, `SHA256SUMS`
   * (for `sha256sum -c` beside the others; it covers all but `marathon.json`, which is for Marathon and no file that is
   * published), and those of the model's targets: `marathon.json` (what `POST /v2/apps` takes), `<name>.service` and
   * `<name>.env`, `compose.yaml`, `kubernetes.yaml`. To be written as UTF-8, as it is. Empty when one of the diagnostics
   * is an error.
   */
  readonly files: Readonly<Record<string, string>>
  /**
   * All that was found, errors and warnings: sorted by file, line, column, part of the model, code and message. No message
   * quotes what looks like a secret.
   */
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Compiles a model as the command line's `generate` does, and gives the same bytes instead of writing them.
 *
 * Whatever is wrong with the model or its step files is an error among the diagnostics, never an exception: a key or
 * value that no model has, a rule of PostgreSQL or Marathon that is broken, a step file that is missing, no regular
 * file, no UTF-8 or no shell that the script can hold (generator/model/README.md, "Variables and steps of your own").
 * The model `{}` is the embedded one.
 *
 * It reads the step files, and at the end runs `sh -n`, a second opinion on the script's
 * syntax (POSIX.1-2017, XCU, sh); therefore it is asynchronous. Where no `sh` can be run, the warning `W_NOT_RUN` says so.
 * The rest is the work of about a second on the calling thread. TypeScript's compiler is not loaded. Doc comments on
 * `env` are known to the command line only, which reads the text of a configuration: give such a variable a `doc`.
 *
 * Rejects with a TypeError when it is called in a wrong way: `config` is no object (but a file's name or a promise, for
 * example), or an option is unknown or of a wrong type.
 */
export async function generate(config: ReplicaInput, options: GenerateOptions = {}): Promise<Generated> {
  demandModel(config)
  demandOptions(options)
  // The compiler is loaded by whoever compiles: most import this package to write a model.
  const [{ produce }, { prepare }] = await Promise.all([
    import('./produce.js'),
    import('./diagnostics/render.js'),
  ])
  const { files, diagnostics } = await produce(config, { baseDir: options.baseDir ?? '.' })
  return { files, diagnostics: prepare(diagnostics) }
}

function demandModel(config: unknown): void {
  if (isByEnvironment(config)) {
    const [name = 'production'] = Object.keys(Object(config))
    throw new TypeError(
      `generate takes one model, and got those of defineReplicas: give it one, as models.${name}`,
    )
  }
  const isPromise = isObject(config) && typeof Reflect.get(config, 'then') === 'function'
  if (isObject(config) && !isPromise) return
  const found = isPromise
    ? 'a promise: await it first'
    : typeof config === 'function'
      ? 'a function: give it what that returns'
      : nameKind(config)
  throw new TypeError(`generate takes a model, the object that defineReplica gives, and got ${found}`)
}

function demandOptions(options: unknown): void {
  if (!isObject(options))
    throw new TypeError(`generate takes its options as an object, and got ${nameKind(options)}`)
  for (const [name, value] of Object.entries(options)) {
    if (name !== 'baseDir')
      throw new TypeError(`generate has no option ${JSON.stringify(name)}, only baseDir`)
    if (typeof value === 'string' || value === undefined) continue
    throw new TypeError(`the option baseDir of generate is the path of a folder, and got ${nameKind(value)}`)
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function nameKind(value: unknown): string {
  if (typeof value === 'string') return `the text ${JSON.stringify(value)}`
  if (value === null || value === undefined) return String(value)
  return Array.isArray(value) ? 'an array' : `a value of type ${typeof value}`
}

import { realpathSync } from 'node:fs'
import { basename, dirname, join, normalize, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import type { Built, Origin } from './build.js'

/** Where the artefacts of one model lie: what is published in `out`, the Marathon app at `app`. */
export interface Where {
  readonly out: string
  readonly app: string
}

/** What `--out` and `--app` say, relative to the working directory; undefined where they are not given. */
export type Asked = { readonly [Key in keyof Where]?: Where[Key] | undefined }

/**
 * Where the artefacts of a model go: beside its configuration, whatever the working directory is. A model for an
 * environment has a directory of its own in `out`, all of which is published, and a name of its own for its app, which
 * is not.
 */
export function placeOf({ config, env }: Origin, asked: Asked): Where {
  const beside = config === undefined ? '.' : dirname(normalize(config))
  const out = asked.out ?? join(beside, 'dist')
  return {
    out: env === undefined ? out : join(out, env),
    app: asked.app ?? join(beside, env === undefined ? 'marathon.json' : `marathon.${env}.json`),
  }
}

/** Each artefact's text by its path. */
export function placeFiles(
  files: Readonly<Record<string, string>>,
  { out, app }: Where,
): Record<string, string> {
  return Object.fromEntries(Object.entries(files).map(([name, text]) => [pathOf(name, { out, app }), text]))
}

/** The path of an artefact. */
export function pathOf(name: string, { out, app }: Where): string {
  return name === 'marathon.json' ? app : join(out, name)
}

/** What stands in the way of writing all of them: two that are one file, or one that is a file of the model itself. */
export function judgePlaces(all: readonly (readonly [built: Built, where: Where])[]): Diagnostic[] {
  const found: Diagnostic[] = []
  const inputs = new Set(all.flatMap(([{ dependencies }]) => dependencies.map(identityOf)))
  const writers = new Map<string, Origin>()
  for (const [built, where] of all) {
    const own = new Set<string>()
    for (const name of Object.keys(built.files)) {
      const path = pathOf(name, where)
      if (path === '-') continue
      const identity = identityOf(path)
      const other = writers.get(identity)
      if (inputs.has(identity)) found.push(describeLost(path))
      else if (own.has(identity)) found.push(describeApp(where.app))
      else if (other !== undefined && !found.some(({ code }) => code === 'E_OUT_TWICE'))
        found.push(describeTwice(path, other, built))
      own.add(identity)
    }
    for (const identity of own) writers.set(identity, built)
  }
  return found
}

function describeLost(path: string): Diagnostic {
  const hint = 'choose another --out or --app'
  return {
    code: 'E_OUT_INPUT',
    message: `${path} is a file of the model itself, and would be overwritten`,
    hint,
  }
}

function describeApp(app: string): Diagnostic {
  const message = `--app ${app} is where another artefact goes, too`
  return { code: 'E_OUT_TWICE', message, hint: 'give the app another name' }
}

function describeTwice(path: string, one: Origin, other: Origin): Diagnostic {
  const message = `${showOrigin(one)} and ${showOrigin(other)} would both write ${path}`
  const hint =
    'put each into a directory of its own, make one configuration of them by defineReplicas, or generate them one by one with --out and --app'
  return { code: 'E_OUT_TWICE', message, hint }
}

/** Which model that is, in words. */
export function showOrigin({ config, env }: Origin): string {
  const name =
    config === undefined ? 'the embedded model' : config === '-' ? 'standard input' : normalize(config)
  return env === undefined ? name : `${name} for ${env}`
}

// The same file by whatever name, also while it is not there yet.
function identityOf(path: string): string {
  const absolute = resolve(path)
  try {
    return realpathSync(absolute)
  } catch {
    const above = dirname(absolute)
    return above === absolute ? absolute : join(identityOf(above), basename(absolute))
  }
}

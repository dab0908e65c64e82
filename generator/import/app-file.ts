import type { Diagnostic } from '../compile/diagnostic.js'

/** The members of an app, and where it stands in its file. */
export interface AppFile {
  readonly app: Readonly<Record<string, unknown>>
  /** The path of the app in the file: '' for the bare object, 'app' or 'apps.0' for what a GET answers. */
  readonly base: string
}

/**
 * Finds the app in what people have: the bare object that POST takes, `{"app": …}` of GET /v2/apps/<id>, or one of the
 * `{"apps": […]}` of GET /v2/apps, by its id where there are several (AppsResource.scala).
 */
export function findApp(value: unknown, id: string | undefined): AppFile | Diagnostic {
  if (!isObject(value)) return fault('', 'there is no app: an object is expected')
  if (isObject(value.app)) return { app: value.app, base: 'app' }
  if (!Array.isArray(value.apps)) return { app: value, base: '' }
  const apps = value.apps.map((app: unknown, index) => ({ app, base: `apps.${index}` })).filter(hasApp)
  const found = id === undefined ? apps : apps.filter(({ app }) => app.id === id)
  const [first] = found
  if (first !== undefined && found.length === 1) return first
  const ids = apps.map(({ app }) => String(app.id)).join(', ')
  if (first === undefined)
    return fault('apps', id === undefined ? 'there is no app' : `there is no app ${id}, but ${ids}`)
  return fault('apps', `there are several apps: ${ids}`, `name one of them: --id ${String(first.app.id)}`)
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function hasApp(item: { readonly app: unknown; readonly base: string }): item is AppFile {
  return isObject(item.app)
}

function fault(path: string, message: string, hint?: string): Diagnostic {
  return { code: 'E_IMPORT_APP', path, message, ...(hint !== undefined && { hint }) }
}

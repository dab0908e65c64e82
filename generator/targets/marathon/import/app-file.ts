import type { Diagnostic } from '../../../diagnostics/diagnostic.js'
import { showValue } from '../../../diagnostics/mask.js'
import type { ModelPath } from '../../../diagnostics/path.js'

/** The members of an app, and where it stands in its file. */
export interface AppFile {
  readonly app: Readonly<Record<string, unknown>>
  /** The path of the app in the file: [] for the bare object, ['app'], ['apps', 0] or ['groups', 0, 'apps', 1] in others. */
  readonly base: ModelPath
}

/**
 * Finds the app in what people have: the bare object that POST takes, `{"app": …}` of GET /v2/apps/<id>, or one of the
 * `{"apps": […]}` of GET /v2/apps and of the groups of GET /v2/groups, by its id where there are several
 * (AppsResource.scala, GroupsResource.scala).
 */
export function findApp(value: unknown, id: string | undefined): AppFile | Diagnostic {
  if (!isObject(value)) return fault([], 'there is no app: an object is expected')
  if (Array.isArray(value.containers))
    return fault([], 'this is a pod, and no app: PostgreSQL is to be installed on the agents')
  const apps = listApps(value, [])
  const found = id === undefined ? apps : apps.filter(({ app }) => absolute(app.id) === absolute(id))
  const [first, ...more] = found
  const ids = apps.map(({ app }) => String(app.id)).join(', ')
  if (first === undefined) {
    if (apps.length === 0) return fault([], 'there is no app')
    return fault([], `there is no app ${id}, but ${ids}`)
  }
  if (more.length > 0) {
    const hint =
      id === undefined ? `name one of them: --id ${String(first.app.id)}` : 'leave only one of them'
    return fault([], `there are several apps: ${ids}`, hint)
  }
  if (typeof first.app.id !== 'string' || first.app.id === '')
    return fault(first.base, 'this has no id, so it is no app of Marathon', 'add its id, as "/db/pg"')
  return isReplica(first.app)
    ? first
    : fault(first.base, sayOther(first.app), 'import an app that runs run_rep.sh')
}

// Any app can be read; but of one that is no replica nothing would be left in the model.
function isReplica({ cmd, args, fetch, uris, env }: AppFile['app']): boolean {
  const names = isObject(env) ? Object.keys(env) : []
  return (
    /run_rep/.test(JSON.stringify([cmd, args, fetch, uris]) ?? '') ||
    names.some((name) => name === 'POSTGRES_MASTER' || name === 'POSTGRES_REPUSER')
  )
}

function sayOther({ id, cmd, container }: AppFile['app']): string {
  const image = isObject(container) && isObject(container.docker) ? container.docker.image : undefined
  const what =
    typeof cmd === 'string'
      ? `it runs ${showValue(cmd)}`
      : image === undefined
        ? 'it runs nothing'
        : `it runs the image ${showValue(image)}`
  return `${String(id)} is no replica: ${what}, and neither runs nor fetches run_rep.sh`
}

// What has neither apps nor groups is an app itself.
function listApps(value: Readonly<Record<string, unknown>>, base: ModelPath): AppFile[] {
  if (isObject(value.app)) return [{ app: value.app, base: [...base, 'app'] }]
  const { apps, groups } = value
  if (!Array.isArray(apps) && !Array.isArray(groups)) return [{ app: value, base }]
  return [
    ...items(apps).map(({ item, index }) => ({ app: item, base: [...base, 'apps', index] })),
    ...items(groups).flatMap(({ item, index }) =>
      listApps({ apps: [], ...item }, [...base, 'groups', index]),
    ),
  ]
}

function items(
  value: unknown,
): { readonly item: Readonly<Record<string, unknown>>; readonly index: number }[] {
  const list: readonly unknown[] = Array.isArray(value) ? value : []
  return list.flatMap((item, index) => (isObject(item) ? [{ item, index }] : []))
}

function absolute(id: unknown): string {
  return String(id).replace(/^\/?/, '/')
}

/** True for a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function fault(path: ModelPath, message: string, hint?: string): Diagnostic {
  return { code: 'E_IMPORT_APP', path, message, ...(hint !== undefined && { hint }) }
}

import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import { type Login, loginOf } from '../containers/environment.js'
import { said, type Tree } from '../document/said.js'
import type { Kubernetes } from './schema.js'

/** Where the Secret with the login is mounted. */
export const secretMount = '/run/secrets/replica'

/** The Secret by which replicas log in, and its key; undefined where they need none. */
export interface LoginSecret {
  readonly login: Exclude<Login, undefined>
  readonly name: string
  readonly key: string
}

export function chooseSecret(
  { name, secret, passwordKey }: Kubernetes,
  replica: Replica,
): LoginSecret | undefined {
  const login = loginOf(replica) ?? (secret === undefined ? undefined : 'password')
  return login && { login, name: secret ?? `${name}-login`, key: passwordKey ?? login }
}

/** The labels by which pods are found; they never change. */
export function selectorOf({ name }: Kubernetes): Tree {
  return {
    'app.kubernetes.io/name': 'postgres-replica',
    'app.kubernetes.io/instance': said(name, pathTo`targets.kubernetes.name`),
  }
}

/** What every object says of itself. */
export function metadata(
  kubernetes: Kubernetes,
  { postgresql }: Replica,
  suffix = '',
): { [key: string]: Tree } {
  const { name, namespace, labels } = kubernetes
  const [major, ...others] = postgresql.majors
  const own = Object.entries(labels)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => [key, said(value, pathTo`targets.kubernetes.labels.${key}`)] as const)
  return {
    name: said(`${name}${suffix}`, pathTo`targets.kubernetes.name`),
    namespace: said(namespace, pathTo`targets.kubernetes.namespace`),
    labels: {
      ...Object(selectorOf(kubernetes)),
      'app.kubernetes.io/version':
        others.length > 0 ? undefined : said(String(major), pathTo`postgresql.majors`),
      'app.kubernetes.io/component': 'read-replica',
      'app.kubernetes.io/managed-by': 'postgres-rep-marathon',
      ...Object.fromEntries(own),
    },
  }
}

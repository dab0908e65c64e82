import { isSecretName, maskSecrets } from '../../../diagnostics/mask.js'
import { isObject } from './app-file.js'
import type { Draft, Taking } from './draft.js'

/**
 * Keeps secrets out of a model, which lies in a repository: the value of a variable becomes the name of a secret, and the
 * user and password of a URL, or what else is one by its name, is left out. Each is said.
 */
export function keepSecretsOut(draft: Draft, takingAt: (key: string) => Taking): void {
  const task = isObject(draft.task) ? draft.task : {}
  const env = isObject(task.env) ? task.env : {}
  for (const [name, value] of Object.entries(env)) {
    if (typeof value !== 'string' || value === '' || !isSecretName(name)) continue
    const secret = name.toLowerCase().replaceAll('_', '-')
    const taking = takingAt('env')
    taking.set(['task', 'env', name], { secret })
    taking.set(['task', 'secrets', secret], { source: secret })
    taking.change(
      `the value of ${name} is a secret: a model does not hold it`,
      `put it into the secret store, and say in task.secrets where: the model says '${secret}'`,
    )
  }
  const visit = (value: unknown, path: readonly (string | number)[]): unknown => {
    if (typeof value === 'string') {
      const taking = takingAt(memberOf(path))
      if (isHidden(path)) {
        taking.lose(`${path.join('.')} would be a secret that everybody can read`, 'it is left out')
        return undefined
      }
      const less = value.replace(/\b([a-z][a-z\d+.-]*:\/\/)[^\s/?#"'`<>]*@(?=[^\s@]*$)/i, '$1')
      if (less !== value) {
        taking.change(
          `${maskSecrets(value)} holds a login: a model does not`,
          'it is left out; let the file be served to hosts without one',
        )
      }
      return less
    }
    if (Array.isArray(value))
      return value.map((item, index) => visit(item, [...path, index])).filter((item) => item !== undefined)
    if (!isObject(value)) return value
    const members = Object.entries(value).map(
      ([key, member]) => [key, visit(member, [...path, key])] as const,
    )
    const kept = members.filter(([, member]) => member !== undefined)
    return Object.defineProperties(
      {},
      Object.fromEntries(
        kept.map(([key, member]) => [
          key,
          { value: member, enumerable: true, writable: true, configurable: true },
        ]),
      ),
    )
  }
  for (const key of Object.keys(draft)) draft[key] = visit(draft[key], [key])
}

// The member of the app that a part of the model came from.
function memberOf([first, second, third]: readonly (string | number)[]): string {
  if (first === 'publish') return 'fetch'
  if (first === 'task') return second === 'env' ? 'env' : String(second)
  return third === 'portLabels' ? 'portDefinitions' : String(third)
}

// Where names are the user's own; the keys of a model have meanings of their own.
function isHidden(path: readonly (string | number)[]): boolean {
  const [last, around] = [path.at(-1), path.at(-2)]
  return /labels$/i.test(String(around)) && isSecretName(String(last))
}

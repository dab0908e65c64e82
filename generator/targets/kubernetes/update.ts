import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import { readYaml } from '../document/yaml.js'

/** Compares with the text of a file that was printed before, and may be in force, what Kubernetes refuses to change. */
export function judgeUpdate(text: string, objects: readonly unknown[]): Diagnostic[] {
  const [before, after] = [readWorkload(readYaml(text)), readWorkload(objects)]
  if (before === undefined || after === undefined || before.name !== after.name) return []
  const path = pathTo`task.volume`
  const report = (message: string, hint: string): Diagnostic[] => [
    { code: 'W_KUBERNETES_UPDATE', path, message, hint },
  ]
  if (before.kind !== after.kind) {
    const message = `${before.name} was a ${before.kind} and is a ${after.kind}: kubectl apply leaves the former running`
    return report(message, `kubectl delete ${before.kind.toLowerCase()} ${before.name}`)
  }
  if (before.claims === after.claims) return []
  const message = `the volumes of ${before.name} changed, and Kubernetes refuses to change those of a StatefulSet that is there`
  const hint = `kubectl delete statefulset --cascade=orphan ${before.name}, resize its claims, and apply again`
  return report(message, hint)
}

interface Workload {
  readonly kind: string
  readonly name: string
  readonly claims: string
}

function readWorkload(objects: readonly unknown[]): Workload | undefined {
  const found = objects.find((one) => ['StatefulSet', 'Deployment'].includes(String(member(one, 'kind'))))
  if (found === undefined) return undefined
  return {
    kind: String(member(found, 'kind')),
    name: String(member(found, 'metadata', 'name')),
    claims: JSON.stringify(member(found, 'spec', 'volumeClaimTemplates')) ?? '',
  }
}

function member(value: unknown, ...keys: readonly string[]): unknown {
  return keys.reduce<unknown>((around, key) => Object(around)[key], value)
}

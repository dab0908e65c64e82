import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'

/** What etcd takes of a ConfigMap: names and values of its data (apimachinery, MaxSecretSize). */
const mostData = 1_048_576

interface ConfigMap {
  readonly data: Readonly<Record<string, string>>
}

/** Judges the size of the ConfigMap: what is too much for etcd. */
export function judgeSize(map: ConfigMap): Diagnostic[] {
  const size = Object.entries(map.data).reduce((sum, entry) => sum + bytes(entry.join('')), 0)
  const [largest = ''] = Object.entries(map.data).sort(([, a], [, b]) => b.length - a.length)[0] ?? []
  const path = largest === 'run_rep.sh' ? pathTo`steps` : pathTo`postgresql.settings`
  const kib = (count: number) => Math.ceil(count / 1024)
  if (size <= mostData) return []
  const message = `the ConfigMap holds ${kib(size)} KiB, most of it ${largest}, and may hold 1024`
  return [{ code: 'E_KUBERNETES_SIZE', path, message, hint: 'put less into it, or a part into the image' }]
}

function bytes(text: string): number {
  return Buffer.byteLength(text)
}

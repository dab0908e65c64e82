import { isSecretName, mark, maskSecrets } from '../diagnostics/mask.js'
import { type Replica, taskEnv } from '../model/replica.js'

/** Takes out of a text whatever of the model is a secret, wherever it stands. */
export function createMask(model: Replica, secretNames: readonly string[]): (text: string) => string {
  const isSecret = (name: string) => secretNames.includes(name) || isSecretName(name)
  const values = Object.entries(taskEnv(model)).flatMap(([name, value]) =>
    typeof value === 'string' && value !== '' && isSecret(name) ? [value] : [],
  )
  // As it stands in JSON, YAML, a unit, or a file of an environment.
  const forms = new Set(
    values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), value.replaceAll("'", "''")]),
  )
  const patterns = [...forms]
    .sort((a, b) => b.length - a.length)
    .map((value) => new RegExp(isPlain(value) ? `(?<!\\w)${value}(?!\\w)` : escapePattern(value), 'g'))
  return (text) => maskSecrets(patterns.reduce((masked, pattern) => masked.replace(pattern, mark), text))
}

// A secret that is a short word stands in others by chance.
function isPlain(value: string): boolean {
  return /^\w{1,5}$/.test(value)
}

function escapePattern(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')
}

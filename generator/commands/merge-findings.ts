import { type Diagnostic, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { listNames } from '../load/choose.js'
import type { Built } from './build.js'

/**
 * The findings of several models as one list: what is found in several environments of a configuration is told once,
 * and what is not found in all of them says in which.
 */
export function mergeFindings(
  all: readonly (readonly [Pick<Built, 'config' | 'env'>, readonly Diagnostic[]])[],
): Diagnostic[] {
  const configs = new Map<string | undefined, (readonly [env: string | undefined, readonly Diagnostic[]])[]>()
  for (const [{ config, env }, found] of all)
    configs.set(config, [...(configs.get(config) ?? []), [env, found]])
  return sortDiagnostics([...configs.values()].flatMap(mergeEnvironments))
}

function mergeEnvironments(
  models: readonly (readonly [env: string | undefined, readonly Diagnostic[]])[],
): Diagnostic[] {
  const merged = new Map<string, { readonly one: Diagnostic; readonly envs: Set<string> }>()
  for (const [env, found] of models) {
    for (const one of found) {
      const key = JSON.stringify(one)
      const known = merged.get(key) ?? { one, envs: new Set() }
      merged.set(key, known)
      if (env !== undefined) known.envs.add(env)
    }
  }
  return [...merged.values()].map(({ one, envs }) => {
    const isEverywhere = envs.size === 0 || envs.size === models.length
    return isEverywhere ? one : { ...one, message: `${one.message} (in ${listNames([...envs])})` }
  })
}

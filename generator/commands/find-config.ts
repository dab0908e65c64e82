import { type Dirent, readdirSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { listNames } from '../load/choose.js'
import { similarTo } from '../similar.js'

/** The names by which a configuration is found in a directory. */
export const usualNames = [
  'replica.config.ts',
  'replica.config.mts',
  'replica.config.cts',
  'replica.config.json',
] as const

/** The configurations to be taken; undefined stands for the embedded model. */
export type Found =
  | { readonly kind: 'configs'; readonly configs: readonly (string | undefined)[] }
  | { readonly kind: 'fault'; readonly fault: Diagnostic }

/**
 * The configurations that are named, each once, else the one by a usual name in this directory, else with `--embedded`
 * the embedded model: never that one unasked, since it is the replica of somebody else.
 */
export function findConfigs(
  given: readonly string[],
  isEmbedded: boolean | undefined,
  directory = '.',
): Found {
  if (given.length > 0) {
    const once = new Map(given.map((name) => [resolve(name), name]))
    return { kind: 'configs', configs: [...once.values()] }
  }
  if (isEmbedded === true) return { kind: 'configs', configs: [undefined] }
  const entries = listEntries(directory)
  const found = namesIn(entries)
  const [only] = found
  if (only === undefined) return { kind: 'fault', fault: describeNone(entries, directory) }
  if (found.length === 1) return { kind: 'configs', configs: [join(directory, only)] }
  const message = `there are several configurations in this directory: ${listNames(found)}`
  const hint = `name the one that is meant (explain: by --config), as ${only}, or remove the others`
  return { kind: 'fault', fault: { code: 'E_CONFIG_SEVERAL', message, hint } }
}

function describeNone(entries: readonly Dirent[], directory: string): Diagnostic {
  const like = entries.map(({ name }) => name).filter(looksLikeOne)
  const others = [...findAbove(directory), ...findBelow(entries, directory)]
  const message = [
    `there is no configuration in this directory: none of ${listNames(usualNames)}`,
    ...(like.length === 0 ? [] : [`${listNames(like)} ${like.length === 1 ? 'is' : 'are'} not taken`]),
  ].join('; ')
  const hint = [
    ...(others.length === 0 ? [] : [`there is ${listNames(others.slice(0, 5))}`]),
    'name a file, run init to get one, or take the embedded example with --embedded',
  ].join('; ')
  return { code: 'E_CONFIG_NONE', message, hint }
}

// Another ending, another case, a letter too many: what somebody meant to be one.
function looksLikeOne(name: string): boolean {
  if (/^replicas?[._-]?conf(ig)?(uration)?([._-].*)?$/i.test(name)) return true
  return similarTo(name.toLowerCase(), usualNames) !== undefined
}

function findAbove(directory: string): string[] {
  let above = join(directory, '..')
  for (let at = resolve(directory); dirname(at) !== at; at = dirname(at)) {
    const names = namesIn(listEntries(above))
    if (names.length > 0) return names.map((name) => join(above, name))
    above = join(above, '..')
  }
  return []
}

function findBelow(entries: readonly Dirent[], directory: string): string[] {
  const directories = entries.filter(
    (entry) => entry.isDirectory() && !/^(\.|node_modules$)/.test(entry.name),
  )
  return directories.slice(0, 100).flatMap(({ name }) => {
    const below = join(directory, name)
    return namesIn(listEntries(below)).map((found) => join(below, found))
  })
}

function namesIn(entries: readonly Dirent[]): string[] {
  const names = new Set(entries.map(({ name }) => name))
  return usualNames.filter((name) => names.has(name))
}

// One that may not be read has nothing for us.
function listEntries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import { type AccessName, type AccessRule, listNames } from './access-schema.js'
import { isWithin } from './network.js'

/** The first line that matches decides (hba.c, check_hba): one that comes behind a wider one never does. */
export function judgeOrder(rules: readonly AccessRule[]): Diagnostic[] {
  return rules.flatMap((rule, index): Diagnostic[] => {
    const wider = rules.slice(0, index).findIndex((before) => isCovered(rule, before))
    if (wider === -1) return []
    const message = `this line never decides: access.${wider} comes first, and matches whomever this one would`
    const hint = 'put the narrower line first, or take it out'
    return [{ code: 'W_ACCESS_ORDER', path: pathTo`access.${index}`, message, hint }]
  })
}

function isCovered(rule: AccessRule, before: AccessRule): boolean {
  if (rule.type === 'local' || before.type === 'local') {
    if (rule.type !== before.type) return false
  } else {
    if (before.type !== 'host' && before.type !== rule.type) return false
    if (!isWithin(rule.from, before.from)) return false
  }
  const isDatabase = (name: string) => name !== 'word replication'
  return hasAll(rule.database, before.database, isDatabase) && hasAll(rule.user, before.user, () => true)
}

type Names = AccessName | readonly AccessName[]

// `all` stands for every other name, but as a database not for `replication`.
function hasAll(names: Names, wider: Names, isOfAll: (name: string) => boolean): boolean {
  const known = listNames(wider).map(tokenOf)
  return listNames(names)
    .map(tokenOf)
    .every((name) => known.includes(name) || (known.includes('word all') && isOfAll(name)))
}

/** A word means something by itself, or is but a name: the same text is two things. */
function tokenOf(name: AccessName): string {
  const text = typeof name === 'string' ? name : name.name
  const isWord = /^\+|^(all|sameuser|samerole|samegroup|replication)$/.test(text)
  return typeof name === 'string' && isWord ? `word ${text}` : `name ${text}`
}

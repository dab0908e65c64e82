import { diffArrays } from 'diff'
import { maskSecrets } from '../diagnostics/mask.js'
import type { Change } from './change.js'
import { readRules } from './conf.js'

/** What changed in pg_hba.conf: lines by their words. The first that matches a connection decides, so order counts. */
export function compareAccess(before: string, after: string, configuration: string): Change[] {
  const means =
    configuration === 'master'
      ? 'the access rules of the master rule; new clones take these where none come along'
      : 'PostgreSQL takes it at a reload; sessions that are open go on'
  const effect = configuration === 'master' ? 'nothing' : 'reload'
  return compareRules(before, after).map(
    (rule): Change => ({
      area: 'access rule',
      files: ['pg_hba.conf'],
      effect,
      means,
      model: 'access',
      ...rule,
    }),
  )
}

/** What changed in the lines that the master's own pg_hba.conf is to have. */
export function compareMasterAccess(before: string, after: string): Change[] {
  return compareRules(before, after).map((rule): Change => {
    const isGone = rule.to === undefined
    const means = isGone
      ? 'when no replica needs it any more, take it out of pg_hba.conf there, and reload'
      : 'put it into pg_hba.conf there, in this order and before all others, and reload, before replicas need it'
    return {
      area: 'master',
      files: ['master.pg_hba.conf'],
      effect: 'nothing',
      means,
      model: 'master',
      ...rule,
    }
  })
}

type Told = Pick<Change, 'name' | 'from' | 'to'>

// A line that moved is gone from one place and new in another: told as one.
function compareRules(before: string, after: string): Told[] {
  const parts = diffArrays(readRules(before), readRules(after))
  const gone = parts.filter(({ removed }) => removed).flatMap(({ value }) => value)
  const added = parts.filter(({ added: isNew }) => isNew).flatMap(({ value }) => value)
  const moved = new Set(added.filter((line) => gone.includes(line)))
  return parts.flatMap(({ value, added: isNew, removed }): Told[] => {
    if (!isNew && !removed) return []
    return value.flatMap((line): Told[] => {
      const name = maskSecrets(line)
      if (!moved.has(line)) return [isNew ? { name, to: name } : { name, from: name }]
      return isNew
        ? [{ name, from: 'at another place', to: 'moved: the first line that matches decides' }]
        : []
    })
  })
}

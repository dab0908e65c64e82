import { isSecretName, mark, maskSecrets } from '../diagnostics/mask.js'
import { contextIn } from '../postgres/catalogue.js'
import { type Change, type Effect, pairByKey } from './change.js'
import { readConf } from './conf.js'

/** What decides what a setting of the published file means to replicas that run. */
export interface Rule {
  /** Whose configuration runs (run.configuration). */
  readonly configuration: string
  /** The majors that replicas may have. */
  readonly majors: readonly number[]
}

/** What changed in postgresql.conf. */
export function compareSettings(before: string, after: string, rule: Rule): Change[] {
  return pairByKey(readConf(before), readConf(after))
    .filter(({ from, to }) => from !== to)
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map(({ key, from, to }): Change => {
      const show = (value: string | undefined) =>
        value === undefined ? undefined : isSecretName(key) ? mark : maskSecrets(value)
      return {
        area: 'setting',
        name: key,
        files: ['postgresql.conf'],
        from: show(from),
        to: show(to),
        ...judgeSetting(key, rule),
        model: `postgresql.settings.${key}`,
      }
    })
}

/** When a running server takes a new value of a setting, by the contexts that it has in these majors. */
export function judgeSetting(
  name: string,
  { configuration, majors }: Rule,
): Pick<Change, 'effect' | 'means' | 'context'> {
  const contexts = listContexts(name, majors)
  const shown = showContexts(contexts)
  const context = shown === '' ? {} : { context: shown }
  if (configuration === 'master')
    return {
      effect: 'nothing',
      means: 'the configuration of the master rules; new clones take it where none comes along',
      ...context,
    }
  const { effect, means } = effectOf(contexts.map(({ context: one }) => one))
  return { effect, means, ...context }
}

interface MajorContext {
  readonly major: number
  readonly context: string
}

function listContexts(name: string, majors: readonly number[]): MajorContext[] {
  return [...majors]
    .sort((a, b) => a - b)
    .flatMap((major) => {
      const context = contextIn(name, major)
      return context === undefined ? [] : [{ major, context }]
    })
}

// One word for all majors, else each with the major in which it begins.
function showContexts(contexts: readonly MajorContext[]): string {
  return contexts
    .filter(({ context }, index) => context !== contexts[index - 1]?.context)
    .map(({ major, context }, index) => (index === 0 ? context : `${context} since ${major}`))
    .join(', ')
}

function effectOf(contexts: readonly string[]): { readonly effect: Effect; readonly means: string } {
  if (contexts.length === 0)
    return { effect: 'restart', means: 'PostgreSQL itself does not know it: an extension may want a restart' }
  if (contexts.includes('postmaster')) return { effect: 'restart', means: 'PostgreSQL takes it at its start' }
  if (contexts.some((context) => context.endsWith('backend')))
    return { effect: 'reload', means: 'sessions that begin after a reload have it' }
  return { effect: 'reload', means: 'PostgreSQL takes it at a reload' }
}

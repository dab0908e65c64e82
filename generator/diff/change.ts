/** What a change means for replicas that run, the least first. */
export const effects = ['nothing', 'reload', 'restart', 'clone'] as const

export type Effect = (typeof effects)[number]

/** What kind of thing changed, in the order in which it is told. */
export const areas = [
  'setting',
  'access rule',
  'variable',
  'option',
  'step',
  'part of the script',
  'target',
  'master',
  'file',
] as const

export type Area = (typeof areas)[number]

/** One thing that is not as it was: plain data. */
export interface Change {
  readonly area: Area
  /** Its name as an operator knows it. */
  readonly name: string
  /** The files that say it, by their names. */
  readonly files: readonly string[]
  /** What it was; without it the thing is new. A secret is never shown. */
  readonly from?: string | undefined
  /** What it is now; without it the thing is gone. */
  readonly to?: string | undefined
  /** What it means for replicas that run. What is to be done on the master means nothing to them by itself. */
  readonly effect: Effect
  /** Why that is so, or what is to be done: a clause without a full stop. */
  readonly means: string
  /** When PostgreSQL takes a new value of the setting (pg_settings.context). */
  readonly context?: string
  /** The part of the model. */
  readonly model?: string | undefined
}

/** The heaviest of effects. */
export function worstOf(all: readonly Effect[]): Effect {
  return all.reduce<Effect>(
    (worst, one) => (effects.indexOf(one) > effects.indexOf(worst) ? one : worst),
    'nothing',
  )
}

/** What a list has that another lacks, by their keys: each with both values, in the order of the newer list. */
export function pairByKey<Value>(
  before: ReadonlyMap<string, Value>,
  after: ReadonlyMap<string, Value>,
): { readonly key: string; readonly from: Value | undefined; readonly to: Value | undefined }[] {
  const keys = new Set([...after.keys(), ...before.keys()])
  return [...keys].map((key) => ({ key, from: before.get(key), to: after.get(key) }))
}

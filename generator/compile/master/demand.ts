/** Something on the master that the model counts on, as SQL can ask for it. */
export interface Demand {
  /** What it is about, as a person finds it. */
  readonly setting: string
  /** An expression for its value. */
  readonly value: string
  /** An expression that is false where the value does not fit; NULL where a major has no such setting. */
  readonly fits: string
  readonly needs: string
  readonly why: string
}

/** A demand on one setting; `fits` is given the expression for its value. */
export function ofSetting(
  name: string,
  fits: (value: string) => string,
  words: Pick<Demand, 'needs' | 'why'>,
): Demand {
  return { setting: name, value: current(name), fits: fits(current(name)), ...words }
}

/** The value of a setting; NULL where this major has none of that name. */
export function current(name: string): string {
  return `current_setting('${name}', true)`
}

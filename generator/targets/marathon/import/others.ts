import { isObject } from './app-file.js'
import type { Taking } from './draft.js'

/** The members of an object that nobody takes, each said by its name; what is null or empty is nothing. */
export function loseOthers(
  value: unknown,
  known: readonly string[],
  { lose }: Pick<Taking, 'lose'>,
  where: string,
): void {
  if (!isObject(value)) return
  const others = Object.entries(value).filter(([key, member]) => !known.includes(key) && !isNothing(member))
  if (others.length > 0)
    lose(`the model has no place for ${others.map(([key]) => `${where}${key}`).join(', ')}`)
}

/** What is not of the form that a member has, and so is not taken. */
export function loseUnlike(
  value: unknown,
  kind: 'a list' | 'an object',
  { lose }: Pick<Taking, 'lose'>,
): boolean {
  const isLike = kind === 'a list' ? Array.isArray(value) : isObject(value)
  if (!isLike) lose(`this is not ${kind}, as Marathon wants it`, 'it is left out')
  return !isLike
}

/** Says it where a list holds what is no object. */
export function loseStrangeItems(value: unknown, taking: Pick<Taking, 'lose'>): void {
  const strange = Array.isArray(value) ? value.filter((item) => !isObject(item)).length : 0
  if (strange > 0)
    taking.lose(
      `${strange} of the items ${strange === 1 ? 'is' : 'are'} no object, as Marathon wants it`,
      'left out',
    )
}

function isNothing(value: unknown): boolean {
  if (value === null || value === undefined || value === false || value === '') return true
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) && Object.keys(value).length === 0
}

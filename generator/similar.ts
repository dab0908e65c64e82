import { closest, distance } from 'fastest-levenshtein'

/** The name that was meant, when it is a letter or two away: for "did you mean". */
export function similarTo(name: string, known: Iterable<string>): string | undefined {
  const names = [...known]
  if (names.length === 0) return undefined
  const like = closest(name, names)
  return distance(name, like) <= (name.length < 5 ? 1 : 2) ? like : undefined
}

import { distance } from 'fastest-levenshtein'

/**
 * The name that was meant, for "did you mean": the same but for case and separators, else one that is a letter or two
 * away, two letters that changed places counted as one; of a short name one at the most.
 */
export function similarTo(name: string, known: Iterable<string>): string | undefined {
  const names = [...known]
  const same = names.find((other) => flatten(other) === flatten(name))
  if (same !== undefined) return same
  const most = name.length < 5 ? 1 : name.length < 10 ? 2 : 3
  let best: string | undefined
  let least = most + 1
  for (const other of names) {
    if (Math.abs(other.length - name.length) > most) continue
    const steps = Math.min(distance(name, other), isSwapped(name, other) ? 1 : most + 1)
    // Of a name that is nearly as short as what changed nothing is left to go by.
    if (steps < least && steps < other.length - 1) [best, least] = [other, steps]
  }
  return best
}

function flatten(name: string): string {
  return name.toLowerCase().replace(/[-_. ]/g, '')
}

function isSwapped(name: string, other: string): boolean {
  if (name.length !== other.length || flatten(name) === flatten(other)) return false
  const at = [...name].findIndex((letter, index) => letter !== other[index])
  const swapped = `${name.slice(0, at)}${name[at + 1] ?? ''}${name[at] ?? ''}${name.slice(at + 2)}`
  return swapped === other
}

import { type Command, type Shell, type Word, walk } from './parse.js'
import { usesOf } from './variables.js'
import { literalOf, variableOf } from './words.js'

/** Which words variables may hold. */
export interface Words {
  /** Undefined where it may be anything. */
  of(variable: string): ReadonlySet<string> | undefined
  /** The same text for the same words. */
  key(variable: string): string
}

/** What an assignment gives a variable: a word, what another one holds, or anything. */
export interface Given {
  readonly name: string
  readonly literal?: string | undefined
  readonly copied?: string | undefined
}

/** The assignments that a command makes to stay: `NAME=value command` is gone when that command ends. */
export function givenBy(command: Command): Given[] {
  return (command.name === undefined ? command.prefix : []).flatMap((prefix): Given[] => {
    if (prefix.type !== 'Assignment') return []
    const { name, value, append } = prefix
    if (append === true) return [{ name }]
    if (value === undefined) return [{ name, literal: '' }]
    if (value.type !== 'Word') return [{ name }]
    return [{ name, literal: literalOf(value), copied: copiedFrom(value) }]
  })
}

/**
 * Which words each variable may hold when those are all assignments. What the environment may give is in capitals;
 * `elsewhere` are names that something else than an assignment sets, `known` those of which it is known.
 */
export function wordsIn(
  given: readonly Given[],
  known: ReadonlyMap<string, string>,
  elsewhere: ReadonlySet<string>,
): Words {
  const byName = new Map<string, Given[]>()
  for (const one of given) {
    const others = byName.get(one.name)
    if (others === undefined) byName.set(one.name, [one])
    else others.push(one)
  }
  const resolve = (name: string, seen: readonly string[]): ReadonlySet<string> | undefined => {
    const value = known.get(name)
    if (value !== undefined) return new Set([value])
    const own = byName.get(name)
    if (own === undefined || elsewhere.has(name) || /^[A-Z]/.test(name)) return undefined
    const all = new Set<string>()
    for (const { literal, copied } of own) {
      if (literal !== undefined) all.add(literal)
      else if (copied === undefined) return undefined
      else if (![...seen, name].includes(copied)) {
        const words = resolve(copied, [...seen, name])
        if (words === undefined) return undefined
        for (const word of words) all.add(word)
      }
    }
    return all
  }
  const found = new Map<string, { readonly words: ReadonlySet<string> | undefined; readonly key: string }>()
  const look = (name: string) => {
    const before = found.get(name)
    if (before !== undefined) return before
    const words = resolve(name, [])
    const now = { words, key: words === undefined ? '' : JSON.stringify([...words].sort()) }
    found.set(name, now)
    return now
  }
  return { of: (name) => look(name).words, key: (name) => look(name).key }
}

/** Names that anything but a plain assignment sets, wherever that stands. */
export function setOtherwise(shell: Shell): ReadonlySet<string> {
  const found = new Set<string>()
  walk(shell, (node, parent) => {
    for (const use of usesOf(node, parent)) {
      const isPlain =
        use.kind === 'read' || (use.kind === 'set' && ['assignment', 'environment'].includes(use.by))
      if (!isPlain) found.add(use.name)
    }
    return true
  })
  return found
}

/** `x` for the words `$x` and `"$x"`. */
export function copiedFrom(word: Word): string | undefined {
  const [part, ...more] = word.parts ?? []
  if (part === undefined || more.length > 0) return undefined
  const [inner = part, ...others] = part.type === 'DoubleQuoted' ? part.parts : [part]
  return others.length > 0 || inner.type !== 'SimpleExpansion' ? undefined : variableOf(inner)
}

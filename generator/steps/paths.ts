import { posix } from 'node:path'
import type { Word, WordPart } from '../shell/parse.js'

/** How a path lies to the data directory: in it, or around it, so that what goes through trees gets there. */
export type Lie = 'in' | 'around'

/**
 * Compares a path that is written out, patterns included, with the data directory of the model (`run.dataDir`). Where
 * both are relative, they are so to the sandbox, in which a step begins.
 */
export function lieOf(path: string, dataDir: string): Lie | undefined {
  const [mine, data] = [split(path), split(dataDir)]
  if (mine.isAbsolute !== data.isAbsolute)
    return mine.isAbsolute && mine.names.length === 0 ? 'around' : undefined
  const shared = Math.min(mine.names.length, data.names.length)
  if (!mine.names.slice(0, shared).every((name, index) => matches(name, data.names[index] ?? '')))
    return undefined
  if (mine.names.length < data.names.length) return 'around'
  // A pattern that gives the directory itself is for what lies beside it, as in `rm ./*`.
  return mine.names.length === data.names.length && /[*?[]/.test(path) ? 'around' : 'in'
}

function split(path: string): { isAbsolute: boolean; names: string[] } {
  const inSandbox = path.replace(/^\/mnt\/mesos\/sandbox(?=\/|$)/, '.')
  const names = posix.normalize(inSandbox).split('/')
  return { isAbsolute: inSandbox.startsWith('/'), names: names.filter((name) => name !== '' && name !== '.') }
}

function matches(pattern: string, name: string): boolean {
  const text = pattern.replace(/\[[^\]]+\]|[*?]|[^\w]/g, (found) =>
    found === '*' ? '.*' : found === '?' || found.length > 1 ? '.' : `\\${found}`,
  )
  return new RegExp(`^${text}$`, 's').test(name)
}

/** A word as a path: what it begins with, if that is an expansion, and the constant text that follows. */
export interface Path {
  readonly base: WordPart | undefined
  /** Ends with `*` where a further expansion follows. */
  readonly text: string
  readonly rest: readonly WordPart[]
}

/** Reads a word as a path; an option's or operand's name before it (`--file=`, `of=`) is left out. */
export function pathOf(word: Word): Path {
  const parts = (word.parts ?? []).flatMap((part): readonly WordPart[] =>
    part.type === 'DoubleQuoted' ? part.parts : [part],
  )
  if (parts.length === 0) return { base: undefined, text: stripName(word.value), rest: [] }
  const first = parts[0]
  const base = first !== undefined && isExpansion(first) ? first : undefined
  const after = base === undefined ? parts : parts.slice(1)
  const next = after.findIndex(isExpansion)
  const constant = (next < 0 ? after : after.slice(0, next)).map((part) =>
    'value' in part ? part.value : part.text,
  )
  const text = `${constant.join('')}${next < 0 ? '' : '*'}`
  return { base, text: base === undefined ? stripName(text) : text, rest: after.filter(isExpansion) }
}

const stripName = (text: string) => text.replace(/^-*[A-Za-z][\w-]*=/, '')

function isExpansion({ type }: WordPart): boolean {
  return (
    type === 'SimpleExpansion' ||
    type === 'ParameterExpansion' ||
    type === 'CommandExpansion' ||
    type === 'ArithmeticExpansion'
  )
}

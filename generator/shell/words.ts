import type { SyntaxNode, Word, WordPart } from './parse.js'

/**
 * Quotes any value as one shell word in single quotes (POSIX XCU 2.2.2); inside them only the quote itself
 * is special. Throws on NUL, which no shell word can hold.
 */
export function lit(value: string): string {
  if (value.includes('\0')) throw new TypeError('a shell word cannot hold NUL')
  return `'${value.replaceAll("'", "'\\''")}'`
}

/** As `lit`, but a value that is a plain word anyway stays as it is: for text that people read. */
export function bare(value: string): string {
  return isPlain(value) && !reservedWords.has(value) ? value : lit(value)
}

// No first "-" or "=" or "~": what stands there can be an option, an assignment or a home directory.
function isPlain(value: string): boolean {
  return /^[A-Za-z0-9_./:,@%+][A-Za-z0-9_./:,@%+-]*$/.test(value)
}

/** Reserved words (POSIX XCU 2.4), which mean themselves only when quoted. */
const reservedWords: ReadonlySet<string> = new Set(
  'case do done elif else esac fi for if in then until while ! { } [[ ]] function select time coproc'.split(
    ' ',
  ),
)

/** The value of a word that no expansion, tilde or pattern can change; undefined for any other word. */
export function literalOf(word: Word | undefined): string | undefined {
  if (word === undefined || /^~/.test(word.text)) return undefined
  return (word.parts ?? []).every(isLiteral) ? word.value : undefined
}

function isLiteral(part: WordPart): boolean {
  if (part.type === 'DoubleQuoted') return part.parts.every((inner) => inner.type === 'Literal')
  return part.type === 'Literal' || part.type === 'SingleQuoted'
}

/** `NAME` for `$NAME`, `${NAME}` and `${NAME…}`; undefined for positional and special parameters. */
export function variableOf(part: SyntaxNode): string | undefined {
  if (part.type === 'SimpleExpansion') return asName(part.text.slice(1))
  return part.type === 'ParameterExpansion' ? asName(part.parameter) : undefined
}

/** The text if it is a variable's name (POSIX XBD 3.216), else undefined. */
export function asName(text: string): string | undefined {
  return /^[A-Za-z_][A-Za-z0-9_]*$/.test(text) ? text : undefined
}

/** Is the word exactly `"$@"`? */
export function isAllArguments(word: Word | undefined): boolean {
  return word?.text === '"$@"' || word?.text === '"${@}"'
}

/**
 * `"$dir"/name` and `"$dir/name"`: a program of a directory that is known when the script runs, such as
 * the server binaries of the master's major.
 */
export function programOf(word: Word | undefined): { dir: string; name: string } | undefined {
  const match = word && /^"\$(?:\{(\w+)\}|(\w+))(?:"\/([\w.-]+)|\/([\w.-]+)")$/.exec(word.text)
  const dir = match && asName(match[1] ?? match[2] ?? '')
  const name = match && (match[3] ?? match[4])
  return dir && name ? { dir, name } : undefined
}

import { applyEdits, type FormattingOptions, modify, type ParseError, parse } from 'jsonc-parser'

/** A package.json with the scripts, and what became of each of them; undefined where it is none. */
export interface Scripted {
  readonly text: string
  /** The names under which the commands are now there, in the order of the commands. */
  readonly names: readonly string[]
}

const commands = ['generate', 'check', 'diff'] as const

/** Prints a package.json where there is none: private, so that nobody publishes it by mistake. */
export function makePackage(): Scripted {
  const scripts = Object.fromEntries(commands.map((name) => [name, `postgres-rep-marathon ${name}`]))
  return { text: `${JSON.stringify({ private: true, type: 'module', scripts }, null, 2)}\n`, names: commands }
}

/**
 * Adds the scripts to a package.json, and changes nothing else in it: not its indent, the order of its keys, its line
 * ends or the end of the file. A script that is there keeps its name, and ours is called replica:… beside it.
 */
export function addScripts(text: string): Scripted | undefined {
  const errors: ParseError[] = []
  const value: unknown = parse(text.replace(/^\uFEFF/, ''), errors, { disallowComments: true })
  if (errors.length > 0 || typeof value !== 'object' || value === null || Array.isArray(value))
    return undefined
  const scripts: unknown = Reflect.get(value, 'scripts') ?? {}
  if (typeof scripts !== 'object' || scripts === null || Array.isArray(scripts)) return undefined
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : ''
  const formattingOptions = readFormat(text)
  let edited = text.slice(mark.length)
  const names = commands.map((command) => {
    const wanted = `postgres-rep-marathon ${command}`
    const free = [command, `replica:${command}`].find((name) =>
      [undefined, wanted].includes(Reflect.get(scripts, name)),
    )
    if (free !== undefined && Reflect.get(scripts, free) === undefined)
      edited = applyEdits(edited, modify(edited, ['scripts', free], wanted, { formattingOptions }))
    return free ?? `replica:${command}`
  })
  return { text: mark + edited, names }
}

function readFormat(text: string): FormattingOptions {
  const [, indent = '  '] = /\n([ \t]+)\S/.exec(text) ?? []
  return {
    insertSpaces: !indent.startsWith('\t'),
    tabSize: indent.startsWith('\t') ? 1 : indent.length,
    eol: text.includes('\r\n') ? '\r\n' : '\n',
  }
}

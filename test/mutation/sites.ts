import { compileReplica } from '../../generator/compile/compile.js'
import { type Diagnostic, isError } from '../../generator/diagnostics/diagnostic.js'
import { readTemplates } from '../../generator/load/templates.js'
import { functionsOf } from '../../generator/shell/commands.js'
import { parseShell, type Shell, type SyntaxNode } from '../../generator/shell/parse.js'
import { usesOf } from '../../generator/shell/variables.js'
import { pickOne } from '../random.js'

/** One fault that was put into the real script or the real model. */
export interface Fault {
  /** The same for the same fault, so that none counts twice. */
  readonly what: string
  /** The codes of the errors that the compiler finds with it in. */
  find(): readonly string[]
}

export const templates = readTemplates()

export function compile(model: object, changed: Readonly<Record<string, string>> = {}): string[] {
  const { diagnostics } = compileReplica(model, {
    templates: { ...templates, ...changed },
    stepFiles: {},
    docs: {},
  })
  return codesOf(diagnostics)
}

const codesOf = (diagnostics: readonly Diagnostic[]) => diagnostics.filter(isError).map(({ code }) => code)

/** One plain file of the script, parsed. */
interface Piece {
  readonly name: string
  readonly text: string
  readonly shell: Shell
}

export const pieces: readonly Piece[] = Object.entries(templates)
  .filter(([name]) => name.startsWith('run_rep/') && name.endsWith('.sh'))
  .map(([name, text]) => ({ name, text, shell: parseShell(text) }))
const everything = parseShell(pieces.map(({ text }) => text).join('\n'))
export const functions = functionsOf(everything)

/** A node of one of the files. */
interface Site<T extends SyntaxNode = SyntaxNode> {
  readonly piece: Piece
  readonly node: T
  readonly start: number
  readonly end: number
}

export function sitesOf<K extends SyntaxNode['type']>(kind: K): Site<Extract<SyntaxNode, { type: K }>>[] {
  return pieces.flatMap((piece) =>
    piece.shell.all(kind).map(({ node }) => ({ piece, node, ...piece.shell.span(node) })),
  )
}

/** Puts other text in the place of a part of a file. */
export function edit(
  { piece, start, end }: Pick<Site, 'piece' | 'start' | 'end'>,
  text: string,
  what: string,
): Fault {
  const { name, text: whole } = piece
  const { line } = piece.shell.position(start)
  return {
    what: `${name}:${line}: ${what}`,
    find: () => compile({}, { [name]: whole.slice(0, start) + text + whole.slice(end) }),
  }
}

export const commands = sitesOf('Command')
const inFunction = ({ piece, start }: Site) =>
  piece.shell.all('Function').some(({ node }) => {
    const span = piece.shell.span(node)
    return span.start < start && start < span.end
  })
export const textAt = ({ piece, start, end }: Site) => piece.text.slice(start, end)

/** A whole line of a function, that begins a statement, to put another before it. */
export const statements = sitesOf('Statement').filter(
  (site) => inFunction(site) && /\n {2,}$/.test(site.piece.text.slice(0, site.start)),
)

export function insert(random: () => number, line: string, what = `inserted ${line}`): Fault {
  const site = pickOne(random, statements)
  const indent = /\n( *)$/.exec(site.piece.text.slice(0, site.start))?.[1] ?? ''
  return edit({ ...site, end: site.start }, `${line}\n${indent}`, what)
}

// Variables that have one assignment in the whole script: what each of several gives is a matter of values.
export const assignments = commands.filter(
  ({ node }) => node.name === undefined && node.prefix.length === 1 && node.prefix[0]?.type === 'Assignment',
)
const setCounts = new Map<string, number>()
for (const { node } of everything.all('Command').map((entry) => entry)) {
  for (const { name } of usesOf(node, undefined).filter(({ kind }) => kind === 'set')) count(name)
}
for (const kind of ['Assignment', 'For', 'ParameterExpansion'] as const) {
  for (const { node, parent } of everything.all(kind)) {
    for (const use of usesOf(node, parent)) if (use.kind === 'set') count(use.name)
  }
}
function count(name: string): void {
  setCounts.set(name, (setCounts.get(name) ?? 0) + 1)
}
export const nameOf = ({ node }: (typeof assignments)[number]) =>
  node.prefix[0]?.type === 'Assignment' ? (node.prefix[0].name ?? '') : ''
export const onlyAssignments = assignments.filter((site) => setCounts.get(nameOf(site)) === 1)

export const expansions = [...sitesOf('SimpleExpansion'), ...sitesOf('ParameterExpansion')].filter((site) =>
  /^\$\{?[a-z_]\w{2,}/.test(textAt(site)),
)

export function misspell(random: () => number, name: string): string {
  const at = 1 + Math.floor(random() * (name.length - 2))
  const turned = name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2)
  return turned === name ? `${name}x` : turned
}

let known: { readonly text: string; readonly tools: readonly string[] } | undefined

/** The printed script, and the tools that its preflight looks for. */
export function printed() {
  if (known === undefined) {
    const { files } = compileReplica({}, { templates, stepFiles: {}, docs: {} })
    const text = files['run_rep.sh'] ?? ''
    known = {
      text,
      tools: [...text.matchAll(/^ {2}need (\S+)$/gm)]
        .map(([, tool]) => tool ?? '')
        .filter((tool) => tool !== 'sh'),
    }
  }
  return known
}

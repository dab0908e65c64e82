import {
  type ArithmeticExpression,
  type Assignment,
  type Command,
  type Function as FunctionNode,
  forEachChild,
  type ParameterExpansionPart,
  type ParsedScript,
  parse,
  type Statement,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash'

export type {
  ArithmeticExpression,
  Assignment,
  Command,
  FunctionNode,
  ParameterExpansionPart,
  ParsedScript as Script,
  Statement,
  SyntaxNode,
  Word,
  WordPart,
}

/** A place in shell text, counted from 1; columns in UTF-16 units, as editors and tsc do. */
export interface Position {
  readonly line: number
  readonly column: number
}

export interface ShellError extends Position {
  readonly message: string
}

/** One node and the node that holds it. */
export interface Entry<T extends SyntaxNode = SyntaxNode> {
  readonly node: T
  readonly parent: SyntaxNode | undefined
}

type NodeOf<K extends SyntaxNode['type']> = Extract<SyntaxNode, { type: K }>

/** Shell text, parsed once; every analysis and every rule reads this. */
export interface Shell {
  readonly text: string
  readonly root: ParsedScript
  readonly errors: readonly ShellError[]
  /** Every node of one kind, in the order of the text, those of nested scripts and trap bodies too. */
  all<K extends SyntaxNode['type']>(kind: K): readonly Entry<NodeOf<K>>[]
  /** Calls `visit` for each direct child; the body of a quoted trap is a child of its command. */
  children(node: SyntaxNode, visit: (child: SyntaxNode) => void): void
  /** Where a node begins in the whole text, also when it lies in an escaped backtick or a trap body. */
  place(node: SyntaxNode): Position
  /** The last line of a node. */
  endLine(node: SyntaxNode): number
  position(offset: number): Position
  lineText(line: number): string
}

/**
 * Parses shell text into a full tree; never throws, faults are in `errors`. The only door to unbash: it
 * accepts all of bash, what is not POSIX is judged by the rules (unbash README, "Supported syntax").
 */
export function parseShell(text: string): Shell {
  const root = parse(text)
  const lineStarts = findLineStarts(text)
  const moved = new Map<SyntaxNode, number>()
  const trapBodies = new Map<SyntaxNode, ParsedScript>()
  const byKind = new Map<string, Entry[]>()
  const errors: { message: string; offset: number }[] = []

  const position = (offset: number): Position => locate(lineStarts, offset)
  const startOf = (node: SyntaxNode): number => moved.get(node) ?? node.pos
  const children = (node: SyntaxNode, visit: (child: SyntaxNode) => void): void => {
    forEachChild(node, visit)
    const body = trapBodies.get(node)
    if (body !== undefined) visit(body)
  }
  const index = (node: SyntaxNode, parent: SyntaxNode | undefined, origin: number | undefined): void => {
    let shift = origin
    if (node.type === 'Script') {
      // A backtick script with escapes owns a decoded source: its places are those of the backtick.
      if (node.source !== undefined && parent !== undefined) shift = startOf(parent)
      for (const error of node.errors ?? []) {
        errors.push({ message: error.message, offset: shift ?? error.pos })
      }
    }
    if (shift !== undefined) moved.set(node, shift)
    else if (node.type === 'Command') {
      const body = parseTrapBody(node, text)
      if (body !== undefined) trapBodies.set(node, body)
    }
    const entries = byKind.get(node.type)
    if (entries === undefined) byKind.set(node.type, [{ node, parent }])
    else entries.push({ node, parent })
    children(node, (child) => index(child, node, shift))
  }
  index(root, undefined, undefined)

  return {
    text,
    root,
    errors: errors.map(({ message, offset }) => ({ message, ...position(offset) })),
    all: <K extends SyntaxNode['type']>(kind: K) => (byKind.get(kind) ?? []) as unknown as Entry<NodeOf<K>>[],
    children,
    place: (node) => position(startOf(node)),
    endLine: (node) => position(Math.max(startOf(node), (moved.get(node) ?? node.end) - 1)).line,
    position,
    lineText: (line) => text.slice(lineStarts[line - 1] ?? text.length, lineEnd(text, lineStarts, line)),
  }
}

/** Visits a node and all below it, parents first; a visitor that returns false leaves that subtree out. */
export function walk(
  shell: Shell,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => boolean | undefined,
  from: SyntaxNode = shell.root,
): void {
  const descend = (node: SyntaxNode, parent: SyntaxNode | undefined): void => {
    if (visit(node, parent) === false) return
    shell.children(node, (child) => descend(child, node))
  }
  descend(from, undefined)
}

// The action of a trap is shell that runs later. When it is written literally and without escapes, blanks
// in front of it give its nodes the places that they have in the whole text.
function parseTrapBody(command: Command, text: string): ParsedScript | undefined {
  if (command.name?.value !== 'trap') return undefined
  const words = command.args.filter((argument) => argument.type === 'Word')
  const operands = words[0]?.value === '--' ? words.slice(1) : words
  const action = operands[0]
  if (action === undefined || operands.length < 2 || /^(-.*|\d+|)$/.test(action.value)) return undefined
  const span = literalSpan(action)
  if (span === undefined) return undefined
  const before = text.slice(0, span.start).replace(/[^\n]/g, ' ')
  return parse(before + text.slice(span.start, span.end))
}

function literalSpan(word: Word): { start: number; end: number } | undefined {
  const quoted = /^'[^']*'$|^"[^"\\$`]*"$/.test(word.text)
  if (quoted) return { start: word.pos + 1, end: word.end - 1 }
  return word.text === word.value && word.parts === undefined ? { start: word.pos, end: word.end } : undefined
}

function findLineStarts(text: string): number[] {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return starts
}

function lineEnd(text: string, starts: readonly number[], line: number): number {
  const next = starts[line]
  return next === undefined ? text.length : next - 1
}

function locate(starts: readonly number[], offset: number): Position {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] ?? 0) <= offset) low = middle
    else high = middle - 1
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 }
}

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

export interface ParseFault extends Position {
  readonly message: string
}

/** Offsets in the whole text, the end excluded. */
export interface Span {
  readonly start: number
  readonly end: number
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
  readonly errors: readonly ParseFault[]
  /** Every node of one kind, in the order of the text, those of nested scripts and trap bodies too. */
  all<K extends SyntaxNode['type']>(kind: K): readonly Entry<NodeOf<K>>[]
  /** The direct children; the body of a quoted trap is the last child of its command. */
  children(node: SyntaxNode): readonly SyntaxNode[]
  /** Where a node lies in the whole text, also within a trap's body; in an escaped backtick, the backtick. */
  span(node: SyntaxNode): Span
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
  const moved = new Map<SyntaxNode, Span>()
  const childLists = new Map<SyntaxNode, SyntaxNode[]>()
  const byKind = new Map<string, Entry[]>()
  const errors: { message: string; offset: number }[] = []

  const span = (node: SyntaxNode): Span => moved.get(node) ?? { start: node.pos, end: node.end }
  const children = (node: SyntaxNode): readonly SyntaxNode[] => childLists.get(node) ?? noChildren
  const index = (node: SyntaxNode, parent: SyntaxNode | undefined, outer: Frame | undefined): void => {
    let frame = outer
    if (node.type === 'Script') {
      // A backtick script with escapes owns a decoded source: its places are those of the backtick.
      if (node.source !== undefined && parent !== undefined) frame = { kind: 'collapsed', span: span(parent) }
      for (const { message, pos } of node.errors ?? []) {
        errors.push({ message, offset: toOuter({ start: pos, end: pos }, frame).start })
      }
    }
    if (frame !== undefined) moved.set(node, toOuter({ start: node.pos, end: node.end }, frame))
    const entries = byKind.get(node.type)
    if (entries === undefined) byKind.set(node.type, [{ node, parent }])
    else entries.push({ node, parent })
    const list: SyntaxNode[] = []
    forEachChild(node, (child) => list.push(child))
    if (list.length > 0) childLists.set(node, list)
    for (const child of list) index(child, node, frame)
    // The body of a trap within the body of a trap is left to be data.
    const action = node.type === 'Command' && frame === undefined ? trapAction(node) : undefined
    if (action === undefined) return
    const body = parse(text.slice(action.start, action.end))
    list.push(body)
    index(body, node, { kind: 'shifted', by: action.start })
  }
  index(root, undefined, undefined)

  return {
    text,
    root,
    errors: errors.map(({ message, offset }) => ({ message, ...locate(lineStarts, offset) })),
    all: <K extends SyntaxNode['type']>(kind: K) => (byKind.get(kind) ?? []) as unknown as Entry<NodeOf<K>>[],
    children,
    span,
    place: (node) => locate(lineStarts, span(node).start),
    endLine: (node) => locate(lineStarts, Math.max(span(node).start, span(node).end - 1)).line,
    position: (offset) => locate(lineStarts, offset),
    lineText: (line) => text.slice(lineStarts[line - 1] ?? text.length, lineEnd(text, lineStarts, line)),
  }
}

const noChildren: readonly SyntaxNode[] = []

// How the positions of a nested script that was parsed by itself lie in the whole text.
type Frame =
  | { readonly kind: 'shifted'; readonly by: number }
  | { readonly kind: 'collapsed'; readonly span: Span }

function toOuter(span: Span, frame: Frame | undefined): Span {
  if (frame === undefined) return span
  if (frame.kind === 'collapsed') return frame.span
  return { start: span.start + frame.by, end: span.end + frame.by }
}

/** Visits a node and all below it, parents first; a visitor that returns false leaves that subtree out. */
export function walk(
  shell: Shell,
  visit: (node: SyntaxNode, parent: SyntaxNode | undefined) => boolean | undefined,
  from: SyntaxNode = shell.root,
): void {
  const descend = (node: SyntaxNode, parent: SyntaxNode | undefined): void => {
    if (visit(node, parent) === false) return
    for (const child of shell.children(node)) descend(child, node)
  }
  descend(from, undefined)
}

// The action of a trap is shell that runs later. It is parsed where it is written literally, without escapes.
function trapAction(command: Command): Span | undefined {
  if (command.name?.value !== 'trap') return undefined
  const words = command.args.filter((argument) => argument.type === 'Word')
  const operands = words[0]?.value === '--' ? words.slice(1) : words
  const action = operands[0]
  if (action === undefined || operands.length < 2 || /^(-.*|\d+|)$/.test(action.value)) return undefined
  return literalSpan(action)
}

function literalSpan(word: Word): Span | undefined {
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

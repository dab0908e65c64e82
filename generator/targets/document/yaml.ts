// Of YAML's many ways to write a text none is safe by hand: a well-kept library knows which one the reader takes for text.
import {
  Document,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  Scalar,
  visit,
  type YAMLSeq,
} from 'yaml'
import type { ModelPath } from '../../diagnostics/path.js'
import type { At, Settled } from './said.js'

// What Compose and kubectl read is nearer to YAML 1.1, where yes, on and 12:30 are no text.
const dialect = { version: '1.1' } as const

/** Prints documents as one file, in the order of their keys, below a comment. */
export function printYaml(documents: readonly Settled[], head: string): string {
  const texts = documents.map(printOne)
  return `${toComment(head)}\n${texts.join('---\n')}`
}

function printOne({ plain, marks }: Settled): string {
  const document = new Document(plain, { ...dialect, aliasDuplicateObjects: false })
  for (const { at, comment, isQuoted } of marks) {
    const node = document.getIn(at, true)
    if (isQuoted && isScalar(node)) node.type = Scalar.QUOTE_DOUBLE
    if (comment !== undefined) headOf(document, at).commentBefore = ` ${comment.replaceAll('\n', '\n ')}`
  }
  visit(document, {
    Seq: (_key, list) => {
      list.flow = isShort(list)
    },
  })
  return document.toString({ lineWidth: 0, flowCollectionPadding: false })
}

// A command, a few words: on one line, as people write them.
function isShort({ items }: YAMLSeq): boolean {
  const texts = items.map((item) => (isScalar(item) && !item.commentBefore ? String(item.value) : undefined))
  return texts.every((text) => text !== undefined && !/[:\n]/.test(text)) && texts.join(', ').length <= 70
}

// What stands first on the line: the key of a member, else the item itself.
function headOf(document: Document, at: At): Node {
  const around = document.getIn(at.slice(0, -1), true)
  const pair = isMap(around)
    ? around.items.find(({ key }) => isScalar(key) && key.value === at.at(-1))
    : undefined
  const head = pair === undefined ? document.getIn(at, true) : pair.key
  if (head instanceof Object && 'commentBefore' in head) return head as Node
  if (isScalar(head)) return head
  throw new Error(`nothing stands at ${at.join('.')}`)
}

function toComment(text: string): string {
  return text.replace(/^/gm, '# ').replace(/^# $/gm, '#')
}

/**
 * For each line of a printed file, from the first, the parts of the model that it comes from. A line is that of the
 * innermost part of the document that begins or goes on there; JSON is YAML, too.
 */
export function traceLines(
  text: string,
  originsAt: (document: number, at: At) => readonly ModelPath[],
): (readonly ModelPath[])[] {
  const counter = new LineCounter()
  const lines: (readonly ModelPath[])[] = text.split('\n').map(() => [])
  const documents = parseAllDocuments(text, { ...dialect, lineCounter: counter })
  const fill = (from: number, to: number, paths: readonly ModelPath[]) => {
    const [first, last] = [counter.linePos(from).line, counter.linePos(Math.max(from, to - 1)).line]
    for (let line = first; line <= last; line++) lines[line - 1] = paths
  }
  const walk = (index: number, node: unknown, at: At): void => {
    if (isMap(node)) {
      for (const { key, value } of node.items) {
        if (!isScalar(key)) continue
        enter(index, [...at, String(key.value)], key, value)
      }
    }
    if (isSeq(node))
      for (const [item, value] of node.items.entries()) enter(index, [...at, item], value, value)
  }
  const enter = (index: number, at: At, first: unknown, value: unknown): void => {
    const [from, to] = [rangeOf(first)?.[0], rangeOf(value)?.[1] ?? rangeOf(first)?.[1]]
    if (from !== undefined && to !== undefined) fill(from, to, originsAt(index, at))
    walk(index, value, at)
  }
  if (Array.isArray(documents))
    for (const [index, { contents }] of documents.entries()) walk(index, contents, [])
  return lines
}

function rangeOf(node: unknown): readonly [number, number, number] | undefined {
  return isMap(node) || isSeq(node) || isScalar(node) ? (node.range ?? undefined) : undefined
}

/** The documents of a file that may be anybody's; none where it is no YAML. */
export function readYaml(text: string): unknown[] {
  const documents = parseAllDocuments(text, dialect)
  if (!Array.isArray(documents) || documents.some(({ errors }) => errors.length > 0)) return []
  return documents.map((document): unknown => document.toJS())
}

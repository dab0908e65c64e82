import type { ModelPath } from '../../diagnostics/path.js'

/** A document before it is text. Members that are undefined are left out. */
export type Tree =
  | string
  | number
  | boolean
  | undefined
  | readonly Tree[]
  | { readonly [key: string]: Tree }
  | Marked

const mark = Symbol('mark')

/** A part of a document with what is known of it. */
interface Marked extends Marks {
  readonly [mark]: true
  readonly value: Tree
}

/** What is known of a part of a document. */
export interface Marks {
  /** The parts of the model that it comes from. */
  readonly from?: readonly ModelPath[]
  /** Whether that is true of its first line only, and not of all within. */
  readonly isHead?: boolean
  /** Why it is there, for whoever reads the printed file. */
  readonly comment?: string
  /** Text that must be seen to be text, whatever it looks like. */
  readonly isQuoted?: boolean
}

/** Where something stands in a document: its keys and indexes from the outside in. */
export type At = readonly (string | number)[]

/** A plain document, and what is known of its parts. */
export interface Settled {
  readonly plain: unknown
  readonly marks: readonly (Marks & { readonly at: At })[]
}

/** A value that comes from these parts of the model. */
export function said(value: Tree, ...from: readonly ModelPath[]): Tree {
  return { [mark]: true, value, from }
}

/** A value that is there because of these parts of the model, which say nothing of what is in it. */
export function headed(value: Tree, ...from: readonly ModelPath[]): Tree {
  return { [mark]: true, value, from, isHead: true }
}

/** A value with a comment above it. */
export function noted(comment: string, value: Tree): Tree {
  return { [mark]: true, value, comment }
}

/** Text in quotes, whatever it holds. */
export function quoted(value: string): Tree {
  return { [mark]: true, value, isQuoted: true }
}

/** Takes a document apart: the plain values, and what is known of them. */
export function settle(tree: Tree, at: At = []): Settled {
  if (isMarked(tree)) {
    const { value, from, comment, isQuoted, isHead } = tree
    const { plain, marks } = settle(value, at)
    const own = { ...(from && { from }), ...(isHead && { isHead }), ...(comment && { comment }) }
    return { plain, marks: [{ ...own, ...(isQuoted && { isQuoted }), at }, ...marks] }
  }
  if (typeof tree !== 'object') return { plain: tree, marks: [] }
  if (Array.isArray(tree)) {
    const items = tree.filter((item) => !isAbsent(item)).map((item, index) => settle(item, [...at, index]))
    return { plain: items.map(({ plain }) => plain), marks: items.flatMap(({ marks }) => marks) }
  }
  const members = Object.entries(tree)
    .filter(([, value]) => !isAbsent(value))
    .map(([key, value]) => [key, settle(value, [...at, key])] as const)
  return {
    plain: Object.fromEntries(members.map(([key, { plain }]) => [key, plain])),
    marks: members.flatMap(([, { marks }]) => marks),
  }
}

function isAbsent(tree: Tree): boolean {
  return isMarked(tree) ? isAbsent(tree.value) : tree === undefined
}

function isMarked(tree: Tree): tree is Marked {
  return typeof tree === 'object' && mark in tree
}

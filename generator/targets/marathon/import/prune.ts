import { type Diagnostic, isError } from '../../../diagnostics/diagnostic.js'
import { type ModelPath, showPath } from '../../../diagnostics/path.js'
import { isObject } from './app-file.js'
import type { Draft, TryModel } from './draft.js'

/** Takes out of a draft what the schema refuses; each part with its reason. */
export function dropRefused(
  draft: Draft,
  tryModel: TryModel,
): {
  readonly draft: Draft
  readonly findings: readonly Diagnostic[]
} {
  const findings: Diagnostic[] = []
  let current = draft
  for (;;) {
    const { model, diagnostics } = tryModel(current)
    const [first] = model === undefined ? diagnostics : []
    if (first?.path === undefined) return { draft: current, findings }
    const path = findWritten(current, first.path)
    findings.push({
      code: 'W_IMPORT_LOST',
      message: `${showPath(first.path)} of the model cannot be ${shorten(readAt(current, path))}: ${first.message}`,
      hint: 'it is left out',
    })
    current = without(current, path)
  }
}

/** Takes out whatever the printed app does not need: what is left is what a person would have written. */
export function prune(draft: Draft, tryModel: TryModel): Draft {
  const print = (tried: Draft) => printTrial(tried, tryModel)
  const wanted = print(draft)
  const paths = listPaths(draft).sort((a, b) => a.length - b.length)
  return paths.reduce((left, path) => {
    if (readAt(left, path) === undefined) return left
    const less = without(left, path)
    return print(less) === wanted ? less : left
  }, draft)
}

// What is printed, and what the compiler has against the model.
function printTrial(draft: Draft, tryModel: TryModel): string | undefined {
  const { model, files, diagnostics } = tryModel(draft)
  if (model === undefined) return undefined
  const faults = diagnostics.filter(isError)
  return `${Object.values(files).join('')}${faults.map(({ code }) => code).join(' ')}`
}

// Objects as a whole come before their members, since they are shorter.
function listPaths(value: unknown, base: ModelPath = []): ModelPath[] {
  if (!isObject(value)) return []
  return Object.keys(value).flatMap((key) => [[...base, key], ...listPaths(value[key], [...base, key])])
}

function readAt(value: unknown, path: ModelPath): unknown {
  return path.reduce<unknown>(
    (around, key) => (typeof around === 'object' && around !== null ? Reflect.get(around, key) : undefined),
    value,
  )
}

// What is missing is refused at a path that nobody wrote: then it is what lies around it.
function findWritten(draft: Draft, path: ModelPath): ModelPath {
  const isItem = path.findIndex((_key, index) => Array.isArray(readAt(draft, path.slice(0, index))))
  const whole = isItem < 0 ? path : path.slice(0, isItem)
  return readAt(draft, whole) === undefined && whole.length > 1
    ? findWritten(draft, whole.slice(0, -1))
    : whole
}

function without(value: Draft, [first = '', ...rest]: ModelPath): Draft {
  const entries = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    if (key !== String(first)) return [[key, member]]
    if (rest.length === 0 || !isObject(member)) return []
    const less = without(member, rest)
    return Object.keys(less).length === 0 ? [] : [[key, less]]
  })
  return Object.fromEntries(entries)
}

function shorten(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing'
  return text.length > 60 ? `${text.slice(0, 60)}…` : text
}

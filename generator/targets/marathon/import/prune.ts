import { type Diagnostic, isError } from '../../../diagnostics/diagnostic.js'
import { showValue } from '../../../diagnostics/mask.js'
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
    const less = without(current, path)
    findings.push({
      code: 'W_IMPORT_LOST',
      message: `${showPath(first.path)} of the model cannot be ${showValue(readAt(current, path), path)}: ${first.message.replace(/, got .*$/s, '')}`,
      hint: 'it is left out',
    })
    // What nobody can take out would be refused for ever.
    if (JSON.stringify(less) === JSON.stringify(current)) return { draft: {}, findings }
    current = less
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

// What is missing is refused at a path that nobody wrote: then it is what lies around it. Of a list only the item goes.
function findWritten(draft: Draft, path: ModelPath): ModelPath {
  return readAt(draft, path) === undefined && path.length > 1 ? findWritten(draft, path.slice(0, -1)) : path
}

function without(value: Draft, path: ModelPath): Draft {
  return (withoutPart(value, path) ?? {}) as Draft
}

// Undefined where nothing is left.
function withoutPart(value: unknown, [first = '', ...rest]: ModelPath): unknown {
  if (Array.isArray(value)) {
    const items = value.flatMap((item: unknown, index): unknown[] => {
      if (index !== Number(first)) return [item]
      const less = rest.length === 0 ? undefined : withoutPart(item, rest)
      return less === undefined ? [] : [less]
    })
    return items.length === 0 ? undefined : items
  }
  if (!isObject(value)) return value
  const entries = Object.entries(value).flatMap(([key, member]): [string, unknown][] => {
    if (key !== String(first)) return [[key, member]]
    const less = rest.length === 0 ? undefined : withoutPart(member, rest)
    return less === undefined ? [] : [[key, less]]
  })
  return entries.length === 0 ? undefined : Object.fromEntries(entries)
}

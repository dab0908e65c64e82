import { type Node, type ParseError, parseTree, printParseErrorCode } from 'jsonc-parser'
import type { Diagnostic, Place } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'
import { createPositions } from '../diagnostics/position.js'
import { createFailure, type Loaded, type ModelFile } from './loaded.js'

/**
 * Reads a model from JSON as RFC 8259 defines it, without comments or trailing commas; a name given twice,
 * which the RFC leaves open, is an error. A `$schema` at the top is for editors and is dropped. `what` it is that the
 * file should hold is for messages.
 */
export function loadJson(file: ModelFile, what = 'model'): Loaded {
  const placeAt = createPositions(file.shown, file.text)
  const errors: ParseError[] = []
  try {
    const tree = parseTree(file.text, errors, { disallowComments: true, allowTrailingComma: false })
    if (errors.length > 0) return createFailure(describeSyntax(errors, file.text, placeAt))
    const value: unknown = JSON.parse(file.text)
    if (tree?.type !== 'object' || typeof value !== 'object' || value === null) {
      const message = `the ${what} in ${file.shown} is not an object but ${tree?.type ?? 'nothing'}`
      const place = placeAt(tree?.offset ?? 0)
      const hint =
        tree?.type === 'array' ? `take the one ${what} out of the list` : `write { … } around the ${what}`
      return createFailure([{ code: 'E_CONFIG_NOT_OBJECT', message, place, hint }])
    }
    const doubles = findDoubles(tree, [], placeAt)
    if (doubles.length > 0) return createFailure(doubles)
    const { $schema: _, ...model } = value as Record<string, unknown>
    const placeOf = (path: ModelPath) => findPlace(tree, path, placeAt)
    return { value: model, diagnostics: [], placeOf, docs: {} }
  } catch (error) {
    // The parser recurses: nesting beyond any sense ends its stack. JSON.parse is the last word on syntax.
    const message =
      error instanceof RangeError ? 'the JSON is nested too deeply' : `not JSON: ${describeError(error)}`
    return createFailure([{ code: 'E_SYNTAX', message, place: placeAt(0) }])
  }
}

type PlaceAt = (offset: number) => Place

/** A key's place is the key, an item's place the item; what is not written has the place of its parent. */
function findPlace(root: Node, path: ModelPath, placeAt: PlaceAt): Place {
  let node = root
  let { offset } = root
  for (const key of path) {
    const step = findChild(node, key)
    if (step === undefined)
      return placeAt(node.type === 'object' || node.type === 'array' ? node.offset : offset)
    offset = step.offset
    if (step.value === undefined) break
    node = step.value
  }
  return placeAt(offset)
}

function findChild(
  node: Node,
  key: string | number,
): { offset: number; value: Node | undefined } | undefined {
  if (node.type === 'array') {
    const item = node.children?.[Number(key)]
    return item && { offset: item.offset, value: item }
  }
  const member = node.children?.find(({ children }) => children?.[0]?.value === String(key))
  return member && { offset: member.offset, value: member.children?.[1] }
}

function findDoubles(node: Node, path: ModelPath, placeAt: PlaceAt): Diagnostic[] {
  const seen = new Map<string, Place>()
  return (node.children ?? []).flatMap((child, index): Diagnostic[] => {
    if (node.type === 'array') return findDoubles(child, [...path, index], placeAt)
    const [name, value] = child.children ?? []
    const key = String(name?.value)
    const place = placeAt(child.offset)
    const first = seen.get(key)
    const below = value === undefined ? [] : findDoubles(value, [...path, key], placeAt)
    if (first === undefined) {
      seen.set(key, place)
      return below
    }
    const message = `${JSON.stringify(key)} is given twice, first in line ${first.line}`
    const hint = 'keep one of the two'
    return [{ code: 'E_CONFIG_DUPLICATE_KEY', message, path: [...path, key], place, hint }, ...below]
  })
}

const sentences: Readonly<Record<string, string>> = {
  InvalidSymbol: 'this is not a JSON value: put names and texts in double quotes',
  InvalidNumberFormat: 'this is not a JSON number',
  PropertyNameExpected: 'a name in double quotes is expected here',
  ValueExpected: 'a value is expected here',
  ColonExpected: 'a colon is expected here',
  CommaExpected: 'a comma is expected here',
  CloseBraceExpected: 'a closing } is expected here',
  CloseBracketExpected: 'a closing ] is expected here',
  EndOfFileExpected: 'the object ends before this: nothing may follow',
  InvalidCommentToken: 'JSON has no comments; a .ts configuration has',
  UnexpectedEndOfComment: 'this comment does not end; JSON has no comments',
  UnexpectedEndOfString: 'this text does not end in its line',
  UnexpectedEndOfNumber: 'this number does not end',
  InvalidUnicode: 'a \\u is followed by four hexadecimal digits',
  InvalidEscapeCharacter: 'JSON knows no such escape after a backslash',
  InvalidCharacter: 'control characters are written as escapes in JSON texts',
}

/** The first error of each line: what follows it there is mostly its consequence. */
function describeSyntax(errors: readonly ParseError[], text: string, placeAt: PlaceAt): Diagnostic[] {
  const lines = new Map<number, Diagnostic>()
  for (const { error, offset } of errors) {
    const place = placeAt(offset)
    const isTrailing = /^[}\]]/.test(text.slice(offset)) && text.slice(0, offset).trimEnd().endsWith(',')
    const known = sentences[printParseErrorCode(error)] ?? 'this is not JSON'
    const message = isTrailing ? 'JSON allows no comma before a closing bracket' : known
    if (!lines.has(place.line)) lines.set(place.line, { code: 'E_SYNTAX', message, place })
  }
  return [...lines.values()]
}

function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

import type { z } from 'zod'
import { showValue } from '../diagnostics/mask.js'
import { type ModelPath, showPath } from '../diagnostics/path.js'

type Issue = z.core.$ZodIssue

/** Said by a schema that has words of its own; '' where it has none, and `wordsOf` finds them. */
export const noWords = (): string => ''

/** What was expected, in words of ours, whichever kind of issue it is: zod's own never reach a person. */
export function expectedBy(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return nameType(issue.expected)
    case 'invalid_value':
      return listWords(issue.values.map(showWord))
    case 'too_big':
      return `${amount(issue.origin)}at most ${bound(issue.maximum, issue.inclusive)}${unit(issue.origin)}`
    case 'too_small':
      return `${amount(issue.origin)}at least ${bound(issue.minimum, issue.inclusive)}${unit(issue.origin)}`
    case 'invalid_format':
      return issue.pattern === undefined
        ? `text of the form ${issue.format}`
        : `text that matches ${issue.pattern}`
    case 'not_multiple_of':
      return `a multiple of ${issue.divisor}`
    case 'invalid_union': {
      const options = 'options' in issue ? issue.options : undefined
      if (Array.isArray(options) && options.length > 0) return listWords(options.map(showWord))
      const all = [...new Set(issue.errors.flatMap(listExpected))]
      return all.length === 0 ? 'another value' : joinKinds(all)
    }
    case 'unrecognized_keys':
      return `no ${issue.keys.join(', ')}`
    case 'invalid_key':
      return 'another name'
    case 'invalid_element':
      return 'other items'
    default:
      return 'another value'
  }
}

/** The words among which a value had to be; none where it was no choice. */
export function choicesOf(issue: Issue): string[] {
  switch (issue.code) {
    case 'invalid_value':
      return issue.values.filter((value) => typeof value === 'string')
    case 'invalid_union': {
      const options = 'options' in issue ? issue.options : undefined
      if (Array.isArray(options)) return options.filter((value) => typeof value === 'string')
      return issue.errors.flatMap((issues) =>
        issues.filter(({ path }) => path.length === 0).flatMap(choicesOf),
      )
    }
    // A choice of the contract says its words itself.
    default:
      return /^must be one of (.*)$/.exec(issue.message)?.[1]?.split(', ') ?? []
  }
}

/** What was found instead: a value that fits into a line as it is, what is larger by its kind. */
export function showGot(input: unknown, path: ModelPath): string {
  if (input === undefined) return 'nothing'
  if (Array.isArray(input)) return input.length === 0 ? 'an empty list' : 'a list'
  if (typeof input === 'object' && input !== null) {
    const name = Object.getPrototypeOf(input)?.constructor?.name
    if (typeof Reflect.get(input, 'then') === 'function') return 'a promise'
    return name === undefined || name === 'Object' ? 'an object' : `an object (${name})`
  }
  return showValue(input, path)
}

function listExpected(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue): string[] => {
    if (issue.code === 'invalid_union' && issue.errors.length > 0) return issue.errors.flatMap(listExpected)
    const words = issue.message === '' ? expectedBy(issue) : issue.message.replace(/^(expected|must be) /, '')
    const at = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))
    return [at.length > 0 ? `${showPath(at)}: ${words}` : words]
  })
}

// Words and numbers are listed as one choice, other kinds behind them.
function joinKinds(all: readonly string[]): string {
  const isWord = (text: string) => /^("[^"]*"|-?\d+|true|false|null)$/.test(text)
  const words = all.filter(isWord)
  return [...(words.length === 0 ? [] : [listWords(words)]), ...all.filter((text) => !isWord(text))].join(
    ', or ',
  )
}

function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? 'nothing'
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} or ${last}`
}

function showWord(value: unknown): string {
  return typeof value === 'string' ? JSON.stringify(value) : String(value)
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'text in quotes',
  number: 'a number',
  int: 'a whole number',
  bigint: 'a whole number',
  boolean: 'true or false',
  object: 'an object { … }',
  record: 'an object { … }',
  array: 'a list [ … ]',
  tuple: 'a list [ … ]',
  null: 'null',
  undefined: 'nothing',
  never: 'nothing',
}

function nameType(type: string): string {
  return typeNames[type] ?? `a value of type ${type}`
}

function amount(origin: string): string {
  const kinds: Readonly<Record<string, string>> = {
    string: 'text of ',
    array: 'a list of ',
    set: 'a list of ',
  }
  return kinds[origin] ?? 'a number, '
}

function unit(origin: string): string {
  const units: Readonly<Record<string, string>> = { string: ' characters', array: ' items', set: ' items' }
  return units[origin] ?? ''
}

function bound(limit: unknown, isInclusive: boolean | undefined): string {
  return isInclusive === false ? `${limit} (not itself)` : String(limit)
}

import type { z } from 'zod'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type ModelPath, showPath } from '../diagnostics/path.js'
import { hasConfigUrl, writesAccess } from '../model/replica.js'
import { taskSchema } from '../model/task.js'
import { similarTo } from '../similar.js'
import { targets } from '../targets/all.js'
import { choicesOf, expectedBy, noWords, showGot } from './issue-words.js'
import { type Model, modelSchema } from './model.js'
import { keysAt } from './schema-walk.js'

/** The parsed model, or the findings that keep it from being one. */
export type Parsed =
  | { readonly ok: true; readonly model: Model }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** Parses a raw model by the schema; each issue becomes a diagnostic at its path, in words of ours. */
export function parseModel(value: unknown): Parsed {
  const result = modelSchema.safeParse(value, { error: noWords })
  if (result.success) return { ok: true, model: settleConfiguration(result.data, value) }
  return { ok: false, diagnostics: result.error.issues.flatMap((issue) => toDiagnostics(issue, { value })) }
}

// Access rules that are written are meant, also if they are those that a model has by default.
function settleConfiguration(model: Model, value: unknown): Model {
  if (model.run.configuration !== undefined || Object(value).access === undefined) return model
  return hasConfigUrl(model) && !writesAccess(model)
    ? { ...model, run: { ...model.run, configuration: 'published' } }
    : model
}

type Issue = z.core.$ZodIssue

interface Around {
  /** The whole raw model. */
  readonly value: unknown
  readonly base?: ModelPath
}

function toDiagnostics(issue: Issue, { value, base = [] }: Around): Diagnostic[] {
  const path = [...base, ...keysOf(issue)]
  switch (issue.code) {
    // An unknown key is found at the key itself.
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        code: 'E_MODEL_KEY',
        path: [...path, key],
        message: `there is no ${key} in ${showPath(path) || 'a model'}`,
        ...hintFor(path, key),
      }))
    case 'invalid_key': {
      const reasons = issue.issues.map((inner) => inner.message || `expected ${expectedBy(inner)}`)
      return [{ code: 'E_MODEL', path, message: reasons.join('; ') }]
    }
    case 'invalid_union': {
      const meant = issue.errors.filter((issues) => !issues.some(isOfOtherKind))
      const [only] = meant
      if (only !== undefined && meant.length === 1)
        return only.flatMap((inner) => toDiagnostics(inner, { value, base: path }))
      return [describe(issue, path, value)]
    }
    default:
      return [describe(issue, path, value)]
  }
}

// What the schema says itself says it best; what was found stands behind it either way.
function describe(issue: Issue, path: ModelPath, value: unknown): Diagnostic {
  const input = readAt(value, path)
  const words = issue.message === '' ? `expected ${expectedBy(issue)}` : issue.message
  const isMissing = input === undefined && path.length > 0 && issue.code !== 'custom'
  const got = showGot(input, path)
  const message = isMissing
    ? `is missing: ${issue.message === '' ? words : `it ${words}`}`
    : got === 'an object' && issue.code === 'custom'
      ? words
      : `${words}, got ${got}`
  const like = typeof input === 'string' ? similarTo(input, choicesOf(issue)) : undefined
  return {
    code: 'E_MODEL',
    path,
    message,
    ...(like !== undefined && { hint: `did you mean ${JSON.stringify(like)}?` }),
  }
}

function readAt(value: unknown, path: ModelPath): unknown {
  return path.reduce<unknown>(
    (around, key) => (typeof around === 'object' && around !== null ? Reflect.get(around, key) : undefined),
    value,
  )
}

/** The key that a key which no model has was meant for: of the same object, but misspelt. */
export function meantKey(path: ModelPath, key: string): string | undefined {
  return similarTo(key, keysAt(path))
}

// A key of the same object by a like name, else the same name elsewhere.
function hintFor(path: ModelPath, key: string): { readonly hint?: string } {
  const [first, target] = path
  if (path.length === 0 && key === 'app') {
    return { hint: "what every supervisor gives is task; what is Marathon's alone is targets.marathon" }
  }
  if (first === 'targets' && target !== undefined && key in taskSchema.unwrap().shape) {
    return { hint: `it is task.${key}` }
  }
  const owner =
    first === 'task' ? Object.entries(targets).find(([, { schema }]) => key in schema.shape) : undefined
  if (owner !== undefined) return { hint: `it is targets.${owner[0]}.${key}` }
  const like = meantKey(path, key)
  if (like !== undefined) return { hint: `did you mean ${like}?` }
  const elsewhere = sections.filter(
    (section) => section !== showPath(path) && keysAt(section.split('.')).includes(key),
  )
  if (elsewhere.length > 0)
    return { hint: `it is ${elsewhere.map((section) => `${section}.${key}`).join(', or ')}` }
  const known = keysAt(path)
  return known.length === 0 ? {} : { hint: `there are ${known.join(', ')}` }
}

// Where a key may have strayed from.
const sections = [
  ...[
    'master',
    'master.tls',
    'master.tcp',
    'run',
    'run.receiver',
    'clone',
    'rewind',
    'restore',
    'ready',
    'shutdown',
  ],
  ...[
    'postgresql',
    'task',
    'task.health',
    'task.readiness',
    'targets',
    ...Object.keys(targets).map((name) => `targets.${name}`),
  ],
]

// A symbol is no key of a model that was written.
function keysOf({ path }: Issue): ModelPath {
  return path.map((key) => (typeof key === 'symbol' ? String(key) : key))
}

// A branch that refuses the value as a whole, so it is not the one that was meant.
function isOfOtherKind(issue: Issue): boolean {
  if (issue.path.length > 0) return false
  if (issue.code === 'invalid_union') return issue.errors.every((issues) => issues.some(isOfOtherKind))
  return issue.code === 'invalid_type' || issue.code === 'invalid_value'
}

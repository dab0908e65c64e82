import type { z } from 'zod'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type ModelPath, showPath } from '../diagnostics/path.js'
import { hasConfigUrl, writesAccess } from '../model/replica.js'
import { taskSchema } from '../model/task.js'
import { targets } from '../targets/all.js'
import { type Model, modelSchema } from './model.js'

/** The parsed model, or the findings that keep it from being one. */
export type Parsed =
  | { readonly ok: true; readonly model: Model }
  | { readonly ok: false; readonly diagnostics: readonly Diagnostic[] }

/** Parses a raw model by the schema; each issue of zod becomes a diagnostic at its path. */
export function parseModel(value: unknown): Parsed {
  const result = modelSchema.safeParse(value)
  if (result.success) return { ok: true, model: settleConfiguration(result.data, value) }
  return { ok: false, diagnostics: result.error.issues.flatMap((issue) => toDiagnostics(issue)) }
}

// Access rules that are written are meant, also if they are those that a model has by default.
function settleConfiguration(model: Model, value: unknown): Model {
  if (model.run.configuration !== undefined || Object(value).access === undefined) return model
  return hasConfigUrl(model) && !writesAccess(model)
    ? { ...model, run: { ...model.run, configuration: 'published' } }
    : model
}

type Issue = z.core.$ZodIssue

function toDiagnostics(issue: Issue, base: ModelPath = []): Diagnostic[] {
  const path = [...base, ...keysOf(issue)]
  const report = (message: string): Diagnostic[] => [{ code: 'E_MODEL', path, message }]
  switch (issue.code) {
    // An unknown key is found at the key itself.
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        code: 'E_MODEL_KEY',
        path: [...path, key],
        message: `there is no ${key} in ${showPath(path) || 'a model'}`,
        ...hintFor(path, key),
      }))
    case 'invalid_key':
      return report(issue.issues.map(({ message }) => message).join('; '))
    case 'invalid_union': {
      const meant = issue.errors.filter((issues) => !issues.some(isOfOtherKind))
      const [only] = meant
      if (only !== undefined && meant.length === 1) return only.flatMap((inner) => toDiagnostics(inner, path))
      const expected = [...new Set(issue.errors.flatMap(listExpected))]
      return report(expected.length === 0 ? issue.message : `expected ${expected.join(' or ')}`)
    }
    case 'invalid_type':
      return report(
        /received undefined$/.test(issue.message) ? `is missing: expected ${issue.expected}` : issue.message,
      )
    default:
      return report(issue.message)
  }
}

// Two neighbours of a key have much the same names; which of them has it is not for the reader to guess.
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
  return owner === undefined ? {} : { hint: `it is targets.${owner[0]}.${key}` }
}

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

function listExpected(issues: readonly Issue[]): string[] {
  return issues.flatMap((issue): string[] => {
    switch (issue.code) {
      case 'invalid_union':
        return issue.errors.flatMap(listExpected)
      case 'invalid_type':
        return [issue.path.length > 0 ? `${showPath(keysOf(issue))}: ${issue.expected}` : issue.expected]
      case 'invalid_value':
        return issue.values.map((value) => JSON.stringify(value))
      default:
        return [issue.message]
    }
  })
}

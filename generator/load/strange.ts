import type { Diagnostic } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'

/** A finding for each of the `strange` objects below a value: such as a Map, whose contents are no members of it. */
export function findStrange(value: unknown, strange: ReadonlySet<unknown>): Diagnostic[] {
  if (strange.size === 0) return []
  const seen = new Set<unknown>()
  const visit = (part: unknown, path: ModelPath): Diagnostic[] => {
    if (typeof part !== 'object' || part === null || seen.has(part)) return []
    seen.add(part)
    if (strange.has(part)) return [describe(part, path)]
    const isList = Array.isArray(part)
    return Object.entries(part).flatMap(([key, member]) =>
      visit(member, [...path, isList ? Number(key) : key]),
    )
  }
  return visit(value, [])
}

function describe(part: object, path: ModelPath): Diagnostic {
  const message = `is a ${part.constructor.name}, and a model holds plain objects, lists, texts, numbers and booleans`
  const hint = 'write an object literal, or turn it into one: Object.fromEntries(map), [...set], String(url)'
  return { code: 'E_MODEL', message, path, hint }
}

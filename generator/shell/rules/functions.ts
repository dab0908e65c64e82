import { isBuiltin } from '../builtins.js'
import { foreignUtilities, utilities } from '../utilities.js'
import type { Finding, Rule } from './rule.js'

/** A function is defined once, and hides neither a built-in nor a utility: a reader must be able to trust `rm`. */
export const requireOwnFunctions: Rule = (shell) => {
  const seen = new Map<string, number>()
  return shell.all('Function').flatMap(({ node }): Finding[] => {
    const name = node.name.value
    const place = shell.place(node)
    const first = seen.get(name)
    seen.set(name, first ?? place.line)
    const message =
      first !== undefined
        ? `${name} is defined a second time; the first is in line ${first}`
        : isBuiltin(name) || utilities.has(name) || foreignUtilities.has(name)
          ? `${name} hides the ${isBuiltin(name) ? 'built-in' : 'utility'} of that name`
          : undefined
    if (message === undefined) return []
    return [{ code: 'E_SHELL_FUNCTION', message, ...place, hint: 'give it another name' }]
  })
}

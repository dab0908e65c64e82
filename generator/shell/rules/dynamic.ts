import type { Finding, Rule } from './rule.js'

/**
 * What is run and which variable is meant can be read off the text (the analysable subset): a command
 * word is literal, `"$dir"/name`, or `"$@"` in a wrapper; a variable named in plain words is named literally.
 */
export const requireReadableNames: Rule = (_shell, { functions }) =>
  functions.flatMap(({ dynamic }) =>
    dynamic.flatMap(({ kind, name, line, column }): Finding[] => {
      if (kind === 'failure') return []
      const message =
        kind === 'command'
          ? `what ${name} runs cannot be read`
          : `which variable ${name} means cannot be read`
      const hint =
        kind === 'command' ? 'use case with literal commands, "$dir"/name, or a wrapper' : 'write its name'
      return [{ code: 'E_SHELL_DYNAMIC', message, line, column, hint }]
    }),
  )

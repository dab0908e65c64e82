import type { Finding, Rule } from './rule.js'

/** No Handlebars mark is left in printed shell. `}}` is one only where it does not close two expansions. */
export const forbidTemplateMarks: Rule = (shell) => {
  const closings = new Set(shell.all('ParameterExpansion').map(({ node }) => shell.span(node).end))
  return [...shell.text.matchAll(/\{\{|\}\}/g)].flatMap(({ index, 0: mark }): Finding[] =>
    mark === '}}' && (closings.has(index + 1) || closings.has(index + 2))
      ? []
      : [
          {
            code: 'E_SHELL_TEMPLATE',
            message: `${mark} of a template is left in the script`,
            hint: 'put a blank between the braces, or give the template its value',
            ...shell.position(index),
          },
        ],
  )
}

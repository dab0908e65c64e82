import { specialBuiltins } from '../builtins.js'
import { literalOf } from '../words.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/**
 * A file that cannot be opened for a special built-in ends the whole script, whatever `||` stands behind it (POSIX
 * XCU 2.8.1): on a full disk `: >"$x" || return 1` never returns. So files are opened by other commands; only `exec`
 * has to be the one that opens what the script keeps open.
 */
export const requireOpenableFiles: Rule = (shell) =>
  shell.all('Command').flatMap(({ node }): Finding[] => {
    const name = node.name && literalOf(node.name)
    if (name === undefined || name === 'exec' || !specialBuiltins.has(name)) return []
    const files = node.redirects.filter(
      (redirect) =>
        redirect.type === 'Redirect' &&
        !redirect.operator.endsWith('&') &&
        literalOf(redirect.target) !== '/dev/null',
    )
    if (files.length === 0) return []
    const message = `a file that cannot be opened for ${name} ends the script, whatever || stands behind it`
    const hint = name === ':' ? "write printf '' for :" : `open it for another command than ${name}`
    return [findingAt(shell, node, { code: 'E_SHELL_REDIRECTION', message, hint })]
  })

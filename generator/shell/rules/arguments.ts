import { type Argument, setArguments } from '../commands.js'
import type { FunctionNode, Shell, SyntaxNode } from '../parse.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/**
 * `"$@"` without arguments is no word at all (POSIX XCU 2.5.2), but posh takes it for an unset variable, at which
 * `set -u` ends the script. So a function that uses it is not called without any, unless it looks at `$#` or sets
 * its own, and none are left by `set --`.
 */
export const requireArguments: Rule = (shell, { runs }) => {
  const functions = shell.all('Function').map(({ node }) => node)
  const bodies = [shell.root, ...functions].map((body) => ({ body, own: ownNodes(shell, body) }))
  const users = bodies.filter(({ own }) => own.some(isAllOfThem))
  const emptied = users.flatMap(({ own }) => own.filter((node) => argumentsSet(node)?.length === 0))
  const eager = new Set(
    users
      .filter(({ own }) => !own.some((node) => isCount(node) || argumentsSet(node)?.length))
      .flatMap(({ body }) => (isFunction(body) ? [body.name.value] : [])),
  )
  const idle = runs.filter(
    ({ kind, name, args }) => kind === 'function' && args.length === 0 && eager.has(name),
  )
  return [
    ...emptied.map((node) => finding(shell, node, 'set -- leaves no arguments for "$@"')),
    ...idle.map(({ name, word }) =>
      finding(shell, word, `${name} uses "$@" and is called without arguments`),
    ),
  ]
}

function finding(shell: Shell, node: SyntaxNode, message: string): Finding {
  const hint = 'write ${1+"$@"} for "$@", or give it a first word'
  return findingAt(shell, node, { code: 'E_SHELL_ARGUMENTS', message, hint })
}

function argumentsSet(node: SyntaxNode): readonly Argument[] | undefined {
  return node.type === 'Command' ? setArguments(node) : undefined
}

// All nodes of a body but those of functions in it, and but what `${1+…}` guards.
function ownNodes(shell: Shell, body: SyntaxNode): SyntaxNode[] {
  return shell.children(body).flatMap((child): SyntaxNode[] => {
    if (isFunction(child) || (child.type === 'ParameterExpansion' && /^\$\{1:?\+/.test(child.text))) return []
    return [child, ...ownNodes(shell, child)]
  })
}

function isFunction(node: SyntaxNode): node is FunctionNode {
  return node.type === 'Function'
}

function isAllOfThem(node: SyntaxNode): boolean {
  return isParameter(node, '@') || isParameter(node, '*')
}

function isCount(node: SyntaxNode): boolean {
  return isParameter(node, '#')
}

function isParameter(node: SyntaxNode, name: string): boolean {
  if (node.type === 'SimpleExpansion') return node.text === `$${name}`
  return node.type === 'ParameterExpansion' && node.text === `\${${name}}`
}

import { guardsAfter, guardsWhen, joinGuards } from './guards.js'
import type { FunctionNode, Shell, Statement, SyntaxNode } from './parse.js'
import { provenBy } from './variables.js'
import { literalOf } from './words.js'

/** What is known where a node stands. */
export interface Scope {
  /** `curl`: `have curl` was true; `!curl`: it was false; `=curl`: a `case` chose this word. Sorted. */
  readonly guards: readonly string[]
  /** Runs later, when a signal comes. */
  readonly inTrap: boolean
  /** Names that an enclosing `${X+…}` proves to be set. */
  readonly proven: readonly string[]
}

/**
 * Visits all nodes that one function (or the top level) runs by itself, parents first, each with what is known
 * there; functions defined within are left out and returned.
 */
export function walkScoped(
  shell: Shell,
  body: SyntaxNode,
  onNode: (node: SyntaxNode, parent: SyntaxNode | undefined, scope: Scope) => void,
): FunctionNode[] {
  const functions: FunctionNode[] = []

  const visitList = (statements: readonly Statement[], parent: SyntaxNode, scope: Scope): void => {
    let here = scope
    for (const statement of statements) {
      visit(statement, parent, here)
      here = withGuards(here, guardsAfter(statement))
    }
  }

  const visit = (node: SyntaxNode, parent: SyntaxNode | undefined, scope: Scope): void => {
    if (node.type === 'Function') {
      functions.push(node)
      return
    }
    onNode(node, parent, scope)
    switch (node.type) {
      case 'Script':
        visitList(node.commands, node, parent?.type === 'Command' ? { ...scope, inTrap: true } : scope)
        return
      case 'CompoundList':
        visitList(node.commands, node, scope)
        return
      case 'If': {
        let here = scope
        for (const { clause, then } of [node, ...node.elif]) {
          visit(clause, node, here)
          visit(then, node, withGuards(here, guardsWhen(clause, true)))
          here = withGuards(here, guardsWhen(clause, false))
        }
        if (node.else) visit(node.else, node, here)
        return
      }
      case 'While':
        visit(node.clause, node, scope)
        visit(node.body, node, withGuards(scope, guardsWhen(node.clause, node.kind === 'while')))
        return
      case 'AndOr': {
        // Behind `a && b` all before are true, behind `a || b` all are false; behind a mixture, who knows.
        let here = scope
        let mixed = false
        for (const [index, command] of node.commands.entries()) {
          const operator = node.operators[index]
          visit(command, node, here)
          mixed ||= operator !== node.operators[0]
          here = mixed ? scope : withGuards(here, guardsWhen(command, operator === '&&'))
        }
        return
      }
      case 'CaseItem': {
        const chosen = node.pattern.length === 1 ? literalOf(node.pattern[0]) : undefined
        for (const word of node.pattern) visit(word, node, scope)
        visit(node.body, node, chosen === undefined ? scope : withGuards(scope, [`=${chosen}`]))
        return
      }
      case 'ParameterExpansion': {
        const name = provenBy(node)
        const inner = name === undefined ? scope : { ...scope, proven: [...scope.proven, name] }
        for (const child of shell.children(node)) visit(child, node, inner)
        return
      }
      default:
        for (const child of shell.children(node)) visit(child, node, scope)
        return
    }
  }
  visit(body, undefined, { guards: [], inTrap: false, proven: [] })
  return functions
}

function withGuards(scope: Scope, guards: readonly string[]): Scope {
  return guards.length === 0 ? scope : { ...scope, guards: joinGuards(scope.guards, guards) }
}

import { type Functions, type Run, runsOf } from './commands.js'
import type { Command, FunctionNode, Script, Shell, SyntaxNode } from './parse.js'
import { provenBy, usesOf } from './variables.js'
import { literalOf, variableOf } from './words.js'

/**
 * What a piece of shell does to variables, and by which ways it ends: the tree without its words. Plain data.
 * Each ends true or false; where nothing is said, nobody knows which.
 */
export type Flow =
  /** A read that an unset variable makes fatal (`set -u`). Lines count from 0 at the begin of the owner. */
  | { readonly kind: 'read'; readonly name: string; readonly line: number; readonly column: number }
  | { readonly kind: 'set' | 'unset'; readonly name: string }
  /** A function of the script. */
  | { readonly kind: 'call'; readonly name: string }
  | { readonly kind: 'sequence'; readonly parts: readonly Flow[] }
  | { readonly kind: 'and' | 'or'; readonly left: Flow; readonly right: Flow }
  | { readonly kind: 'not'; readonly of: Flow }
  | { readonly kind: 'if'; readonly test: Flow; readonly yes: Flow; readonly no: Flow }
  /** `while`, or, when it ends as the test is true, `until`. */
  | { readonly kind: 'loop'; readonly until: boolean; readonly test: Flow; readonly body: Flow }
  /** `for`: the body runs for each word, of which there may be none unless `some`. */
  | { readonly kind: 'each'; readonly name: string; readonly some: boolean; readonly body: Flow }
  /** `case`: one of them. */
  | { readonly kind: 'choice'; readonly branches: readonly Flow[] }
  /** A subshell, another process, or what only may run: what it sets is not known here. */
  | { readonly kind: 'apart'; readonly body: Flow }
  /** `answer`: the end of a function is its status, as far as the text tells. */
  | {
      readonly kind: 'leave'
      readonly how: 'exit' | 'return' | 'break' | 'continue'
      readonly levels: number
      readonly answer?: boolean
    }
  /** Certainly true, or false. */
  | { readonly kind: 'answer'; readonly value: boolean }
  /** Ends with `value` only if that variable is set: `[ -n "${X:-}" ]`. */
  | { readonly kind: 'proof'; readonly name: string; readonly value: boolean }

/** Reads the flow off one function, or off the top level. Functions defined within do nothing by themselves. */
export function flowOf(shell: Shell, owner: FunctionNode | Script, functions: Functions): Flow {
  const firstLine = shell.place(owner).line
  return flow(owner.type === 'Function' ? owner.body : owner, undefined)

  function flow(node: SyntaxNode, parent: SyntaxNode | undefined): Flow {
    switch (node.type) {
      case 'Function':
        return nothing
      case 'Script':
        // The body of a trap runs later, and a command substitution elsewhere.
        return parent === undefined ? flowAll(node.commands, node) : apart(flowAll(node.commands, node))
      case 'CompoundList':
        return flowAll(node.commands, node)
      case 'Statement':
        return node.background ? apart(flow(node.command, node)) : flow(node.command, node)
      case 'Subshell':
        return apart(flow(node.body, node))
      case 'Pipeline': {
        const parts = node.commands.map((command) => flow(command, node))
        const negations = node.prefixes.filter((prefix) => prefix.type === 'Negation').length
        const whole = parts.length === 1 && parts[0] ? parts[0] : sequence(parts.map(apart))
        return negations % 2 === 0 ? whole : { kind: 'not', of: whole }
      }
      case 'AndOr':
        return node.commands
          .map((command) => flow(command, node))
          .reduce((left, right, index) => ({
            kind: node.operators[index - 1] === '&&' ? 'and' : 'or',
            left,
            right,
          }))
      case 'If':
        return [node, ...node.elif].reduceRight<Flow>(
          (no, { clause, then }) => ({ kind: 'if', test: flow(clause, node), yes: flow(then, node), no }),
          node.else ? flow(node.else, node) : { kind: 'answer', value: true },
        )
      case 'While':
        return {
          kind: 'loop',
          until: node.kind === 'until',
          test: flow(node.clause, node),
          body: flow(node.body, node),
        }
      case 'For':
        return sequence([
          ...(node.wordlist ?? []).map((word) => flow(word, node)),
          {
            kind: 'each',
            name: node.name.value,
            some: (node.wordlist ?? []).some((word) => literalOf(word) !== undefined),
            body: flow(node.body, node),
          },
        ])
      case 'Case': {
        const isTotal = node.items.some(({ pattern }) => pattern.some(({ text }) => text === '*'))
        const branches = node.items.map((item) => flowAll([...item.pattern, item.body], item))
        return sequence([
          flow(node.word, node),
          { kind: 'choice', branches: isTotal ? branches : [...branches, nothing] },
        ])
      }
      case 'Redirected':
        return sequence([flowAll(node.redirects, node), flow(node.command, node)])
      case 'ParameterExpansion':
        return flowExpansion(node)
      case 'Command':
        return flowCommand(node, parent)
      default:
        return flowPlain(node, parent)
    }
  }

  function flowAll(nodes: readonly SyntaxNode[], parent: SyntaxNode): Flow {
    return sequence(nodes.map((node) => flow(node, parent)))
  }

  // What the children do, then what the node itself does.
  function flowPlain(node: SyntaxNode, parent: SyntaxNode | undefined): Flow {
    const [inside, uses] = [shell.children(node), usesIn(node, parent)]
    // Most nodes are plain text.
    return inside.length + uses.length === 0 ? nothing : sequence([flowAll(inside, node), ...uses])
  }

  function usesIn(node: SyntaxNode, parent: SyntaxNode | undefined): Flow[] {
    return usesOf(node, parent).flatMap((use): Flow[] => {
      if (use.kind === 'read') return use.guarded ? [] : [readAt(use.name, use.node)]
      if (use.kind === 'unset') return [{ kind: 'unset', name: use.name }]
      return use.kind === 'set' && use.by !== 'environment' ? [{ kind: 'set', name: use.name }] : []
    })
  }

  function readAt(name: string, node: SyntaxNode): Flow {
    const { line, column } = shell.place(node)
    return { kind: 'read', name, line: line - firstLine, column }
  }

  function flowExpansion(node: Extract<SyntaxNode, { type: 'ParameterExpansion' }>): Flow {
    if (node.operation?.type !== 'Default') return flowPlain(node, undefined)
    const name = variableOf(node)
    const operand = flow(node.operation.operand, node)
    const proven = provenBy(node)
    if (proven !== undefined) return apart(sequence([{ kind: 'set', name: proven }, operand]))
    if (name === undefined || node.operation.operator.endsWith('-')) return apart(operand)
    // Behind `${X:=word}` it is set, and behind `${X:?words}` it was.
    return sequence([apart(operand), { kind: 'set', name }])
  }

  function flowCommand(node: Command, parent: SyntaxNode | undefined): Flow {
    const runs = runsOf(node, functions)
    const [outer] = runs
    const words = [flowPlain(node, parent)]
    // What a wrapper runs, it runs at some time and perhaps.
    const inner = runs.slice(1).filter(({ kind }) => kind === 'function')
    words.push(...inner.map(({ name }) => apart({ kind: 'call', name })))
    if (outer === undefined) return sequence(words)
    if (outer.kind === 'function') return sequence([...words, { kind: 'call', name: outer.name }])
    return sequence([...words, ...outcomeOf(outer, node)])
  }
}

/** The flows that one holds. */
export function partsOf(flow: Flow): readonly Flow[] {
  switch (flow.kind) {
    case 'sequence':
      return flow.parts
    case 'choice':
      return flow.branches
    case 'and':
    case 'or':
      return [flow.left, flow.right]
    case 'not':
      return [flow.of]
    case 'if':
      return [flow.test, flow.yes, flow.no]
    case 'loop':
      return [flow.test, flow.body]
    case 'each':
    case 'apart':
      return [flow.body]
    default:
      return []
  }
}

const nothing: Flow = { kind: 'sequence', parts: [] }

function apart(body: Flow): Flow {
  return isNothing(body) ? nothing : { kind: 'apart', body }
}

function isNothing(flow: Flow): boolean {
  return flow.kind === 'sequence' && flow.parts.length === 0
}

function sequence(parts: readonly Flow[]): Flow {
  const left: Flow[] = []
  for (const part of parts) {
    if (part.kind === 'sequence') left.push(...part.parts)
    else left.push(part)
  }
  const [only] = left
  return left.length === 1 && only ? only : { kind: 'sequence', parts: left }
}

function outcomeOf({ kind, name, args }: Run, node: Command): Flow[] {
  if (kind !== 'builtin') return []
  const first = args[0]?.text
  switch (name) {
    case ':':
    case 'true':
    case 'false':
      return [{ kind: 'answer', value: name !== 'false' }]
    case 'exit':
      return [{ kind: 'leave', how: 'exit', levels: 0 }]
    case 'exec':
      return args.length === 0 ? [] : [{ kind: 'leave', how: 'exit', levels: 0 }]
    case 'return':
      if (first !== undefined && !/^\d+$/.test(first)) return [{ kind: 'leave', how: 'return', levels: 0 }]
      return [
        first === undefined
          ? { kind: 'leave', how: 'return', levels: 0 }
          : { kind: 'leave', how: 'return', levels: 0, answer: Number(first) === 0 },
      ]
    case 'break':
    case 'continue':
      return [{ kind: 'leave', how: name, levels: Number(first ?? 1) }]
    case '[':
    case 'test':
      return proofOf(node)
    default:
      return []
  }
}

// `[ -n "${X:-}" ]` and `[ -z "${X:-}" ]`, and nothing else in it.
function proofOf(node: Command): Flow[] {
  const [operator, asked, end, ...more] = node.args.map(({ text }) => text)
  const name = /^"\$\{([A-Za-z_]\w*)(?::?-|:?\+\w+)\}"$/.exec(asked ?? '')?.[1]
  if (name === undefined || (end !== undefined && end !== ']') || more.length > 0) return []
  if (operator !== '-n' && operator !== '-z') return []
  return [{ kind: 'proof', name, value: operator === '-n' }]
}

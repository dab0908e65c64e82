import type { Entry, Shell, SyntaxNode } from '../parse.js'
import { asName, literalOf } from '../words.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/** Only POSIX syntax (XCU 2): the parser accepts all of bash, so what is bash's alone is named here. */
export const requirePosixSyntax: Rule = (shell) =>
  kinds.flatMap((kind) =>
    shell.all(kind).flatMap(({ node, parent }): Finding[] => {
      const judged = judge(shell, node, parent)
      if (judged === undefined) return []
      const [what, hint] = judged
      return [findingAt(shell, node, { code: 'E_SHELL_BASHISM', message: `${what} is not POSIX`, hint })]
    }),
  )

const kinds = [
  'TestCommand',
  'ArithmeticCommand',
  'ArithmeticFor',
  'Select',
  'For',
  'Coproc',
  'Time',
  'Function',
  'Pipeline',
  'CaseItem',
  'Assignment',
  'Redirect',
  'HereString',
  'FileDescriptor',
  'FileDescriptorVariable',
  'ProcessSubstitution',
  'ExtendedGlob',
  'BraceExpansion',
  'AnsiCQuoted',
  'LocaleString',
  'Glob',
  'Word',
  'SimpleExpansion',
  'ParameterExpansion',
  'CommandExpansion',
  'ArithmeticExpansion',
  'ArithmeticUnary',
  'ArithmeticBinary',
  'ArithmeticWord',
] as const satisfies readonly SyntaxNode['type'][]

type Judgement = readonly [what: string, hint: string]

function judge(shell: Shell, node: SyntaxNode, parent: Entry['parent']): Judgement | undefined {
  switch (node.type) {
    case 'TestCommand':
      return ['[[ ]]', 'use [ ] or case']
    case 'ArithmeticCommand':
      return ['the command (( ))', 'use : "$((…))" or [ … ]']
    case 'ArithmeticFor':
      return ['for (( ))', 'use while']
    case 'Select':
      return ['select', 'use read and case']
    case 'For':
      return shell.text[shell.span(node).end - 1] === '}' ? ['for with { }', 'use do …; done'] : undefined
    case 'Coproc':
      return ['coproc', 'use a background command']
    case 'Time':
      return ['the word time before a pipeline', 'use date +%s']
    case 'Function':
      return judgeFunction(shell, node)
    case 'Pipeline':
      return judgePipeline(node)
    case 'CaseItem':
      return node.terminator === undefined || node.terminator === ';;'
        ? undefined
        : [node.terminator, 'use ;;']
    case 'Assignment':
      if (node.value.type === 'ArrayValue' || node.index) return ['an array', 'use set -- and "$@"']
      return node.append ? ['+=', `use ${node.name}=$${node.name}…`] : undefined
    case 'Redirect':
      return judgeRedirect(node)
    case 'HereString':
      return ['<<<', 'use a here-document']
    case 'FileDescriptor':
      return node.value > 9 ? ['a file descriptor above 9', 'use 3 to 9'] : undefined
    case 'FileDescriptorVariable':
      return ['{name}>', 'use a number']
    case 'ProcessSubstitution':
      return ['a process substitution', 'use a file or a pipe']
    case 'ExtendedGlob':
      return ['an extended pattern', 'use case with several patterns']
    case 'BraceExpansion':
      return ['a brace expansion', 'write the words out']
    case 'AnsiCQuoted':
      return ["$'…'", "use $(printf '…')"]
    case 'LocaleString':
      return ['$"…"', 'use "…"']
    case 'Glob':
      return node.text.startsWith('[^') ? ['[^…]', 'use [!…]'] : undefined
    case 'Word':
      return /^~[+-]/.test(node.text) ? ['~+ or ~-', 'use "$PWD"'] : undefined
    case 'SimpleExpansion':
      return judgeName(node.text.slice(1))
    case 'ParameterExpansion':
      return judgeExpansion(node)
    case 'CommandExpansion':
      return judgeSubstitution(node)
    case 'ArithmeticExpansion':
      return node.text.startsWith('$[') ? ['$[ ]', 'use $(( ))'] : undefined
    case 'ArithmeticUnary':
      return /^(\+\+|--)$/.test(node.operator) ? [node.operator, 'use x=$((x + 1))'] : undefined
    case 'ArithmeticBinary':
      return node.operator === ',' || node.operator === '**'
        ? [`${node.operator} in $(( ))`, 'write it out']
        : undefined
    case 'ArithmeticWord':
      if (/^\d+#/.test(node.value)) return ['a number with a base', 'use decimal, 0x… or 0…']
      return parent?.type === 'TestBinary' ? undefined : judgeName(node.value.replace(/^\$/, ''))
    default:
      return undefined
  }
}

function judgeFunction(shell: Shell, node: Extract<SyntaxNode, { type: 'Function' }>): Judgement | undefined {
  const { name } = node
  const { start } = shell.span(node)
  if (/^function\s/.test(shell.text.slice(start, start + 9))) {
    return ['the word function', `use ${name.value}() {`]
  }
  return asName(name.value) ? undefined : [`the function name ${name.value}`, 'use letters, digits and _']
}

function judgePipeline({
  operators,
  prefixes,
}: Extract<SyntaxNode, { type: 'Pipeline' }>): Judgement | undefined {
  if (operators.includes('|&')) return ['|&', 'use 2>&1 |']
  const isTwice = prefixes.filter(({ type }) => type === 'Negation').length > 1
  return isTwice ? ['! !', 'leave both out'] : undefined
}

function judgeRedirect(node: Extract<SyntaxNode, { type: 'Redirect' }>): Judgement | undefined {
  if (node.operator.startsWith('&>')) return [node.operator, 'use >FILE 2>&1']
  const isCopy = node.operator === '>&' || node.operator === '<&'
  // `3<&0-`: bash and ksh close 0, too.
  if (isCopy && /.-["']?$/.test(node.target?.text ?? '') && !/^(["'])-\1$/.test(node.target?.text ?? '')) {
    return ['a descriptor that is moved', 'copy it, and close it by a redirection of its own']
  }
  const toFile = node.operator === '>&' && /[^\d-]/.test(literalOf(node.target) ?? '')
  return toFile ? ['>& with a file', 'use >FILE 2>&1'] : undefined
}

function judgeExpansion(node: Extract<SyntaxNode, { type: 'ParameterExpansion' }>): Judgement | undefined {
  const { operation, prefix } = node
  if (prefix === '!') return ['an indirect expansion', 'use case on the name']
  if (node.index) return ['an array element', 'use set -- and "$@"']
  if (operation !== undefined && operation.type !== 'Default' && operation.type !== 'Remove') {
    return [`${node.text}`, 'use ${x#…}, ${x%…}, tr or sed']
  }
  return judgeName(node.parameter)
}

function judgeSubstitution(node: Extract<SyntaxNode, { type: 'CommandExpansion' }>): Judgement | undefined {
  if (node.text.startsWith('${')) return ['${ …; }', 'use $( )']
  // Dash and BusyBox want an arithmetic expansion there (XCU 2.6.3).
  if (node.text.startsWith('$((')) return ['a command substitution that begins with $((', 'write $( (…) … )']
  const [only, another] = node.script?.commands ?? []
  if (only?.command.type !== 'Command' || another !== undefined) return undefined
  const { name, prefix, redirects } = only.command
  const isFile =
    name === undefined && redirects.length > 0 && prefix.every(({ type }) => type !== 'Assignment')
  return isFile ? ['$(<FILE)', 'use $(cat FILE)'] : undefined
}

// Variables that only bash, ksh or zsh set; elsewhere they are unset, or mean what the environment says.
const foreignVariables = new Set(
  (
    'RANDOM SRANDOM SECONDS EPOCHSECONDS EPOCHREALTIME UID EUID GROUPS HOSTNAME HOSTTYPE MACHTYPE OSTYPE SHLVL ' +
    'PIPESTATUS FUNCNAME DIRSTACK REPLY BASH BASHPID BASH_SOURCE BASH_VERSION BASH_LINENO BASH_REMATCH ' +
    'BASH_COMMAND BASH_SUBSHELL SHELLOPTS'
  ).split(' '),
)

function judgeName(name: string): Judgement | undefined {
  return foreignVariables.has(name) ? [`the variable ${name}`, 'set one of your own'] : undefined
}

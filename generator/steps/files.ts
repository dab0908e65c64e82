import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import type { UserStep } from '../model/own-steps.js'
import {
  type FunctionNode,
  parseShell,
  type Shell,
  type Statement,
  type SyntaxNode,
  walk,
} from '../shell/parse.js'
import { usesOf } from '../shell/variables.js'

/** Shell text and where it comes from. */
export interface ShellFile {
  readonly source: string
  readonly text: string
}

/** The files of the user's steps, and what the script has without them. */
export interface OwnSteps {
  readonly steps: readonly UserStep[]
  /** The text of each file, by the name that the model gives it; what could not be read is absent. */
  readonly texts: Readonly<Record<string, string>>
  /** Why a file has no text. */
  readonly faults: Readonly<Record<string, string>>
  /** The file as a person finds it, for places. */
  readonly show: (file: string) => string
  /** The chunks of the script without the user's files. */
  readonly builtin: readonly ShellFile[]
  /** Does a variable come from outside, or belong to the shell? */
  readonly isGiven: (name: string) => boolean
}

/**
 * Judges what the user's step files must be before they can stand in the script at all: text that is shell
 * by itself, functions and constants only, `step_<name>` among them, and no function that the script has.
 */
export function judgeStepFiles(own: OwnSteps): Diagnostic[] {
  if (own.steps.length === 0) return []
  const taken = listFunctions(own.builtin)
  const found: Diagnostic[] = []
  for (const [index, { name, file }] of own.steps.entries()) {
    const path = pathTo`steps.${index}.file`
    const text = own.texts[file]
    if (text === undefined) {
      const reason = own.faults[file] ?? 'it was not given'
      found.push({ code: 'E_STEP_FILE', path, message: `cannot read the step file ${file}: ${reason}` })
      continue
    }
    const shell = parseShell(text)
    const isFirst = own.steps.findIndex((step) => step.file === file) === index
    if (isFirst) found.push(...judgeText(shell, own.show(file), { taken, isGiven: own.isGiven }))
    if (shell.errors.length === 0 && !definesFunction(shell, `step_${name}`)) {
      const message = `${file} does not define the function step_${name}`
      found.push({
        code: 'E_STEP_FUNCTION',
        path,
        message,
        hint: `write step_${name}() { … } in it, or correct the step's name`,
      })
    }
    if (!isFirst) continue
    for (const { name: mine } of functionsOf(shell)) taken.set(mine.value, own.show(file))
  }
  return found
}

/** The functions that the chunks define, each with the chunk's source. */
function listFunctions(chunks: readonly ShellFile[]): Map<string, string> {
  return new Map(
    chunks.flatMap(({ source, text }) =>
      functionsOf(parseShell(text)).map(({ name }) => [name.value, source] as const),
    ),
  )
}

function functionsOf(shell: Shell): FunctionNode[] {
  return shell.all('Function').map(({ node }) => node)
}

function definesFunction(shell: Shell, name: string): boolean {
  return shell.root.commands.some(({ command }) => command.type === 'Function' && command.name.value === name)
}

function judgeText(
  shell: Shell,
  file: string,
  { taken, isGiven }: { readonly taken: ReadonlyMap<string, string>; readonly isGiven: OwnSteps['isGiven'] },
): Diagnostic[] {
  const control = /\r|[^\P{Cc}\n\t]/u.exec(shell.text)
  if (control !== null) {
    const place = { file, ...shell.position(control.index) }
    const what = control[0] === '\r' ? 'a carriage return' : 'a control character'
    return [
      { code: 'E_STEP_FILE', place, message: `there is ${what} here`, hint: 'save it with plain line ends' },
    ]
  }
  if (shell.errors.length > 0) {
    return shell.errors.map(({ message, line, column }) => ({
      code: 'E_SHELL_SYNTAX',
      place: { file, line, column },
      message: `not shell: ${message}`,
    }))
  }
  const collisions = functionsOf(shell).flatMap((node): Diagnostic[] => {
    const source = taken.get(node.name.value)
    if (source === undefined) return []
    const message = `${node.name.value} is a function of the script already (${source})`
    const place = { file, ...shell.place(node) }
    return [{ code: 'E_STEP_FUNCTION', place, message, hint: 'give it another name' }]
  })
  const loose = shell.root.commands.flatMap((statement): Diagnostic[] => {
    const fault = faultOf(shell, statement, isGiven)
    if (fault === undefined) return []
    return [{ code: 'E_STEP_TOP_LEVEL', place: { file, ...shell.place(statement) }, ...fault }]
  })
  return [...collisions, ...loose]
}

// A function is free there, and so are assignments that run nothing, open no file and change only what is the step's.
function faultOf(
  shell: Shell,
  statement: Statement,
  isGiven: OwnSteps['isGiven'],
): Pick<Diagnostic, 'message' | 'hint'> | undefined {
  if (!isDefinition(shell, statement)) {
    const message = 'this runs before the variables are checked, and in every sub-command'
    const hint = 'outside of functions a step file has only constants; put it into the function of the step'
    return { message, hint }
  }
  if (statement.command.type === 'Function') return undefined
  const given = nodesIn(shell, statement)
    .flatMap(([node, parent]) => usesOf(node, parent))
    .find(({ kind, name }) => kind === 'set' && isGiven(name))
  if (given === undefined) return undefined
  const message = `${given.name} would have this value in every sub-command, whatever it is given`
  const hint = "set it in the function of the step, or, if this is a constant of the step's, by another name"
  return { message, hint }
}

function isDefinition(shell: Shell, { command, background }: Statement): boolean {
  if (background === true) return false
  if (command.type === 'Function') return true
  if (command.type !== 'Command' || command.name !== undefined || command.prefix.length === 0) return false
  return command.redirects.length === 0 && nodesIn(shell, command).every(([{ type }]) => !runners.has(type))
}

const runners: ReadonlySet<string> = new Set(['CommandExpansion', 'ProcessSubstitution'])

function nodesIn(shell: Shell, from: SyntaxNode): (readonly [SyntaxNode, SyntaxNode | undefined])[] {
  const found: (readonly [SyntaxNode, SyntaxNode | undefined])[] = []
  walk(
    shell,
    (node, parent) => {
      found.push([node, parent])
      return undefined
    },
    from,
  )
  return found
}

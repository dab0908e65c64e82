import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { workStep } from '../model/builtin-steps.js'
import { forbidMastersWithin } from '../script/standby.js'
import type { Shell, Statement } from '../shell/parse.js'
import type { Finding } from '../shell/rules/rule.js'
import { holdsForSteps, judgeSteps } from '../steps/judge.js'
import { functionsIn, functionsOfSteps } from '../steps/lasting.js'

/** The functions of a printed script that no template has: those of the user's steps, and what somebody added. */
export interface OwnPart {
  readonly names: readonly string[]
  /** These functions and all constants, in their lines; and the rest of the script in its. */
  readonly text: string
  readonly rest: string
  /** Does a finding of the rules for all shell text count, where it was found? */
  holds(finding: Finding): boolean
}

/** Finds them in the text alone: nothing is known of the model. Undefined when there is none. */
export function ownPartOf(shell: Shell, templates: Readonly<Record<string, string>>): OwnPart | undefined {
  const ours = new Set(
    Object.values(templates).flatMap((text) =>
      [...text.matchAll(/^(\w+)\(\) \{$/gm)].map(([, name]) => name),
    ),
  )
  const own = shell.root.commands.filter(
    ({ command }) => command.type === 'Function' && !ours.has(command.name.value),
  )
  if (own.length === 0) return undefined
  const constants = shell.root.commands.filter(({ command }) => command.type === 'Command' && !command.name)
  const linesOf = (statement: Statement) => [shell.place(statement).line, shell.endLine(statement)] as const
  const isIn = (line: number, statements: readonly Statement[]) =>
    statements.some((statement) => {
      const [from, to] = linesOf(statement)
      return from <= line && line <= to
    })
  const lines = shell.text.split('\n')
  const keep = (isKept: (line: number) => boolean) =>
    lines.map((line, index) => (isKept(index + 1) ? line : '')).join('\n')
  const text = keep((line) => isIn(line, own) || isIn(line, constants))
  const lasting = lastingIn(shell.text, text)
  return {
    names: own.flatMap(({ command }) => (command.type === 'Function' ? [command.name.value] : [])),
    text,
    rest: keep((line) => !isIn(line, own)),
    holds: ({ code, line }) => {
      const at = own.find((statement) => isIn(line, [statement]))?.command
      return at?.type !== 'Function' || holdsForSteps(code, !lasting.has(at.name.value))
    },
  }
}

/** Judges them by the rules for steps. */
export function judgeOwn({ text, rest }: OwnPart): Diagnostic[] {
  const script = `${rest}\n${text}`
  return judgeSteps([{ file: 'run_rep.sh', text }], {
    builtin: rest,
    lasting: lastingIn(script, text),
    forbidden: forbidMastersWithin,
    early: earlyIn(script, text),
    secrets: [...script.matchAll(/malformed (\w+) "\$\{\1:\+\(a secret\)\}"/g)].map(([, name = '']) => name),
    dataDir: /^ {2}PGDATA_DIR=\$\{PGDATA_DIR:-([^}]*)\}$/m.exec(script)?.[1] ?? 'pgdata',
  })
}

// What a run calls by itself, and not in a process of its own.
function lastingIn(script: string, text: string): ReadonlySet<string> {
  const called = [...script.matchAll(/^ {2}step_(\w+)$/gm)].map(([, name = '']) => name)
  return functionsOf(called, text)
}

// What a run calls before the step that makes `$work`.
function earlyIn(script: string, text: string): ReadonlySet<string> {
  const [, before = ''] =
    new RegExp(`^run\\(\\) \\{\\n([^}]*?)^ {2}step=${workStep}$`, 'm').exec(script) ?? []
  return functionsOf(
    [...before.matchAll(/\bstep_(\w+)$/gm)].map(([, name = '']) => name),
    text,
  )
}

// The functions that some steps reach in the text.
function functionsOf(called: readonly string[], text: string): ReadonlySet<string> {
  const steps = [...text.matchAll(/^step_(\w+)\(\)/gm)].map(([, name = '']) => ({ name, file: '' }))
  return functionsIn(functionsOfSteps(steps, { '': text }), called)
}

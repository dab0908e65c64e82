import { spawn } from 'node:child_process'
import { functionsOf, preparedRuns, runsOf } from '../shell/commands.js'
import { type Effects, effectsOf } from '../shell/effects.js'
import { applyExceptions, type ShellException, shellExceptions } from '../shell/exceptions.js'
import { parseShell, type Shell } from '../shell/parse.js'
import { rules } from '../shell/rules/all.js'
import type { Finding } from '../shell/rules/rule.js'
import { type Diagnostic, sortDiagnostics } from './diagnostic.js'

export interface VerifyOptions {
  /** The ids that `fail` may name. */
  readonly failureIds: Iterable<string>
  /** Default: those of the shipped script. */
  readonly exceptions?: readonly ShellException[]
  /** What the text does, when that is known already. */
  readonly effects?: Effects
}

/** Parses shell text and judges it by every rule; the line of a diagnostic is the line of the text. */
export function verifyScript(text: string, options: VerifyOptions): Diagnostic[] {
  return verifyShell(parseShell(text), options)
}

/** As `verifyScript`, for text that is parsed already. */
export function verifyShell(
  shell: Shell,
  { failureIds, exceptions = shellExceptions, effects: known }: VerifyOptions,
): Diagnostic[] {
  // What a text with faults means is a guess of the parser's, so it is not judged further.
  if (shell.errors.length > 0) {
    return sortDiagnostics(
      shell.errors.map(({ message, line }) => ({
        code: 'E_SHELL_SYNTAX',
        message: `not shell: ${message}`,
        line,
      })),
    )
  }
  const functions = functionsOf(shell)
  const effects = known ?? effectsOf(shell, functions)
  const runs = shell
    .all('Command')
    .flatMap(({ node }) => [...runsOf(node, functions), ...preparedRuns(node, functions)])
  const context = { failureIds: new Set(failureIds), effects, runs }
  const findings = rules.flatMap((rule) => rule(shell, context))
  return applyExceptions(shell, effects.functions, { findings, exceptions })
    .sort((a, b) => a.line - b.line || a.column - b.column)
    .map(toDiagnostic)
}

function toDiagnostic({ code, message, line, column, hint }: Finding): Diagnostic {
  return { code, message, line, column, hint }
}

/** Lets `sh -n` parse the text as a second opinion; without sh the answer is W_NOT_RUN, never silence. */
export function verifySyntax(text: string, shell = 'sh'): Promise<Diagnostic[]> {
  return new Promise((resolve) => {
    const child = spawn(shell, ['-n'], { stdio: ['pipe', 'ignore', 'pipe'] })
    let words = ''
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => {
      words += chunk
    })
    child.on('error', ({ message }) =>
      resolve([{ code: 'W_NOT_RUN', message: `${shell} -n could not be run: ${message}` }]),
    )
    child.on('close', (status) => resolve(status === 0 ? [] : [syntaxDiagnostic(shell, words)]))
    // A shell that stops at the first fault closes its end while we still write.
    child.stdin.on('error', () => undefined)
    child.stdin.end(text)
  })
}

// dash: "sh: 3: Syntax error: …"; bash: "sh: line 3: …"; busybox: "sh: syntax error: …", or with "line 3: ".
function syntaxDiagnostic(shell: string, words: string): Diagnostic {
  const message = `${shell} -n: ${words.trim().split('\n')[0] ?? ''}`
  const line = /:\s*(?:line )?(\d+):/.exec(words)?.[1]
  return { code: 'E_SHELL_SYNTAX', message, ...(line === undefined ? {} : { line: Number(line) }) }
}

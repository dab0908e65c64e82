import { spawn } from 'node:child_process'
import type { Diagnostic } from '../diagnostics/diagnostic.js'

/** What a program said of a text, on either output, and how it ended. */
export interface Answer {
  readonly status: number | null
  readonly said: string
}

/** Gives a program the text by its standard input; the error when it cannot be run. */
export function ask(
  [command, ...args]: readonly [string, ...string[]],
  text: string,
): Promise<Answer | Error> {
  return new Promise((resolve) => {
    const env = { ...process.env, LC_ALL: 'C' }
    const child = spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe'], env })
    let said = ''
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (chunk: string) => {
        said += chunk
      })
    }
    child.on('error', resolve)
    child.on('close', (status) => resolve({ status, said }))
    // A program that stops at the first fault closes its end while we still write.
    child.stdin.on('error', () => undefined)
    child.stdin.end(text)
  })
}

/** Lets `sh -n` parse the text as a second opinion; without sh the answer is W_NOT_RUN, never silence. */
export async function verifySyntax(text: string, shell = 'sh'): Promise<Diagnostic[]> {
  const answer = await ask([shell, '-n'], text)
  if (answer instanceof Error) {
    return [{ code: 'W_NOT_RUN', message: `${shell} -n could not be run: ${answer.message}` }]
  }
  return answer.status === 0 ? [] : [syntaxDiagnostic(shell, answer.said)]
}

// dash: "sh: 3: Syntax error: …"; bash: "sh: line 3: …"; busybox: "sh: syntax error: …", or with "line 3: ".
function syntaxDiagnostic(shell: string, words: string): Diagnostic {
  const message = `${shell} -n: ${words.trim().split('\n')[0] ?? ''}`
  const line = /:\s*(?:line )?(\d+):/.exec(words)?.[1]
  return { code: 'E_SHELL_SYNTAX', message, ...(line === undefined ? {} : { line: Number(line) }) }
}

#!/usr/bin/env node
import { CommanderError } from 'commander'
import { exits } from './commands/options.js'
import { printAside } from './commands/print.js'
import { createProgram } from './commands/program.js'
import { findSecretValues, learnSecrets } from './diagnostics/mask.js'

// Who reads our output may leave early, as `head` does.
let isLost = false
process.stdout.on('error', ({ code, message }: NodeJS.ErrnoException) => {
  if (code === 'EPIPE') return
  if (!isLost) printAside(`cannot write to standard output: ${message}\n`)
  isLost = true
  process.exitCode = exits.refused
})
// What a configuration takes from the environment may come back in the words of an error.
learnSecrets(findSecretValues(process.env))
const code = await runMain(process.argv)
process.exitCode = isLost ? exits.refused : code

/** Runs the command line and gives its exit code; a user's mistake never shows a stack trace. */
async function runMain(argv: readonly string[]): Promise<number> {
  let code: number = exits.done
  const program = createProgram((ended) => {
    code = ended
  })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) {
      const trace = error instanceof Error ? (error.stack ?? error.message) : String(error)
      printAside(`${trace}\nThis is a bug in postgres-rep-marathon: please report it with the lines above.\n`)
      return exits.refused
    }
    return error.exitCode === 0 ? exits.done : exits.usage
  }
  return code
}

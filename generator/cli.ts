#!/usr/bin/env node
import { CommanderError } from 'commander'
import { exits } from './commands/options.js'
import { createProgram } from './commands/program.js'

// Who reads our output may leave early, as `head` does.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = exits.refused
})
process.exitCode = await runMain(process.argv)

/** Runs the command line and gives its exit code; a user's mistake never shows a stack trace. */
async function runMain(argv: readonly string[]): Promise<number> {
  let code: number = exits.done
  const program = createProgram((ended) => {
    code = ended
  })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? exits.done : exits.usage
  }
  return code
}

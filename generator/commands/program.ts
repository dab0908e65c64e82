import { Command } from 'commander'
import { exitCodes } from '../diagnostics/exit-codes.js'
import { addCheck } from './check.js'
import { addCompletion } from './completion.js'
import { addDemo } from './demo.js'
import { addDiff } from './diff.js'
import { showExamples } from './examples.js'
import { addExplain } from './explain.js'
import { addGenerate } from './generate.js'
import { addImport } from './import.js'
import { addInit } from './init.js'
import { addManual } from './manual.js'
import type { AddCommand } from './options.js'
import { addGraph, addReport } from './page.js'
import { printAside, printText } from './print.js'
import { addProve } from './prove.js'
import { addServe } from './serve.js'
import { ownVersion } from './version.js'

const commands: readonly AddCommand[] = [
  addInit,
  addGenerate,
  addCheck,
  addDiff,
  addServe,
  addProve,
  addExplain,
  addReport,
  addGraph,
  addImport,
  addDemo,
  addCompletion,
  addManual,
]

/** The whole command line; whatever prints of it (help, completion, manual) reads it here. A command ends with its code. */
export function createProgram(end: (code: number) => void): Command {
  const program = new Command('postgres-rep-marathon')
    .description(
      'Compiles a typed model of one PostgreSQL read replica to run_rep.sh, its files and marathon.json',
    )
    .version(ownVersion(), '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand('help [command]', 'print the help of a command')
    .addHelpText(
      'after',
      `
Start with: postgres-rep-marathon generate --help

Exit codes: ${exitCodes.map(([code, means]) => `${code} ${means}`).join('\n            ')}`,
    )
    .exitOverride()
    .showHelpAfterError('(run with --help for the commands)')
    .configureOutput({ writeOut: printText, writeErr: printAside })
  for (const add of commands) {
    const command = add(program, end)
    const shown = showExamples(command.name(), program.name())
    if (shown !== '') command.addHelpText('after', shown)
    command
      .helpOption('-h, --help', 'print this help')
      .showHelpAfterError(`(run ${program.name()} ${command.name()} --help for its options)`)
  }
  return program
}

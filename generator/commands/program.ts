import { Command } from 'commander'
import { addCheck } from './check.js'
import { addExplain } from './explain.js'
import { addGenerate } from './generate.js'
import { addImport } from './import.js'
import type { AddCommand } from './options.js'
import { addProve } from './prove.js'

const commands: readonly AddCommand[] = [addGenerate, addCheck, addProve, addExplain, addImport]

const examples = `
Examples:
  postgres-rep-marathon generate                      the model in replica.config.ts, or the embedded one
  postgres-rep-marathon generate my.config.ts --out build/agent --app build/marathon.json
  postgres-rep-marathon check                         exit 3 when a generated file was edited
  postgres-rep-marathon prove                         parsers, shells, ShellCheck and the compiler's proofs
  postgres-rep-marathon prove dist/run_rep.sh         the same of a file, whoever edited it
  postgres-rep-marathon explain NO_SPACE              what a step, variable, setting, failure or code is about
  postgres-rep-marathon explain --line 141            whose line of run_rep.sh that is
  postgres-rep-marathon import app.json               a model from an app that you have, and what was wrong with it

Exit codes: 0 done, 1 the model or the printed script was refused, 2 usage, 3 drift`

/** The whole command line; whatever prints of it (help, completion, manual) reads it here. A command ends with its code. */
export function createProgram(end: (code: number) => void): Command {
  const program = new Command('postgres-rep-marathon')
    .description(
      'Compiles a typed model of one PostgreSQL read replica to run_rep.sh, its files and marathon.json',
    )
    .addHelpText('after', examples)
    .exitOverride()
    .showHelpAfterError('(run with --help for the commands)')
  for (const add of commands) add(program, end).addHelpText('after', examples)
  return program
}

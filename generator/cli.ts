#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { check } from './commands/check.js'
import { type ExplainOptions, explain } from './commands/explain.js'
import { generate } from './commands/generate.js'
import { type ImportOptions, importFile } from './commands/import.js'
import { exits, judgeOptions, type Options } from './commands/options.js'
import { prove } from './commands/prove.js'

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

// Who reads our output may leave early, as `head` does.
process.stdout.on('error', ({ code }: NodeJS.ErrnoException) => {
  if (code !== 'EPIPE') process.exitCode = exits.refused
})
process.exitCode = await runMain(process.argv)

/** Runs the command line and gives its exit code; a user's mistake never shows a stack trace. */
async function runMain(argv: readonly string[]): Promise<number> {
  let code: number = exits.done
  const program = new Command('postgres-rep-marathon')
    .description(
      'Compiles a typed model of one PostgreSQL read replica to run_rep.sh, its files and marathon.json',
    )
    .addHelpText('after', examples)
    .exitOverride()
    .showHelpAfterError('(run with --help for the commands)')
  const add = (
    name: string,
    about: string,
    run: (config: string | undefined, options: Options) => Promise<number>,
  ) =>
    program
      .command(name)
      .description(about)
      .argument(
        '[config]',
        'replica.config.ts or .json; without it the one in this directory, else the embedded model',
      )
      .option('--out <directory>', 'where run_rep.sh and its files go', 'dist')
      .option('--app <file>', 'where the Marathon app goes', 'marathon.json')
      .option('--json', 'print the findings as JSON')
      .option('--github', 'print the findings as annotations of GitHub Actions')
      .addHelpText('after', examples)
      .action(async (config: string | undefined, options: Options, command: Command) => {
        const fault = judgeOptions(config, options)
        if (fault !== undefined) command.error(`error: ${fault}`)
        code = await run(config, options)
      })
  add('generate', 'write the artefacts; nothing is written when anything is wrong', generate)
  add('check', 'compare the artefacts on disk with what the model gives', check)
  program
    .command('prove')
    .description('run every check that this machine has over a script, and print a table')
    .argument('[config]', 'as for generate, or a run_rep.sh as it lies, with what is published beside it')
    .option('--json', 'print the table as JSON')
    .action(async (config: string | undefined, options: Pick<Options, 'json'>) => {
      code = await prove(config, options)
    })
  program
    .command('explain')
    .description(
      'say what a step, a variable, a function, a setting, a failure, a code or a file of a target is about',
    )
    .argument(
      '[what]',
      'its name; an exit code such as 73; a code of a finding such as E_SHELL_UNQUOTED; a file such as pg-replica.service, or pg-replica.service:9 for a line of it',
    )
    .option('--line <number>', 'whose line of run_rep.sh that is')
    .option('--config <file>', 'the model; without it the one in this directory, else the embedded one')
    .action(async (what: string | undefined, options: ExplainOptions, command: Command) => {
      if ((what === undefined) === (options.line === undefined))
        command.error('error: give either a name or --line')
      code = await explain(what, options)
    })
  program
    .command('import')
    .description('turn the file of a Marathon app into a model, and say what was wrong with it')
    .argument('<app>', 'what POST /v2/apps takes, or GET /v2/apps answers')
    .option(
      '--config <file>',
      'write the model there, where nothing may be yet; without it, to standard output',
    )
    .option('--id <id>', 'which app, where there are several')
    .action(async (app: string, options: ImportOptions) => {
      code = await importFile(app, options)
    })
  try {
    await program.parseAsync(argv)
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error
    return error.exitCode === 0 ? exits.done : exits.usage
  }
  return code
}

import type { Command } from 'commander'
import { explain as describe, type Explained, explainable, explainLine } from '../compile/explain.js'
import type { ModelPath } from '../diagnostics/path.js'
import { similarTo } from '../similar.js'
import { build } from './build.js'
import { type AddCommand, exits, findConfig } from './options.js'
import { report } from './report.js'

export const addExplain: AddCommand = (program, end) =>
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
      end(await explain(what, options))
    })

export interface ExplainOptions {
  readonly config?: string
  readonly line?: string
}

/** Prints what a name, or a line of run_rep.sh, is about. Gives the exit code. */
export async function explain(what: string | undefined, { config, line }: ExplainOptions): Promise<number> {
  const { values, diagnostics, placeOf } = await build(findConfig(config))
  if (values === undefined) {
    report(diagnostics, {})
    return exits.refused
  }
  const showPlace = (path: ModelPath) => {
    const place = placeOf(path)
    return place && `${place.file}:${place.line}:${place.column}`
  }
  const given: Explained = { ...values, showPlace }
  const text = line === undefined ? describe(what ?? '', given) : explainLine(Number(line), given)
  if (text !== undefined) {
    process.stdout.write(text)
    return exits.done
  }
  const like = similarTo(what ?? '', explainable(given))
  const last = values.script.text.split('\n').length - 1
  process.stderr.write(
    line === undefined
      ? `nothing is known of ${JSON.stringify(what)}${like === undefined ? '' : `; did you mean ${like}?`}\n`
      : `run_rep.sh has the lines 1 to ${last}, and no line ${JSON.stringify(line)}\n`,
  )
  return exits.usage
}

import { type Command, Option } from 'commander'
import { type FormatOptions, formats, judgeFormat } from './report.js'

/** Options that generate and check share. */
export interface Options extends FormatOptions {
  /** Where the artefacts go; by default beside their configuration. */
  readonly out?: string
  readonly app?: string
  /** The embedded model, where no configuration is given. */
  readonly embedded?: boolean
  /** The environments whose models are taken; none: all. */
  readonly env?: readonly string[]
  /** Whether a warning is refused as an error is. */
  readonly strict?: boolean
  /** Says nothing but what is found. */
  readonly quiet?: boolean
}

/** Adds a command to the command line; what it does gives the exit code to `end`. */
export type AddCommand = (program: Command, end: (code: number) => void) => Command

/** Exit codes of the command line. */
export const exits = { done: 0, refused: 1, usage: 2, drift: 3 } as const

/** Names of standard output where a file is wanted. */
export function isStdout(name: string): boolean {
  return ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'].includes(name)
}

/** What is wrong with the options themselves, or undefined. */
export function judgeOptions(
  configs: readonly string[],
  { out, app, env = [], embedded, ...format }: Options,
): string | undefined {
  const fault = judgeFormat(format)
  if (fault !== undefined) return fault
  if (out === '') return '--out needs the name of a directory'
  if (app === '') return '--app needs the name of a file'
  if (configs.includes('')) return 'a configuration has a name'
  if (env.includes('')) return '--env needs the name of an environment'
  if (embedded === true && configs.length > 0) return 'either a configuration or --embedded'
  if (configs.length < 2) return undefined
  const together = 'several configurations each lie in their own directory, and so do their files'
  if (out !== undefined) return `--out is for one configuration: ${together}`
  return app === undefined ? undefined : `--app is for one configuration: ${together}`
}

/** Adds to a command what says which of several models it takes, where it takes one. */
export function addModelOptions(
  command: Command,
  env = 'which of the models that a configuration has by environment',
): Command {
  return command
    .option('--env <name>', env)
    .option('--embedded', 'the embedded model, an example, where there is no configuration')
    .hook('preAction', (_, self) => {
      const { embedded, config } = self.opts()
      const given = self.name() === 'explain' ? config : self.args[0]
      if (embedded === true && given !== undefined) self.error('error: either a configuration or --embedded')
    })
}

/** Adds a command that takes configurations and says where artefacts lie; `add` gives it more options. */
export function addWithArtefacts<Own extends Options>(
  program: Command,
  [name, about]: readonly [name: string, about: string],
  run: (configs: readonly string[], options: Own, command: Command) => Promise<void>,
  add: (command: Command) => Command = (command) => command,
): Command {
  const command = program
    .command(name)
    .description(about)
    .argument(
      '[configs...]',
      'replica.config.ts or .json, or - for JSON from standard input; without one that in this directory',
    )
    .addOption(
      new Option('--env <name>', 'only the model for this environment; may be given several times').argParser(
        (value, before: readonly string[] = []) => [...before, value],
      ),
    )
    .option('--embedded', 'the embedded model, an example, where there is no configuration')
    .option(
      '--out <directory>',
      'where run_rep.sh and its files go (default: dist, beside the configuration)',
    )
    .option('--app <file>', 'where the Marathon app goes (default: marathon.json, beside the configuration)')
    .option('--strict', 'refuse warnings, too')
    .addOption(formatOption())
    .option('--json', 'short for --format json')
    .option('--github', 'short for --format github')
    .option('-q, --quiet', 'say nothing but what is found')
  return add(command).action(async (configs: string[], options: Own, self: Command) => {
    const fault = judgeOptions(configs, options)
    if (fault !== undefined) self.error(`error: ${fault}`)
    await run(configs, options, self)
  })
}

/** The form in which findings are printed. */
function formatOption(): Option {
  const about =
    'how findings are printed: text for a person, json, annotations of GitHub Actions, code quality of GitLab, or sarif'
  return new Option('--format <form>', about).choices([...formats])
}

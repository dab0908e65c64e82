import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'

/** Options that generate and check share. */
export interface Options {
  readonly out: string
  readonly app: string
  /** The findings for a program: as a JSON array, or as annotations of GitHub Actions. */
  readonly json?: boolean
  readonly github?: boolean
}

/** Adds a command to the command line; what it does gives the exit code to `end`. */
export type AddCommand = (program: Command, end: (code: number) => void) => Command

/** Exit codes of the command line. */
export const exits = { done: 0, refused: 1, usage: 2, drift: 3 } as const

const usualNames = ['replica.config.ts', 'replica.config.json']

// What stands in --out; marathon.json stands where --app says.
const distNames = [
  'SHA256SUMS',
  'master.pg_hba.conf',
  'master.sql',
  'pg_hba.conf',
  'postgresql.conf',
  'run_rep.map.json',
  'run_rep.sh',
]

/** The model's file: the one named, else a usual name in this directory, else none (the embedded model). */
export function findConfig(given: string | undefined): string | undefined {
  return given ?? usualNames.find((name) => existsSync(name))
}

/** What is wrong with the options themselves, or undefined: no artefact may take the place of another file. */
export function judgeOptions(
  config: string | undefined,
  { out, app, json, github }: Options,
): string | undefined {
  if (json === true && github === true) return 'either --json or --github'
  if (out === '') return '--out needs the name of a directory'
  if (app === '') return '--app needs the name of a file'
  const dist = distNames.map((name) => join(out, name))
  const twice = dist.find((path) => resolve(path) === resolve(app))
  if (twice !== undefined) return `--app ${app} would overwrite ${twice}; give it another name`
  const model = findConfig(config)
  if (model === undefined) return undefined
  const lost = [app, ...dist].find((path) => resolve(path) === resolve(model))
  return lost === undefined ? undefined : `${lost} is the model itself; choose another --out or --app`
}

/** Where each artefact lies: marathon.json where `--app` says, the rest in `--out`. Throws where two are one file. */
export function placeFiles(
  files: Readonly<Record<string, string>>,
  { out, app }: Options,
): Record<string, string> {
  const placed = Object.entries(files).map(
    ([name, text]) => [name === 'marathon.json' ? app : join(out, name), text] as const,
  )
  const twice = placed.filter(([path]) => resolve(path) === resolve(app))
  if (twice.length > 1) throw new Error(`--app ${app} is where another artefact goes, too`)
  return Object.fromEntries(placed)
}

/** Adds a command that takes a configuration and says where artefacts lie. */
export function addWithArtefacts(
  program: Command,
  [name, about]: readonly [name: string, about: string],
  run: (config: string | undefined, options: Options) => Promise<void>,
): Command {
  return program
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
    .action(async (config: string | undefined, options: Options, command: Command) => {
      const fault = judgeOptions(config, options)
      if (fault !== undefined) command.error(`error: ${fault}`)
      await run(config, options)
    })
}

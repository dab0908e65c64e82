import { existsSync } from 'node:fs'

/** Options that generate and check share. */
export interface Options {
  readonly out: string
  readonly app: string
  readonly json?: boolean
}

/** Exit codes of the command line. */
export const exits = { done: 0, refused: 1, usage: 2, drift: 3 } as const

const usualNames = ['replica.config.ts', 'replica.config.json']

/** The model's file: the one named, else a usual name in this directory, else none (the embedded model). */
export function findConfig(given: string | undefined): string | undefined {
  return given ?? usualNames.find((name) => existsSync(name))
}

/** Where each artefact lies: marathon.json where `--app` says, the rest in `--out`. */
export function placeFiles(
  files: Readonly<Record<string, string>>,
  options: Options,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(files).map(([name, text]) => [
      name === 'marathon.json' ? options.app : `${options.out.replace(/\/$/, '')}/${name}`,
      text,
    ]),
  )
}

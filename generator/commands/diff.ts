import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import type { Command } from 'commander'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type Artefacts, toArtefacts } from '../diff/artefacts.js'
import { worstOf } from '../diff/change.js'
import { compareArtefacts } from '../diff/compare.js'
import { listTodo } from '../diff/todo.js'
import { renderComparison, summarize } from '../diff/words.js'
import { type Built, buildOne, type OneModel } from './build.js'
import { type AddCommand, addModelOptions, exits } from './options.js'
import { placeOf, showOrigin } from './place-files.js'
import { printProduct, printText } from './print.js'
import { isUrl, type Published, readDirectory, readUrl } from './published.js'
import { report } from './report.js'

export const addDiff: AddCommand = (program, end) =>
  addModelOptions(program.command('diff'))
    .description(
      'say what changed between what is published, or was generated, and what the model gives, and what that means for replicas that run',
    )
    .argument('[config]', 'replica.config.ts or .json; without it the one in this directory')
    .option(
      '--against <place>',
      'a directory such as dist, the URL that serves it, or another model; default dist beside the configuration',
    )
    .option('--against-env <name>', 'which of the models of --against; default that of --env')
    .option('--json', 'print the changes as JSON')
    .action(async (config: string | undefined, options: DiffOptions, command: Command) => {
      if (options.against === '') command.error('error: --against needs a directory, a URL or a file')
      end(await diff(config, options))
    })

export interface DiffOptions extends OneModel {
  readonly against?: string
  readonly againstEnv?: string
  readonly json?: boolean
}

/** Compares what lies or is served somewhere with what the model gives, by what both say. Gives the exit code. */
export async function diff(config: string | undefined, options: DiffOptions): Promise<number> {
  const { against, json, env } = options
  const refuse = (found: readonly Diagnostic[]) => {
    report(found, json === true ? { json } : {})
    return exits.refused
  }
  const built = await buildOne(config, options)
  const { files, values, diagnostics } = built
  if (values === undefined) return refuse(diagnostics)
  const after = toArtefacts(files)
  // Another model of the same configuration lies beside this one.
  const where = placeOf({ ...built, env: options.againstEnv ?? built.env }, {})
  const place = against ?? where.out
  const before =
    against === undefined && existsSync(where.out)
      ? readDirectory(where.out, where.app)
      : await readPlace(
          place,
          Object.keys(after),
          options.againstEnv ?? (isModelOf(place, built) ? env : undefined),
        )
  if (before.kind === 'fault') return refuse([before.fault])
  if (before.kind === 'refused') return refuse(before.diagnostics)
  const comparison = compareArtefacts(before.artefacts, after)
  const sides = { from: before.name ?? place, to: showOrigin(built) }
  const steps = listTodo(comparison, after)
  const isSame = comparison.changes.length === 0
  if (json === true) {
    const rest = comparison.changes.filter(({ area }) => area !== 'master')
    const plain = {
      ...sides,
      summary: summarize(comparison),
      effect: worstOf(rest.map(({ effect }) => effect)),
      onMaster: comparison.changes.length > rest.length,
      ...comparison,
      todo: steps,
    }
    printProduct(`${JSON.stringify(plain, null, 2)}\n`)
  } else {
    report(diagnostics, {})
    printText(renderComparison(comparison, sides, steps))
  }
  return isSame ? exits.done : exits.drift
}

// What is said by --env of one configuration is nothing that another one knows.
function isModelOf(place: string, { config }: Built): boolean {
  return config !== undefined && resolve(place) === resolve(config)
}

type Place = Published | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] }

async function readPlace(place: string, wanted: readonly string[], env: string | undefined): Promise<Place> {
  if (isUrl(place)) return await readUrl(place, wanted)
  if (!existsSync(place)) {
    const hint = 'name a directory, a URL or another model by --against; generate makes the directory'
    return { kind: 'fault', fault: { code: 'E_PUBLISHED', message: `${place} does not exist`, hint } }
  }
  if (statSync(place).isDirectory()) return readDirectory(place)
  const built = await buildOne(place, { env })
  const { files, values, diagnostics } = built
  if (values === undefined) return { kind: 'refused', diagnostics }
  const artefacts: Artefacts = toArtefacts(files)
  return { kind: 'found', artefacts, name: showOrigin({ config: place, env: built.env }) }
}

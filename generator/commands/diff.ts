import { existsSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Command } from 'commander'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type Artefacts, toArtefacts } from '../diff/artefacts.js'
import { worstOf } from '../diff/change.js'
import { compareArtefacts } from '../diff/compare.js'
import { listTodo } from '../diff/todo.js'
import { renderComparison, summarize } from '../diff/words.js'
import { type Built, buildOne, buildThose, type OneModel } from './build.js'
import { mergeFindings } from './merge-findings.js'
import { type AddCommand, addModelOptions, exits } from './options.js'
import { pathOf, placeOf, showOrigin } from './place-files.js'
import { printProduct, printText } from './print.js'
import { isUrl, type Published, readDirectory, readUrl } from './published.js'
import { report } from './report.js'

export const addDiff: AddCommand = (program, end) =>
  addModelOptions(program.command('diff'), 'only the model for this environment; without it all of them')
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

/** Compares what lies or is served somewhere with what each model gives, by what both say. Gives the exit code. */
export async function diff(config: string | undefined, options: DiffOptions): Promise<number> {
  const { json } = options
  const all = await buildThose(config, options)
  const compared: Compared[] = []
  for (const built of all) compared.push(await compare(built, options))
  const refused = compared.flatMap((one, index): [Built, readonly Diagnostic[]][] => {
    const built = all[index]
    return one.kind === 'refused' && built !== undefined ? [[built, one.diagnostics]] : []
  })
  if (refused.length > 0) {
    report(mergeFindings(refused), json === true ? { json } : {})
    return exits.refused
  }
  const plain = compared.flatMap((one) => (one.kind === 'compared' ? [one] : []))
  if (json === true) {
    const sides = plain.map(({ data }) => data)
    printProduct(`${JSON.stringify(all.length === 1 ? sides[0] : sides, null, 2)}\n`)
  } else {
    report(mergeFindings(all.map((built) => [built, built.diagnostics])), {})
    const texts = plain.map(({ text }, index) => (all.length === 1 ? text : `${all[index]?.env}: ${text}`))
    printText(texts.join('\n'))
  }
  return plain.every(({ isSame }) => isSame) ? exits.done : exits.drift
}

type Compared =
  | { readonly kind: 'compared'; readonly isSame: boolean; readonly data: object; readonly text: string }
  | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] }

async function compare(built: Built, options: DiffOptions): Promise<Compared> {
  const { against } = options
  const { files, values, diagnostics } = built
  if (values === undefined) return { kind: 'refused', diagnostics }
  const after = toArtefacts(files)
  // Another model of the same configuration lies beside this one.
  const where = placeOf({ ...built, env: options.againstEnv ?? built.env }, {})
  const place = against ?? where.out
  const before =
    against === undefined && existsSync(where.out)
      ? readDirectory(where.out, where.app)
      : await readPlace(place, Object.keys(after), {
          env: options.againstEnv ?? (isModelOf(place, built) ? built.env : undefined),
          of: options.againstEnv ?? built.env,
        })
  if (before.kind === 'fault') return { kind: 'refused', diagnostics: [before.fault] }
  if (before.kind === 'refused') return before
  const comparison = compareArtefacts(before.artefacts, after)
  const sides = { from: before.name ?? place, to: showOrigin(built) }
  const own = placeOf(built, {})
  const steps = listTodo(comparison, after, (name) => pathOf(name, own))
  const rest = comparison.changes.filter(({ area }) => area !== 'master')
  const data = {
    ...sides,
    summary: summarize(comparison),
    effect: worstOf(rest.map(({ effect }) => effect)),
    onMaster: comparison.changes.length > rest.length,
    ...comparison,
    todo: steps,
  }
  const isSame = comparison.changes.length === 0
  return { kind: 'compared', isSame, data, text: renderComparison(comparison, sides, steps) }
}

// What is said by --env of one configuration is nothing that another one knows.
function isModelOf(place: string, { config }: Built): boolean {
  return config !== undefined && resolve(place) === resolve(config)
}

type Place = Published | { readonly kind: 'refused'; readonly diagnostics: readonly Diagnostic[] }

async function readPlace(
  place: string,
  wanted: readonly string[],
  { env, of }: { readonly env: string | undefined; readonly of: string | undefined },
): Promise<Place> {
  if (isUrl(place)) return await readUrl(place, wanted)
  if (!existsSync(place)) {
    const hint = 'name a directory, a URL or another model by --against; generate makes the directory'
    return { kind: 'fault', fault: { code: 'E_PUBLISHED', message: `${place} does not exist`, hint } }
  }
  if (statSync(place).isDirectory()) {
    // A directory of several environments has one for each.
    const own = of === undefined ? place : join(place, of)
    const name = !existsSync(join(place, 'run_rep.sh')) && existsSync(own) ? own : place
    const found = readDirectory(name)
    return found.kind === 'found' ? { ...found, name } : found
  }
  const built = await buildOne(place, { env })
  const { files, values, diagnostics } = built
  if (values === undefined) return { kind: 'refused', diagnostics }
  const artefacts: Artefacts = toArtefacts(files)
  return { kind: 'found', artefacts, name: showOrigin({ config: place, env: built.env }) }
}

import { type Diagnostic, isError } from '../diagnostics/diagnostic.js'
import { maskSecrets } from '../diagnostics/mask.js'
import type { ScriptMap } from '../script/map.js'
import { readIfThere } from '../write.js'
import { compareLines, type Difference, splitLines } from './compare.js'
import { describeModel } from './describe-model.js'
import { judgeStale } from './judge-before.js'
import { mergeFindings } from './merge-findings.js'
import { type AddCommand, addWithArtefacts, exits, isStdout, type Options } from './options.js'
import { pathOf, placeFiles } from './place-files.js'
import { type Planned, plan } from './plan.js'
import { printAside, printText } from './print.js'
import { isForProgram, report } from './report.js'

export const addCheck: AddCommand = (program, end) =>
  addWithArtefacts(
    program,
    ['check', 'compare the artefacts on disk with what the model gives'],
    async (configs, options: Options) => end(await check(configs, options)),
  )

/** Compares the files on disk with what the models give and names the lines that differ. Gives the exit code. */
export async function check(configs: readonly string[], options: Options): Promise<number> {
  if (options.app !== undefined && isStdout(options.app)) {
    const message = `check compares files, but --app ${options.app} is standard output`
    report([{ code: 'E_READ', message }], options)
    return exits.usage
  }
  const planned = await plan(configs, options)
  if (planned.kind === 'refused') {
    report(planned.diagnostics, options, { file: configs[0], note: planned.note })
    return planned.code
  }
  const { models } = planned
  const compared = models.map(compare)
  const drifts = compared.flatMap((one) => one.drifts)
  const faults = compared.flatMap((one) => one.faults)
  const found = mergeFindings(
    models.map(({ built, where }) => [built, [...built.diagnostics, ...judgeStale(built, where)]]),
  )
  const isProgram = isForProgram(options)
  const file = models[0]?.built.config
  report([...found, ...faults, ...(isProgram ? listFindings(drifts, options) : [])], options, { file })
  if (options.quiet !== true)
    for (const { built, where } of models) printAside(`${describeModel(built, built.values, where, 'in')}\n`)
  if (!isProgram && drifts.length > 0) printAside(renderDrifts(drifts))
  if (faults.length > 0) return exits.refused
  if (options.strict === true && found.some((one) => !isError(one))) return exits.refused
  if (drifts.length > 0) return exits.drift
  const count = models.reduce((sum, { built }) => sum + Object.keys(built.files).length, 0)
  if (!isProgram && options.quiet !== true) printText(`nothing differs: ${count} files\n`)
  return exits.done
}

function compare({ built, where }: Planned): { readonly drifts: Drift[]; readonly faults: Diagnostic[] } {
  const drifts: Drift[] = []
  const faults: Diagnostic[] = []
  const script = pathOf('run_rep.sh', where)
  for (const [path, text] of Object.entries(placeFiles(built.files, where))) {
    const nameLine = path === script ? createNamer(built.values.map) : () => ''
    try {
      drifts.push(...findDrifts(path, text, nameLine).map((drift) => ({ ...drift, config: built.config })))
    } catch (error) {
      faults.push({ code: 'E_READ', message: error instanceof Error ? error.message : String(error) })
    }
  }
  return { drifts, faults }
}

/** One place of a file that differs, and what of the script it is; without `difference` the file is missing. */
interface Drift {
  readonly path: string
  readonly part: string
  readonly config: string | undefined
  readonly difference?: Difference
}

function findDrifts(
  path: string,
  wanted: string,
  nameLine: (line: number) => string,
): Omit<Drift, 'config'>[] {
  const found = readIfThere(path)
  if (found === undefined) return [{ path, part: '' }]
  const differences = compareLines(wanted, found)
  if (differences.length === 0) return []
  // What stands in a line is a secret by the lines around it, too; the masked texts have the same lines.
  const shown = { wanted: splitLines(maskSecrets(wanted)), found: splitLines(maskSecrets(found)) }
  return differences.map((difference) => ({
    path,
    part: nameLine(difference.wantedLine),
    difference: {
      ...difference,
      found: shown.found.slice(difference.line - 1, difference.line - 1 + difference.found.length),
      wanted: shown.wanted.slice(
        difference.wantedLine - 1,
        difference.wantedLine - 1 + difference.wanted.length,
      ),
    },
  }))
}

// The step that a line of the script belongs to, or the file that it comes from.
function createNamer({ steps, sources }: ScriptMap): (line: number) => string {
  const isIn = (line: number, [from, to]: readonly [number, number]) => line >= from && line <= to
  return (line) => {
    const step = Object.entries(steps).find(([, { lines }]) => isIn(line, lines))
    if (step !== undefined) return `step ${step[0]}`
    return sources.find(({ lines }) => isIn(line, lines))?.source ?? ''
  }
}

// What is missing has no line: it stands at the configuration that gives it.
function toDiagnostic({ path, part, difference, config }: Drift): Diagnostic {
  const hint = 'run generate'
  if (difference === undefined) {
    const place = config === undefined || config === '-' ? undefined : { file: config, line: 1, column: 1 }
    return { code: 'E_DRIFT', message: `${path} is missing`, ...(place && { place }), hint }
  }
  const message = `${path} differs from what the model gives${part === '' ? '' : ` (${part})`}`
  return { code: 'E_DRIFT', message, place: { file: path, line: difference.line, column: 1 }, hint }
}

// A reviewer is shown a file once: a change of the model differs in dozens of places, and hides all else.
function listFindings(drifts: readonly Drift[], { format, json }: Options): Diagnostic[] {
  if (json === true || format === 'json') return drifts.map(toDiagnostic)
  const byPath = new Map<string, Drift[]>()
  for (const drift of drifts) byPath.set(drift.path, [...(byPath.get(drift.path) ?? []), drift])
  return [...byPath.values()].flatMap(([first, ...more]) => {
    if (first === undefined) return []
    const found = toDiagnostic(first)
    const places = more.length === 0 ? '' : `, in ${more.length + 1} places`
    return [{ ...found, message: `${found.message}${places}` }]
  })
}

const shownPlaces = 20
const shownLines = 5

function renderDrifts(drifts: readonly Drift[]): string {
  const lines = drifts.slice(0, shownPlaces).flatMap(renderDrift)
  const more = drifts.length - shownPlaces
  if (more > 0) lines.push(`… and ${more} more places`)
  return `${lines.join('\n')}\nThe files differ from what the model gives; run generate.\n`
}

function renderDrift({ path, part, difference }: Drift): string[] {
  if (difference === undefined) return [`${path}: missing`]
  const { line, found, wanted } = difference
  return [
    `${path}:${line}${part === '' ? '' : ` (${part})`}`,
    ...renderLines(found, '-'),
    ...renderLines(wanted, '+'),
  ]
}

// An edited file may hold anything: nothing of it may drive the terminal.
function renderLines(lines: readonly string[], sign: string): string[] {
  const more = lines.length - shownLines
  return [
    ...lines.slice(0, shownLines).map((line) => {
      const text = line.replace(/\n$/, '').replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·')
      return `  ${sign} ${text}${line.endsWith('\n') ? '' : ' (no line break at the end)'}`
    }),
    ...(more > 0 ? [`  ${sign} … ${more} more lines`] : []),
  ]
}

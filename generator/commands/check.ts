import type { Diagnostic } from '../diagnostics/diagnostic.js'
import type { ScriptMap } from '../script/map.js'
import { readIfThere } from '../write.js'
import { build } from './build.js'
import { compareLines, type Difference } from './compare.js'
import { type AddCommand, addWithArtefacts, exits, findConfig, type Options, placeFiles } from './options.js'
import { report } from './report.js'

export const addCheck: AddCommand = (program, end) =>
  addWithArtefacts(
    program,
    ['check', 'compare the artefacts on disk with what the model gives'],
    async (config, options) => end(await check(config, options)),
  )

/** Compares the files on disk with what the model gives and names the lines that differ. Gives the exit code. */
export async function check(config: string | undefined, options: Options): Promise<number> {
  const { files, values, diagnostics } = await build(findConfig(config))
  if (values === undefined) {
    report(diagnostics, options)
    return exits.refused
  }
  const drifts: Drift[] = []
  const faults: Diagnostic[] = []
  const paths = placeFiles({ 'run_rep.sh': '' }, options)
  for (const [path, text] of Object.entries(placeFiles(files, options))) {
    const nameLine = path in paths ? createNamer(values.map) : () => ''
    try {
      drifts.push(...findDrifts(path, text, nameLine))
    } catch (error) {
      faults.push({ code: 'E_READ', message: error instanceof Error ? error.message : String(error) })
    }
  }
  const isForProgram = options.json === true || options.github === true
  report([...diagnostics, ...faults, ...(isForProgram ? drifts.map(toDiagnostic) : [])], options)
  if (!isForProgram && drifts.length > 0) process.stderr.write(renderDrifts(drifts))
  if (faults.length > 0) return exits.refused
  return drifts.length > 0 ? exits.drift : exits.done
}

/** One place of a file that differs, and what of the script it is; without `difference` the file is missing. */
interface Drift {
  readonly path: string
  readonly part: string
  readonly difference?: Difference
}

function findDrifts(path: string, wanted: string, nameLine: (line: number) => string): Drift[] {
  const found = readIfThere(path)
  if (found === undefined) return [{ path, part: '' }]
  return compareLines(wanted, found).map((difference) => ({
    path,
    part: nameLine(difference.wantedLine),
    difference,
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

function toDiagnostic({ path, part, difference }: Drift): Diagnostic {
  const hint = 'run generate'
  if (difference === undefined) return { code: 'E_DRIFT', message: `${path} is missing`, hint }
  const message = `${path} differs from what the model gives${part === '' ? '' : ` (${part})`}`
  return { code: 'E_DRIFT', message, place: { file: path, line: difference.line, column: 1 }, hint }
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

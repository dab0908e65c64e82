import { readIfThere } from '../write.js'
import { build } from './build.js'
import { exits, type Options, placeFiles } from './options.js'

interface MapView {
  readonly steps: Readonly<Record<string, { readonly lines: readonly [number, number] }>>
}

/** Compares the files on disk with what the model gives and names the lines that differ. Gives the exit code. */
export async function check(config: string | undefined, options: Options): Promise<number> {
  const { files } = await build(config, options)
  const map = files['run_rep.map.json']
  if (map === undefined) return exits.refused
  const drifted: string[] = []
  for (const [path, text] of Object.entries(placeFiles(files, options))) {
    const stepOf = path.endsWith('run_rep.sh') ? findStep(JSON.parse(map)) : () => ''
    drifted.push(...compareLines(path, text, readIfThere(path), stepOf))
  }
  if (drifted.length === 0) return exits.done
  process.stderr.write(`${drifted.join('\n')}\nThe files differ from what the model gives; run generate.\n`)
  return exits.drift
}

const shownLines = 5

// From the first line that differs to the last: an edit by hand is one or a few lines in one place.
function compareLines(
  path: string,
  wanted: string,
  found: string | undefined,
  stepOf: (line: number) => string,
): string[] {
  if (found === wanted) return []
  if (found === undefined) return [`${path}: missing`]
  const want = wanted.split('\n')
  const have = found.split('\n')
  let start = 0
  while (start < want.length && want[start] === have[start]) start += 1
  let end = 0
  while (end < want.length - start && end < have.length - start && want.at(-1 - end) === have.at(-1 - end))
    end += 1
  const lines = (text: readonly string[], sign: string) => {
    const differing = text.slice(start, text.length - end)
    const more = differing.length - shownLines
    return [
      ...differing.slice(0, shownLines).map((line) => `  ${sign} ${line}`),
      ...(more > 0 ? [`  ${sign} … ${more} more lines`] : []),
    ]
  }
  return [`${path}:${start + 1}${stepOf(start + 1)}`, ...lines(have, '-'), ...lines(want, '+')]
}

function findStep({ steps }: MapView): (line: number) => string {
  return (line) => {
    const step = Object.entries(steps).find(([, { lines }]) => line >= lines[0] && line <= lines[1])
    return step === undefined ? '' : ` (step ${step[0]})`
  }
}

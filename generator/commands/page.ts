import { resolve } from 'node:path'
import { type Command, Option } from 'commander'
import type { Values } from '../compile/compile.js'
import { printMarkup } from '../report/markup.js'
import { drawMermaid } from '../report/mermaid.js'
import { printPage } from '../report/page.js'
import { readRun } from '../report/run.js'
import { drawSvg } from '../report/svg.js'
import { writeFiles } from '../write.js'
import { type Built, buildOne, buildThose, type OneModel } from './build.js'
import { mergeFindings } from './merge-findings.js'
import { type AddCommand, addModelOptions, exits } from './options.js'
import { printProduct, printText } from './print.js'
import { ownProofs, toolProofs } from './prove.js'
import { report as reportFindings } from './report.js'
import { ownVersion } from './version.js'

const configWords = 'as for generate'

export const addReport: AddCommand = (program, end) =>
  addModelOptions(program.command('report'), 'only the model for this environment; without it all of them')
    .description(
      'print a model as one page of HTML: what it runs, decides, sets, and what to do when it ends',
    )
    .argument('[config]', configWords)
    .option(
      '--out <file>',
      'where the page goes; - for standard output (default: report.html, or report.ENV.html for each environment)',
    )
    .option('--prove', 'with all that prove runs on this machine, which makes the page depend on it')
    .action(async (config: string | undefined, options: ReportOptions, command: Command) => {
      end(await report(config, options, (fault) => command.error(`error: ${fault}`)))
    })

export interface ReportOptions extends OneModel {
  readonly out?: string
  readonly prove?: true
}

/** Prints the page of a model. Gives the exit code. */
export async function report(
  config: string | undefined,
  { out, prove, ...which }: ReportOptions,
  refuse: (fault: string) => never,
): Promise<number> {
  const print = async (built: Built, values: Values) => {
    const { files, diagnostics, placeOf } = built
    const script = files['run_rep.sh'] ?? ''
    return printPage({
      config: built.config,
      env: built.env,
      version: ownVersion(),
      values,
      files,
      diagnostics,
      placeOf,
      proofs: [...ownProofs(script, files), ...(prove === true ? await toolProofs(script) : [])],
    })
  }
  if (out !== undefined) return writeOne({ config, which, out, refuse }, print)
  const all = await buildThose(config, which)
  if (all.some(({ values }) => values === undefined)) {
    const note = all.find(({ notJudged }) => notJudged !== undefined)?.notJudged
    reportFindings(mergeFindings(all.map((built) => [built, built.diagnostics])), {}, { note })
    return exits.refused
  }
  const codes = []
  for (const built of all)
    codes.push(
      await write(built, built.env === undefined ? 'report.html' : `report.${built.env}.html`, {
        refuse,
        print,
      }),
    )
  return Math.max(...codes)
}

export const addGraph: AddCommand = (program, end) =>
  addModelOptions(program.command('graph'))
    .description('draw a run of a model: its steps, what they decide, and what ends it')
    .argument('[config]', configWords)
    .addOption(
      new Option('--format <format>', 'what is drawn').choices(['mermaid', 'svg']).default('mermaid'),
    )
    .option('--out <file>', 'where it goes; - for standard output', '-')
    .action(async (config: string | undefined, options: GraphOptions, command: Command) => {
      end(await graph(config, options, (fault) => command.error(`error: ${fault}`)))
    })

export interface GraphOptions extends OneModel {
  readonly format: 'mermaid' | 'svg'
  readonly out: string
}

/** Draws a run of a model. Gives the exit code. */
export async function graph(
  config: string | undefined,
  { format, out, ...which }: GraphOptions,
  refuse: (fault: string) => never,
): Promise<number> {
  return writeOne({ config, which, out, refuse }, async (_built, values) => drawRun(values, format))
}

/** Draws the run of a compiled model: the text of a flowchart of Mermaid, or an image. */
export function drawRun(
  { script, map }: Pick<Values, 'script' | 'map'>,
  format: GraphOptions['format'],
): string {
  const run = readRun(script.text)
  const docOf = (step: string) => map.steps[step]?.doc ?? ''
  return format === 'mermaid' ? drawMermaid(run, docOf) : printMarkup(drawSvg(run, docOf))
}

interface Target {
  readonly config: string | undefined
  readonly which: OneModel
  readonly out: string
  readonly refuse: (fault: string) => never
}

async function writeOne({ config, which, out, refuse }: Target, print: Print): Promise<number> {
  if (out === '') return refuse('--out needs the name of a file, or -')
  return write(await buildOne(config, which), out, { refuse, print })
}

type Print = (built: Built, values: Values) => Promise<string>

async function write(
  built: Built,
  out: string,
  { refuse, print }: Pick<Target, 'refuse'> & { readonly print: Print },
): Promise<number> {
  if (out !== '-' && built.dependencies.includes(resolve(out)))
    return refuse(`${out} is a file of the model itself; choose another --out`)
  reportFindings(built.diagnostics, {}, { note: built.notJudged })
  if (built.values === undefined) return exits.refused
  const text = await print(built, built.values)
  if (out === '-') {
    printProduct(text)
    return exits.done
  }
  try {
    const changed = writeFiles({ [out]: text })
    printText(changed.length === 0 ? 'nothing changed\n' : `wrote ${changed.join()}\n`)
    return exits.done
  } catch (error) {
    reportFindings(
      [
        {
          code: 'E_WRITE',
          message: error instanceof Error ? error.message : String(error),
          hint: 'nothing was written',
        },
      ],
      {},
    )
    return exits.refused
  }
}

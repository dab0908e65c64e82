import type { Command } from 'commander'
import { printDraft } from '../compile/compile.js'
import { explain as describe, type Explained, explainable, explainLine } from '../compile/explain.js'
import { codes, type NameGroup, nameGroups } from '../compile/explain-names.js'
import { isError } from '../diagnostics/diagnostic.js'
import type { ModelPath } from '../diagnostics/path.js'
import { paint, type Style, wrap } from '../diagnostics/style.js'
import { readTemplates } from '../load/templates.js'
import { produce } from '../produce.js'
import { similarTo } from '../similar.js'
import { type Built, build, buildOne, type OneModel } from './build.js'
import { type AddCommand, addModelOptions, exits } from './options.js'
import { printAside, printText, textStyle } from './print.js'
import { report } from './report.js'

export const addExplain: AddCommand = (program, end) =>
  addModelOptions(program.command('explain'))
    .description('say what something is about: why, an example, and where to read on')
    .argument(
      '[name]',
      'a step, variable, function or failure of the script; an exit code, as 73; a key of the model, as master.hosts; a setting; the code of a finding, as E_SHELL_UNQUOTED; a file of a target, as pg-replica.service, or pg-replica.service:9 for a line of it. Without it: what there is',
    )
    .option('--line <number>', 'whose line of run_rep.sh that is')
    .option('--config <file>', 'the model; without it the one in this directory')
    .action(async (what: string | undefined, options: ExplainOptions, command: Command) => {
      if (what !== undefined && options.line !== undefined)
        command.error('error: give either a name or --line')
      end(await explain(what, options))
    })

export interface ExplainOptions extends OneModel {
  readonly config?: string
  readonly line?: string
}

/** Prints what a name, or a line of run_rep.sh, is about. Gives the exit code. */
export async function explain(
  what: string | undefined,
  { config, line, ...which }: ExplainOptions,
): Promise<number> {
  const built = await buildAny(config, which)
  const { diagnostics, placeOf } = built
  // Whoever asks mostly has a model that is refused, or several of them: what is the same in every model is told.
  const isAny = built.values === undefined
  const values = built.values ?? (await produce({}, { baseDir: '.' })).values
  if (values === undefined || (isAny && line !== undefined)) {
    report(diagnostics, {})
    return exits.refused
  }
  const showPlace = (path: ModelPath) => {
    const place = placeOf(path)
    return place && `${place.file}:${place.line}:${place.column}`
  }
  const sources = { templates: readTemplates(), stepFiles: {}, stepDir: '.', docs: {} }
  const given: Explained = { ...values, isAny, showPlace, printDraft: (value) => printDraft(value, sources) }
  if (what === undefined && line === undefined) {
    printText(showText(listNames(given)))
    return exits.done
  }
  const text = line === undefined ? describe(what ?? '', given) : explainLine(Number(line), given)
  if (text !== undefined) {
    const isCode = /^\d+$/.test(what ?? '') || Object.hasOwn(codes, what ?? '')
    if (isAny && !isCode) printAside(`${whyAny(built)}: this is what holds for every model\n`)
    printText(showText(text))
    return exits.done
  }
  // It may be a name that only the model knows.
  if (isAny) report(diagnostics, {})
  const like = similarTo(what ?? '', explainable(given))
  const last = values.script.text.split('\n').length - 1
  printAside(
    line === undefined
      ? `nothing is known of ${JSON.stringify(what)}${like === undefined ? '; explain alone lists what there is' : `; did you mean ${like}?`}\n`
      : `run_rep.sh has the lines 1 to ${last}, and no line ${JSON.stringify(line)}\n`,
  )
  return exits.usage
}

function whyAny({ diagnostics }: Built): string {
  const [first] = diagnostics.filter(isError)
  return first?.code === 'E_ENV_MISSING'
    ? 'the configuration has several models (--env NAME says how it is in one)'
    : `the model is refused (${first?.code})`
}

// What a code or an exit means is asked anywhere, at night, too: nothing is written by that.
async function buildAny(config: string | undefined, which: OneModel): Promise<Built> {
  const built = await buildOne(config, which)
  if (!built.diagnostics.some(({ code }) => code === 'E_CONFIG_NONE')) return built
  printAside('there is no configuration in this directory: explaining the embedded example\n')
  return build(undefined)
}

// What there is, by its kind; of the many settings a few.
function listNames({ targets, map }: Explained): string {
  const own = [
    {
      title: 'steps of your own',
      names: Object.keys(map.steps).filter((name) => map.steps[name]?.model !== undefined),
    },
    { title: 'files of targets', names: targets.flatMap(({ trace }) => Object.keys(trace?.() ?? {})) },
  ]
  const groups: NameGroup[] = [...nameGroups(), ...own].filter(({ names }) => names.length > 0)
  const parts = groups.map(({ title, names, isLong }) => {
    const shown = isLong ? `${names.length} of them, as shared_buffers or wal_keep_size` : names.join(' ')
    return `${title}:\n  ${shown}\n`
  })
  return `${parts.join('\n')}\nand the functions and variables in run_rep.sh by their names, and its lines: --line NUMBER\n`
}

// Rows of a list are broken below their text, so that labels stay by themselves.
function showText(text: string): string {
  const style = textStyle()
  return text
    .split('\n')
    .map((line) => {
      const [label = ''] = /^ {2}\S.*? {2,}(?=\S)|^ {2,}/.exec(line) ?? []
      const indent = ' '.repeat(Math.min(label.length, 24))
      return colourLabel(wrap(line, style, indent), style)
    })
    .join('\n')
}

function colourLabel(line: string, style: Style): string {
  if (!style.isColoured) return line
  const heading = /^\S[^:\n]*(?=:)/.exec(line)?.[0]
  if (heading !== undefined) return paint('bold', heading, style) + line.slice(heading.length)
  const [, label = ''] = /^( {2}\S.*?)(?= {2,}\S)/.exec(line) ?? []
  return label === '' ? line : paint('dim', label, style) + line.slice(label.length)
}

import {
  explain as describe,
  type Explained,
  explainable,
  explainLine,
  readFunctions,
} from '../compile/explain.js'
import { similarTo } from '../similar.js'
import { build } from './build.js'
import { exits, findConfig } from './options.js'
import { report } from './report.js'

export interface ExplainOptions {
  readonly config?: string
  readonly line?: string
}

/** Prints what a name, or a line of run_rep.sh, is about. Gives the exit code. */
export async function explain(what: string | undefined, { config, line }: ExplainOptions): Promise<number> {
  const { files, diagnostics, settings, placeOf } = await build(findConfig(config))
  const script = files['run_rep.sh']
  const map = files['run_rep.map.json']
  if (script === undefined || map === undefined) {
    report(diagnostics, {})
    return exits.refused
  }
  const showPlace = (path: string) => {
    const place = placeOf(path)
    return place && `${place.file}:${place.line}:${place.column}`
  }
  const functions = readFunctions(script)
  const given: Explained = { script, functions, map: JSON.parse(map), settings, showPlace }
  const text = line === undefined ? describe(what ?? '', given) : explainLine(Number(line), given)
  if (text !== undefined) {
    process.stdout.write(text)
    return exits.done
  }
  const like = similarTo(what ?? '', explainable(given))
  const last = script.split('\n').length - 1
  process.stderr.write(
    line === undefined
      ? `nothing is known of ${JSON.stringify(what)}${like === undefined ? '' : `; did you mean ${like}?`}\n`
      : `run_rep.sh has the lines 1 to ${last}, and no line ${JSON.stringify(line)}\n`,
  )
  return exits.usage
}

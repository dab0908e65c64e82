import { explain as describe, type Explained, explainable, explainLine } from '../compile/explain.js'
import type { ModelPath } from '../diagnostics/path.js'
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
  const { values, diagnostics, placeOf } = await build(findConfig(config))
  if (values === undefined) {
    report(diagnostics, {})
    return exits.refused
  }
  const showPlace = (path: ModelPath) => {
    const place = placeOf(path)
    return place && `${place.file}:${place.line}:${place.column}`
  }
  const given: Explained = { ...values, showPlace }
  const text = line === undefined ? describe(what ?? '', given) : explainLine(Number(line), given)
  if (text !== undefined) {
    process.stdout.write(text)
    return exits.done
  }
  const like = similarTo(what ?? '', explainable(given))
  const last = values.script.text.split('\n').length - 1
  process.stderr.write(
    line === undefined
      ? `nothing is known of ${JSON.stringify(what)}${like === undefined ? '' : `; did you mean ${like}?`}\n`
      : `run_rep.sh has the lines 1 to ${last}, and no line ${JSON.stringify(line)}\n`,
  )
  return exits.usage
}

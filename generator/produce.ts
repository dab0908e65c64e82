import { type Compiled, compileReplica } from './compile/compile.js'
import { isError, sortDiagnostics } from './diagnostics/diagnostic.js'
import { readStepFiles } from './load/step-files.js'
import { readTemplates } from './load/templates.js'
import { verifySyntax } from './script/syntax.js'

/** What a model's value does not say itself. */
export interface Surroundings {
  /** The folder that step files are relative to, as the user names it: places begin with it. */
  readonly baseDir: string
  /** The doc comments on the variables of `env`, which only the text of a configuration has. */
  readonly docs?: Readonly<Record<string, string>>
}

export type Produced = Pick<Compiled, 'files' | 'values' | 'diagnostics' | 'notJudged'>

/**
 * The one way from a raw model to its artefacts, for the command line and for programs: reads the templates and the
 * step files, compiles, and has the script parsed by `sh -n`, which needs a process and so is no part of the compiler.
 */
export async function produce(value: unknown, { baseDir, docs = {} }: Surroundings): Promise<Produced> {
  const { texts, faults } = readStepFiles(value, baseDir)
  const { files, values, diagnostics, withPlace, notJudged } = compileReplica(value, {
    templates: readTemplates(),
    stepFiles: texts,
    stepFaults: faults,
    stepDir: baseDir,
    docs,
  })
  const script = files['run_rep.sh']
  const found = script === undefined ? [] : (await verifySyntax(script)).map(withPlace)
  const isRefused = values === undefined || found.some(isError)
  return {
    ...(isRefused ? { files: {} } : { files, values }),
    ...(notJudged !== undefined && { notJudged }),
    diagnostics: sortDiagnostics([...diagnostics, ...found]),
  }
}

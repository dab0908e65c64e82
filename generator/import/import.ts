import { judgeModel } from '../compile/judge-model.js'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { listContract } from '../model/contract/user.js'
import { parseModel } from '../model/parse.js'
import { findApp } from './app-file.js'
import { draftModel } from './draft.js'
import { printConfig, printJson } from './print.js'
import { dropRefused, prune } from './prune.js'

/** The text of a replica.config.ts or .json (undefined when there is no app), and what is to be said of the app. */
export interface Imported {
  readonly text: string | undefined
  readonly findings: readonly Diagnostic[]
}

/**
 * Turns the content of an app file into a model. Paths of W_IMPORT findings are those of the file; what the compiler
 * itself says of the model that came out has paths of the model.
 */
export function importApp(value: unknown, id?: string, language: 'ts' | 'json' = 'ts'): Imported {
  const print = language === 'json' ? printJson : printConfig
  const file = findApp(value, id)
  if ('code' in file) return { text: undefined, findings: [file] }
  const drafted = draftModel(file)
  const accepted = dropRefused(drafted.draft)
  const model = prune(accepted.draft)
  const parsed = parseModel(model)
  const judged = parsed.ok
    ? judgeModel({ model: parsed.model, contract: listContract(parsed.model.env) })
    : parsed.diagnostics
  return {
    text: print(model, parsed.ok ? parsed.model : undefined),
    findings: [...drafted.findings, ...accepted.findings, ...judged],
  }
}

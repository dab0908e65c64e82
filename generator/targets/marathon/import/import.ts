import type { Diagnostic } from '../../../diagnostics/diagnostic.js'
import { findApp } from './app-file.js'
import type { TryModel } from './draft.js'
import { drawModel } from './draw.js'
import { printConfig, printJson } from './print.js'
import { dropRefused, prune } from './prune.js'

/** The text of a replica.config.ts or .json (undefined when there is no app), and what is to be said of the app. */
export interface Imported {
  readonly text: string | undefined
  readonly findings: readonly Diagnostic[]
}

/** How an app is imported. */
export interface ImportAppOptions {
  /** Which of several apps in the file. */
  readonly id?: string | undefined
  readonly language?: 'ts' | 'json'
  /** Asks the compiler. */
  readonly tryModel: TryModel
}

/**
 * Turns the content of an app file into a model. Paths of W_IMPORT findings are those of the file; what the compiler
 * itself says of the model that came out has paths of the model.
 */
export function importApp(value: unknown, { id, language = 'ts', tryModel }: ImportAppOptions): Imported {
  const print = language === 'json' ? printJson : printConfig
  const file = findApp(value, id)
  if ('code' in file) return { text: undefined, findings: [file] }
  const drawn = drawModel(file)
  const accepted = dropRefused(drawn.draft, tryModel)
  const model = prune(accepted.draft, tryModel)
  const tried = tryModel(model)
  return {
    text: print(model, tried.model),
    findings: [...drawn.findings, ...accepted.findings, ...tried.diagnostics],
  }
}

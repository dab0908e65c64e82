import { existsSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { tryModel } from '../compile/compile.js'
import { type Diagnostic, isError } from '../diagnostics/diagnostic.js'
import { findSecretValues, learnSecrets } from '../diagnostics/mask.js'
import { loadJson } from '../load/json.js'
import { importApp } from '../targets/marathon/import/import.js'
import { writeFiles } from '../write.js'
import { type AddCommand, exits } from './options.js'
import { printAside, printProduct, printText } from './print.js'
import { report } from './report.js'

export const addImport: AddCommand = (program, end) =>
  program
    .command('import')
    .description('turn the file of a Marathon app into a model, and say what was wrong with it')
    .argument('<app>', 'what POST /v2/apps takes, or GET /v2/apps answers; - is standard input')
    .option(
      '--config <file>',
      'write the model there, where nothing may be yet; without it, to standard output',
    )
    .option('--id <id>', 'which app, where there are several')
    .action(async (app: string, options: ImportOptions) => {
      end(await importFile(app, options))
    })

export interface ImportOptions {
  readonly config?: string
  readonly id?: string
}

/** Turns an app file into a model, on standard output or in a file that is not there yet. Gives the exit code. */
async function importFile(path: string, { config, id }: ImportOptions): Promise<number> {
  const refuse = (fault: Diagnostic) => {
    report([fault], {})
    return exits.refused
  }
  if (config !== undefined && existsSync(config)) {
    const message = `${config} exists already, and would be overwritten`
    return refuse({ code: 'E_IMPORT_EXISTS', message, hint: 'give another name to --config' })
  }
  if (config !== undefined && !/\.(ts|json)$/.test(config))
    return refuse({ code: 'E_CONFIG_EXTENSION', message: `${config} is neither a .ts nor a .json file` })
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path === '-' ? 0 : path))
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    return refuse({ code: 'E_CONFIG_UNREADABLE', message: `cannot read ${path}: ${reason}` })
  }
  const loaded = loadJson({ shown: path, absolute: resolve(path), text }, 'app')
  if (loaded.diagnostics.length > 0) {
    report(loaded.diagnostics, {})
    return exits.refused
  }
  learnSecrets(findSecretValues(loaded.value))
  const { text: model, findings } = importApp(loaded.value, {
    id,
    language: config?.endsWith('.json') ? 'json' : 'ts',
    tryModel,
  })
  report(
    findings.map((finding) => {
      const isOfFile = finding.path !== undefined && /^[EW]_IMPORT_/.test(finding.code)
      const place = isOfFile ? loaded.placeOf(finding.path ?? []) : undefined
      return place === undefined ? finding : { ...finding, place }
    }),
    {},
  )
  if (model === undefined) return exits.refused
  // A model that generate refuses is a beginning, and no success.
  const isWhole = !findings.some(isError)
  const end = () => {
    if (isWhole) return exits.done
    printAside('generate refuses this model until the errors above are fixed in it\n')
    return exits.refused
  }
  if (config === undefined) {
    printProduct(model)
    return end()
  }
  try {
    printText(`wrote ${writeFiles({ [config]: model }).join()}\n`)
    return end()
  } catch (error) {
    return refuse({ code: 'E_WRITE', message: error instanceof Error ? error.message : String(error) })
  }
}

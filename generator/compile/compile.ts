import { type Diagnostic, isError, sortDiagnostics } from '../diagnostics/diagnostic.js'
import type { MarathonApp } from '../marathon/app.js'
import { completeAccess } from '../model/access.js'
import { listContract } from '../model/contract/user.js'
import { parseModel } from '../model/parse.js'
import type { Replica } from '../model/replica.js'
import { defaultMethod } from '../postgres/access.js'
import { printMap } from '../script/map.js'
import { listParts } from '../script/parts.js'
import { digestOf } from '../script/print.js'
import { compileScript, judgeOwnSteps, type RunRep } from '../script/script.js'
import { type Sources, templateOf } from '../script/sources.js'
import { printConf } from './conf.js'
import { printHba } from './hba.js'
import { appContext, judgeModel } from './judge-model.js'
import { buildApp, printApp } from './marathon.js'

/** What a model comes to, before it is text. */
export interface Values extends RunRep {
  readonly model: Replica
  readonly app: MarathonApp
}

/** The artefacts by file name (empty when there was an error), what they were printed from, and all findings, sorted. */
export interface Compiled {
  readonly files: Readonly<Record<string, string>>
  readonly values?: Values
  readonly diagnostics: readonly Diagnostic[]
  /** Gives a finding in the printed script its place in the file that the line comes from. */
  readonly withPlace: (diagnostic: Diagnostic) => Diagnostic
}

/**
 * Compiles a raw model into the artefacts: run_rep.sh, postgresql.conf, pg_hba.conf, run_rep.map.json,
 * SHA256SUMS and marathon.json. Pure: the same model and sources give the same bytes everywhere.
 */
export function compileReplica(value: unknown, sources: Sources): Compiled {
  const parsed = parseModel(value)
  if (!parsed.ok) return refuse(parsed.diagnostics)
  const { model } = parsed
  const design = { model, contract: listContract(model.env, sources.docs) }
  const parts = listParts(design, sources)
  const found = [...judgeModel(design), ...judgeOwnSteps(model, parts, sources)]
  if (found.some(isError)) return refuse(found)
  const { runRep, diagnostics, withPlace } = compileScript(design, parts, sources)
  found.push(...diagnostics)
  if (runRep === undefined) return refuse(found)
  const values = { ...runRep, model, app: buildApp(model.app, appContext(model)) }
  return { files: printFiles(values, sources), values, diagnostics: sortDiagnostics(found), withPlace }
}

function refuse(found: readonly Diagnostic[]): Compiled {
  return { files: {}, diagnostics: sortDiagnostics(found), withPlace: (diagnostic) => diagnostic }
}

function printFiles({ model, script, map, app }: Values, sources: Sources): Record<string, string> {
  const access = completeAccess(model.access, model.master.role)
  const method = defaultMethod(model.postgresql.majors)
  const dist: Record<string, string> = {
    'pg_hba.conf': printHba(templateOf(sources, 'pg_hba.conf.hbs'), access, method),
    'postgresql.conf': printConf(templateOf(sources, 'postgresql.conf.hbs'), model.postgresql.settings),
    'run_rep.map.json': printMap(map),
    'run_rep.sh': script.text,
  }
  const sums = Object.entries(dist).map(([name, text]) => `${digestOf(text)}  ${name}\n`)
  return { ...dist, SHA256SUMS: sums.join(''), 'marathon.json': printApp(app) }
}

import { type Diagnostic, isError, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import { listContract } from '../model/contract/user.js'
import type { Replica } from '../model/replica.js'
import { listShape } from '../model/shape.js'
import { defaultMethod } from '../postgres/access.js'
import { completeAccess } from '../postgres/access-schema.js'
import { printMap } from '../script/map.js'
import { listParts } from '../script/parts.js'
import { digestOf } from '../script/print.js'
import { compileScript, judgeOwnSteps, type RunRep } from '../script/script.js'
import { type Sources, templateOf } from '../script/sources.js'
import type { Files } from '../targets/target.js'
import { printConf } from './conf.js'
import { printHba } from './hba.js'
import { judgeGiven, judgeModel } from './judge-model.js'
import { printMasterHba } from './master/hba.js'
import { listNeeds } from './master/needs.js'
import { printMasterSql } from './master/sql.js'
import type { Model } from './model.js'
import { parseModel } from './parse-model.js'
import { compileTargets, printBeside, type StartedTarget } from './targets.js'

/** What a model comes to, before it is text. */
export interface Values extends RunRep {
  readonly model: Replica
  readonly targets: readonly StartedTarget[]
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
 * Compiles a raw model into the artefacts: run_rep.sh, postgresql.conf, pg_hba.conf, master.sql, master.pg_hba.conf,
 * run_rep.map.json, SHA256SUMS, and what its targets print. Pure: the same model and sources give the same bytes everywhere.
 */
export function compileReplica(value: unknown, sources: Sources): Compiled {
  const parsed = parseModel(value)
  if (!parsed.ok) return refuse(parsed.diagnostics)
  const { design, targets, found } = judge(parsed.model, sources.docs)
  const { model } = design
  const parts = listParts(design, sources)
  found.push(...judgeOwnSteps(model, parts, sources))
  if (found.some(isError)) return refuse(found)
  const { runRep, diagnostics, withPlace } = compileScript(design, parts, sources)
  found.push(...diagnostics)
  if (runRep === undefined) return refuse(found)
  const usual = printUsual({ ...runRep, model }, sources)
  const values = { ...runRep, model, targets: targets.map((target) => printBeside(target, usual)) }
  const files = printFiles(usual, values.targets)
  found.push(...targets.flatMap(({ judgePrinted }) => judgePrinted?.(files) ?? []))
  if (found.some(isError)) return refuse(found)
  return { files, values, diagnostics: sortDiagnostics(found), withPlace }
}

/** What a model comes to but for its script; for whoever only tries. */
export function tryModel(value: unknown): {
  readonly model?: Model
  readonly diagnostics: readonly Diagnostic[]
  /** The files of its targets, by name. */
  readonly files: Readonly<Record<string, string>>
} {
  const parsed = parseModel(value)
  if (!parsed.ok) return { diagnostics: parsed.diagnostics, files: {} }
  const { targets, found } = judge(parsed.model, {})
  const files = Object.assign({}, ...targets.map(({ print }) => print({})))
  return { model: parsed.model, diagnostics: found, files }
}

function judge({ targets: sections, ...model }: Model, docs: Sources['docs']) {
  const design = { model, contract: listContract(model.env, docs) }
  const targets = compileTargets(sections, model)
  const given = targets.flatMap((target) => [...target.diagnostics, ...judgeGiven(target.given, design)])
  if (targets.length === 0) {
    const message = 'targets names nothing that starts the script'
    const hint = 'name one, as { systemd: {} }, or leave targets out for Marathon'
    given.push({ code: 'W_TARGETS', path: pathTo`targets`, message, hint })
  }
  // Two targets may find the same.
  const found = new Map([...judgeModel(design), ...given].map((one) => [JSON.stringify(one), one]))
  return { design, targets, found: [...found.values()] }
}

function refuse(found: readonly Diagnostic[]): Compiled {
  return { files: {}, diagnostics: sortDiagnostics(found), withPlace: (diagnostic) => diagnostic }
}

// What is published whatever starts the script.
function printUsual({ model, script, map }: RunRep & Pick<Values, 'model'>, sources: Sources): Files {
  const access = completeAccess(model.access, model.master.role)
  const method = defaultMethod(model.postgresql.majors)
  const needs = listNeeds(model)
  return {
    'master.pg_hba.conf': printMasterHba(templateOf(sources, 'master.pg_hba.conf.hbs'), model, needs),
    'master.sql': printMasterSql(templateOf(sources, 'master.sql.hbs'), model, needs),
    'pg_hba.conf': printHba(templateOf(sources, 'pg_hba.conf.hbs'), access, method),
    'postgresql.conf': printConf(
      templateOf(sources, 'postgresql.conf.hbs'),
      model.postgresql.settings,
      listShape(model).map(({ name }) => name),
    ),
    'run_rep.map.json': printMap(map),
    'run_rep.sh': script.text,
  }
}

function printFiles(usual: Files, targets: readonly StartedTarget[]): Record<string, string> {
  const print = (isPublished: boolean) =>
    targets.filter((target) => target.isPublished === isPublished).map((target) => target.print())
  const published: Record<string, string> = Object.assign({ ...usual }, ...print(true))
  const names = Object.keys(published).sort()
  const sums = names.map((name) => `${digestOf(published[name] ?? '')}  ${name}\n`)
  return Object.assign({ ...published, SHA256SUMS: sums.join('') }, ...print(false))
}

import { type Diagnostic, isError, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { type ModelPath, pathTo, showPath } from '../diagnostics/path.js'
import { listContract } from '../model/contract/user.js'
import type { Replica } from '../model/replica.js'
import { listShape } from '../model/shape.js'
import { defaultMethod } from '../postgres/access.js'
import { printMap } from '../script/map.js'
import { joinParts, listParts, nothingLate } from '../script/parts.js'
import { digestOf } from '../script/print.js'
import { compileScript, judgeOwnSteps, type RunRep } from '../script/script.js'
import { type Sources, templateOf } from '../script/sources.js'
import { similarTo } from '../similar.js'
import type { Files } from '../targets/target.js'
import { listAccess } from './access.js'
import { printConf } from './conf.js'
import { codes } from './explain-names.js'
import { printHba } from './hba.js'
import { judgeGiven, judgeModel } from './judge-model.js'
import { printMasterHba } from './master/hba.js'
import { listNeeds } from './master/needs.js'
import { printMasterSql } from './master/sql.js'
import type { Model } from './model.js'
import { parseModel } from './parse-model.js'
import { areNested, deepestWritten, type Salvage, withExamples, withoutParts } from './salvage.js'
import { compileTargets, printBeside, type StartedTarget } from './targets.js'

/** What a model comes to, before it is text. */
export interface Values extends RunRep {
  readonly model: Replica
  readonly targets: readonly StartedTarget[]
  /** The warnings that the model accepts. */
  readonly accept?: readonly string[]
}

/** The artefacts by file name (empty when there was an error), what they were printed from, and all findings, sorted. */
export interface Compiled {
  readonly files: Readonly<Record<string, string>>
  readonly values?: Values
  readonly diagnostics: readonly Diagnostic[]
  /** Why not all could be judged, where something could not. */
  readonly notJudged?: string
  /** Gives a finding in the printed script its place in the file that the line comes from. */
  readonly withPlace: (diagnostic: Diagnostic) => Diagnostic
}

/**
 * Compiles a raw model into the artefacts: run_rep.sh, conf/postgresql.conf, conf/pg_hba.conf, master.sql, master.pg_hba.conf,
 * run_rep.map.json, SHA256SUMS, and what its targets print. Pure: the same model and sources give the same bytes everywhere.
 */
export function compileReplica(value: unknown, sources: Sources): Compiled {
  const parsed = parseModel(value)
  if (!parsed.ok) return refuseRaw(value, parsed.diagnostics, sources)
  const compiled = compileParsed(parsed.model, sources)
  const { accept = [] } = parsed.model
  // Nobody knows what would have been found in a model that is refused.
  const unused = compiled.values === undefined ? [] : listUnused(accept, compiled.diagnostics)
  const left = compiled.diagnostics.filter(({ code }) => !accept.includes(code))
  const values = compiled.values && { values: { ...compiled.values, accept } }
  return { ...compiled, ...values, diagnostics: sortDiagnostics([...left, ...unused]) }
}

function listUnused(accept: readonly string[], found: readonly Diagnostic[]): Diagnostic[] {
  return accept.flatMap((code, index): Diagnostic[] => {
    // What all environments together have, nobody can tell from one (commands/judge-shared.ts).
    if (code === 'W_PUBLISH_SHARED' || found.some((one) => one.code === code)) return []
    const message = `accept names ${code}, which is not found in this model`
    return [{ code: 'W_ACCEPT', path: pathTo`accept.${index}`, message, hint: 'take it out' }]
  })
}

function judgeAccept(accept: readonly string[]): Diagnostic[] {
  return accept.flatMap((code, index): Diagnostic[] => {
    if (Object.hasOwn(codes, code)) return []
    const like = similarTo(code, Object.keys(codes))
    const message = `accept names ${code}, and no warning has that code`
    const hint = like === undefined ? 'take it out' : `did you mean ${like}?`
    return [{ code: 'E_ACCEPT', path: pathTo`accept.${index}`, message, hint }]
  })
}

function compileParsed(parsed: Model, sources: Sources): Compiled {
  const { design, targets, found } = judge(parsed, sources.docs)
  const { model } = design
  const parts = listParts(design, sources)
  const ofSteps = judgeOwnSteps(model, parts, sources)
  // The script around sound steps is judged also where other parts of the model are not; with none of the user's own
  // it holds nothing that has not been judged.
  const isOwn = model.steps.length > 0 || Object.keys(model.env).length > 0
  const isPossible = !ofSteps.some(isError) && !found.some(({ code }) => preventing.has(code))
  const isRefused = found.some(isError) || ofSteps.some(isError)
  found.push(...ofSteps)
  if (!isPossible) return refuse(found, isOwn ? notJudged.script : undefined)
  if (isRefused && !isOwn) return refuse(found)
  const { runRep, diagnostics, withPlace } = compileScript(design, parts, sources)
  found.push(...diagnostics)
  if (runRep === undefined || isRefused) return refuse(found)
  const usual = printUsual({ model, script: runRep.script, map: printMap(runRep.map) }, sources)
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

function judge({ targets: sections, accept = [], ...model }: Model, docs: Sources['docs']) {
  const design = { model, contract: listContract(model.env, docs) }
  const targets = compileTargets(sections, model)
  const given = targets.flatMap((target) => [...target.diagnostics, ...judgeGiven(target.given, design)])
  if (targets.length === 0) {
    const message = 'targets names nothing that starts the script'
    const hint = 'name one, as { systemd: {} }, or leave targets out for Marathon'
    given.push({ code: 'W_TARGETS', path: pathTo`targets`, message, hint })
  }
  // Two targets may find the same.
  const found = new Map(
    [...judgeAccept(accept), ...judgeModel(design), ...given].map((one) => [JSON.stringify(one), one]),
  )
  return { design, targets, found: [...found.values()] }
}

function refuse(found: readonly Diagnostic[], left?: string): Compiled {
  return {
    files: {},
    diagnostics: sortDiagnostics(found),
    withPlace: (diagnostic) => diagnostic,
    ...(left !== undefined && { notJudged: left }),
  }
}

/** Two steps of one name, or a name that the script has, would make findings of their own in the script. */
const preventing: ReadonlySet<string> = new Set(['E_STEP_TWICE', 'E_ENV_TAKEN'])

/** What a person is told where a stage could not run without the one before it. */
export const notJudged = {
  model: 'the model is judged when its file can be read',
  rules: 'rules that depend on the parts above are checked when these are correct; all others were checked',
  script: 'the script as a whole is judged when its steps and variables are in order',
}

// What does not depend on the refused parts is found at once: by the model without them, and where that takes another
// value for what was refused, only what is found with an example of it as well.
function refuseRaw(value: unknown, refused: readonly Diagnostic[], sources: Sources): Compiled {
  const paths: ModelPath[] = []
  let rest = withoutParts(value, [])
  for (let round = 0; round < 50; round++) {
    const parsed = parseModel(rest.value)
    if (parsed.ok)
      return refuse([...refused, ...foresee(parsed.model, { value, paths, rest, sources })], notJudged.rules)
    const before = paths.length
    for (const { path = [] } of parsed.diagnostics) {
      const deepest = rest.written(deepestWritten(rest.value, path))
      if (deepest.length > 0 && !paths.some((one) => showPath(one) === showPath(deepest))) paths.push(deepest)
    }
    if (paths.length === before) break
    rest = withoutParts(value, paths)
  }
  return refuse(refused, notJudged.rules)
}

function foresee(
  model: Model,
  about: {
    readonly value: unknown
    readonly paths: readonly ModelPath[]
    readonly rest: Salvage
    readonly sources: Sources
  },
): Diagnostic[] {
  const { value, paths, rest, sources } = about
  const { design, found } = judge(model, sources.docs)
  // Of a part within a part only the inner one was refused.
  const inner = paths.filter((path) => !paths.some((one) => one.length > path.length && areNested(one, path)))
  const other = parseModel(withExamples(value, inner))
  const identify = ({ code, path = [], message }: Diagnostic) =>
    JSON.stringify([code, showPath(path), message])
  const also = new Set(other.ok ? judge(other.model, sources.docs).found.map(identify) : [])
  const ofSteps = judgeOwnSteps(design.model, listParts(design, sources), sources)
  const sure = found
    .map((one) => (one.path === undefined ? one : { ...one, path: rest.written(one.path) }))
    .filter((one) => also.has(identify(one)))
  return [
    ...sure,
    ...ofSteps.map((one) => (one.path === undefined ? one : { ...one, path: rest.written(one.path) })),
  ].filter(({ path }) => path === undefined || !paths.some((refused) => areNested(refused, path)))
}

/**
 * The files of a model before the script was analysed: its list of tools is empty, and its contents name no lines. For
 * whoever wants to know where a part of a model ends up; undefined where the schema refuses it.
 */
export function printDraft(value: unknown, sources: Sources): Files | undefined {
  const parsed = parseModel(value)
  if (!parsed.ok) return undefined
  const { design, targets } = judge(parsed.model, sources.docs)
  const { model } = design
  const script = joinParts(listParts(design, sources), sources, nothingLate(model))
  const usual = printUsual({ model, script, map: '' }, sources)
  return Object.assign({ ...usual }, ...targets.map(({ print }) => print(usual)))
}

// What is published whatever starts the script.
function printUsual(
  {
    model,
    script,
    map,
  }: { readonly model: Replica; readonly script: RunRep['script']; readonly map: string },
  sources: Sources,
): Files {
  const method = defaultMethod(model.postgresql.majors)
  const needs = listNeeds(model)
  return {
    'conf/pg_hba.conf': printHba(templateOf(sources, 'pg_hba.conf.hbs'), listAccess(model), method),
    'conf/postgresql.conf': printConf(
      templateOf(sources, 'postgresql.conf.hbs'),
      model.postgresql.settings,
      model.task.mem,
      listShape(model).map(({ name }) => name),
    ),
    'master.pg_hba.conf': printMasterHba(templateOf(sources, 'master.pg_hba.conf.hbs'), model, needs),
    'master.sql': printMasterSql(templateOf(sources, 'master.sql.hbs'), model, needs),
    'run_rep.map.json': map,
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

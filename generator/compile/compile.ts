import { posix } from 'node:path'
import { type Diagnostic, isError, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import type { MarathonApp } from '../marathon/app.js'
import { completeAccess } from '../model/access.js'
import { listTypeFiles } from '../model/contract/types.js'
import { toContractVariable } from '../model/contract/user.js'
import { builtinVariables, type ContractVariable } from '../model/contract/variables.js'
import { failures } from '../model/exits.js'
import type { Replica } from '../model/replica.js'
import { builtinSteps } from '../model/steps.js'
import { defaultMethod } from '../postgres/access.js'
import { type Effects, type FunctionEffects, functionAt, moveLines } from '../shell/effects.js'
import { judgeStepFiles } from '../steps/files.js'
import { holdsForSteps, judgeSteps } from '../steps/judge.js'
import { findLasting, type Lasting } from '../steps/lasting.js'
import { listNeededTools } from './analyse.js'
import { appContext, checkModel, parseModel } from './check.js'
import { printConf } from './conf.js'
import { analyseScript, collectFacts, type Facts } from './facts.js'
import { printHba } from './hba.js'
import { lowerContents, lowerReplica, type View } from './lower.js'
import { mapScript, printMap, type ScriptMap } from './map.js'
import { buildApp, printApp } from './marathon.js'
import { type Chunk, digestOf, locateLine, type PrintedScript, printScript } from './print.js'
import { judgeProgram, listUnreadContract } from './program.js'
import { renderLines, renderTemplate } from './template.js'
import { reportAnalysis } from './verify.js'

/** Everything that compiling needs besides the model; no function below reads a file. */
export interface Sources {
  /** The package's templates by their path below `templates/`. */
  readonly templates: Readonly<Record<string, string>>
  /** The text of each step file of the user's, by the name that the model gives it. */
  readonly stepFiles: Readonly<Record<string, string>>
  /** Why a step file could not be read. */
  readonly stepFaults?: Readonly<Record<string, string>>
  /** The folder that step files are relative to, as the user named it; places begin with it. */
  readonly stepDir?: string
  /** Doc comments on the variables of `env`. */
  readonly docs: Readonly<Record<string, string>>
  /** What is known already of the package's own shell; without it all is analysed anew, with the same result. */
  readonly facts?: Facts
}

/** What a model comes to, before it is text. */
export interface Values {
  readonly model: Replica
  readonly script: PrintedScript
  /** What each function of the script does; lines are those of the script. */
  readonly functions: readonly FunctionEffects[]
  readonly map: ScriptMap
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
  const contract = collectContract(model, sources.docs)
  const found = checkModel(model, contract)
  const parts = listParts(model, contract, sources)
  found.push(...judgeOwnSteps(model, parts, sources))
  if (found.some(isError)) return refuse(found)
  const { script, effects, faults } = writeScript(parts, { model, contract }, sources)
  const withPlace = (diagnostic: Diagnostic) => placeInFile(diagnostic, script, model, sources)
  found.push(...faults.map(withPlace))
  if (!faults.some(isError)) found.push(...judgeReaders(model, contract, effects))
  if (found.some(isError)) return refuse(found)
  const values: Values = {
    model,
    script,
    functions: effects.functions,
    map: mapScript(script, effects, { model, contract }),
    app: buildApp(model.app, appContext(model)),
  }
  return { files: printFiles(values, sources), values, diagnostics: sortDiagnostics(found), withPlace }
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

function refuse(found: readonly Diagnostic[]): Compiled {
  return {
    files: {},
    diagnostics: sortDiagnostics(found),
    withPlace: (diagnostic) => diagnostic,
  }
}

/** The contract of a model: the script's variables, then the user's in the order of their names. */
export function collectContract(model: Replica, docs: Readonly<Record<string, string>>): ContractVariable[] {
  const own = Object.entries(model.env).sort(([a], [b]) => (a < b ? -1 : 1))
  return [...builtinVariables, ...own.map(([name, given]) => toContractVariable(name, given, docs[name]))]
}

/** The script's pieces: tables printed from the model, plain shell, the user's steps, the end. */
interface Parts {
  readonly tables: readonly Chunk[]
  readonly shell: readonly Chunk[]
  readonly own: readonly Chunk[]
  readonly rest: readonly Chunk[]
  readonly lasting: Lasting
}

/** Needed only where a step of the user's runs in a process of its own. */
const ownStepFile = 'run_rep/lib/own-step.sh'

// Helpers first, then the steps in the order of the run, the user's own, the other sub-commands, main.
function listParts(model: Replica, contract: readonly ContractVariable[], sources: Sources): Parts {
  const modelDigest = digestOf(stringifySorted(model)).slice(0, 16)
  const lasting = findLasting(model.steps, sources.stepFiles)
  const views = lowerReplica(model, contract, { modelDigest, lastingSteps: lasting.steps })
  const table = (name: string) => renderTable(sources, name, views[name] ?? {})
  const isUsed = (name: string) => name !== ownStepFile || lasting.steps.length < model.steps.length
  const library = Object.keys(sources.templates).filter(
    (name) => /^run_rep\/lib\/.*\.sh$/.test(name) && isUsed(name),
  )
  const types = listTypeFiles(contract.map(({ type }) => type)).map((name) => `run_rep/${name}`)
  const steps = builtinSteps.map(({ file }) => `run_rep/${file}`).filter((name) => name.endsWith('.sh'))
  const plain = (name: string): Chunk => ({
    source: `templates/${name}`,
    text: templateOf(sources, name),
  })
  const files = [...new Set(model.steps.map(({ file }) => file))]
  return {
    tables: ['constants', 'exits', 'contract', 'versions'].map((name) => table(`${name}.sh.hbs`)),
    shell: [...library, ...types, ...steps].map(plain),
    own: files.map((file) => ownChunk(file, model, sources)),
    rest: [
      plain('run_rep/health.sh'),
      plain('run_rep/ready.sh'),
      table('sequence.sh.hbs'),
      plain('run_rep/main.sh'),
    ],
    lasting,
  }
}

function ownChunk(file: string, model: Replica, { stepFiles }: Sources): Chunk {
  const text = stepFiles[file] ?? ''
  const unmarked = model.steps.find(
    (step) => step.file === file && !new RegExp(`^\\s*#\\s*@step\\s+${step.name}(\\s|$)`, 'm').test(text),
  )
  const heading = unmarked === undefined ? {} : { heading: `# @step ${unmarked.name}` }
  return { source: posix.normalize(file), text, ...heading }
}

function renderTable(sources: Sources, name: string, view: View): Chunk {
  const { text, lines } = renderLines(templateOf(sources, `run_rep/${name}`), view)
  return { source: `templates/run_rep/${name}`, text, sourceLines: lines }
}

function judgeOwnSteps(model: Replica, parts: Parts, sources: Sources): Diagnostic[] {
  const { steps, run } = model
  const { tables, shell, rest } = parts
  const show = (file: string) => showFile(file, sources)
  const builtin = [...tables, ...shell, ...rest, renderTable(sources, 'preflight.sh.hbs', { tools: [] })]
  const texts = sources.stepFiles
  const found = judgeStepFiles({ steps, texts, faults: sources.stepFaults ?? {}, show, builtin })
  if (found.length > 0 || steps.length === 0) return found
  return judgeSteps(
    [...new Set(steps.map(({ file }) => file))].map((file) => ({
      file: show(file),
      text: texts[file] ?? '',
    })),
    {
      builtin: builtin.map(({ text }) => text).join('\n'),
      lasting: parts.lasting.functions,
      secrets: Object.keys(model.env).filter((name) => model.env[name]?.secret),
      dataDir: run.dataDir,
    },
  )
}

const failureIds = failures.map(({ id }) => id)

/** The script, what its shell does, and what the rules say of it. */
interface RunRep {
  readonly script: PrintedScript
  readonly effects: Effects
  readonly faults: readonly Diagnostic[]
}

// The list of tools is printed from the analysis of all the rest. It stands right before the end of the script, so the
// lines above it are those that were analysed. The contents at the head are as long whatever they say.
function writeScript(
  parts: Parts,
  { model, contract }: { readonly model: Replica; readonly contract: readonly ContractVariable[] },
  sources: Sources,
): RunRep {
  const { steps } = model
  const draft = printParts(parts, sources, { tools: [], contents: lowerContents(model) })
  const given = { failureIds, tools: steps.flatMap(({ tools }) => tools) }
  const analysis = analyseScript(draft, given, sources.facts)
  const ownSources = new Set(parts.own.map(({ source }) => source))
  const isOwn = (line: number) =>
    draft.spans.some(({ source, from, to }) => ownSources.has(source) && from <= line && line <= to)
  const runsApart = (line: number) =>
    !parts.lasting.functions.has(functionAt(analysis.effects.functions, line) ?? '')
  const found = analysis.findings.filter(
    ({ code, line }) => !isOwn(line) || holdsForSteps(code, runsApart(line)),
  )
  const findings = [...found, ...judgeProgram(analysis.effects, { isOwn, contract })]
  const faults = reportAnalysis(draft.text, { ...analysis, findings })
  if (faults.some(isError)) return { script: draft, effects: analysis.effects, faults }
  const tools = listNeededTools(analysis.effects)
  faults.push(...judgeStepTools(steps, analysis.effects))
  const functions = moveDown(analysis.effects, draft, tools.length)
  const lineOf = (items: readonly { readonly name: string; readonly line: number }[]) => (wanted: string) =>
    items.find(({ name }) => name === wanted)?.line ?? 0
  const contents = lowerContents(model, {
    ofStep: lineOf(analysis.effects.steps),
    ofFunction: lineOf(functions),
  })
  const script = printParts(parts, sources, { tools, contents })
  return { script, effects: { ...analysis.effects, functions }, faults }
}

// The list has grown by a line for each tool since the analysis: its end, and all below it, have moved down.
function moveDown({ functions }: Effects, { spans }: PrintedScript, more: number): FunctionEffects[] {
  const end = spans.at(-2)?.to ?? 0
  return functions.map((one) => moveLines(one, (line) => (line < end ? line : line + more)))
}

// A name too many would hide the next program that is misspelt.
function judgeStepTools(steps: Replica['steps'], { functions }: Effects): Diagnostic[] {
  const run = new Set(functions.flatMap(({ tools }) => tools.map(({ name }) => name)))
  return steps.flatMap(({ name, tools }, step) =>
    tools.flatMap((tool, index): Diagnostic[] => {
      if (run.has(tool)) return []
      const message = `the step ${name} names the program ${tool}, and nothing runs it`
      return [
        { code: 'E_STEP_TOOL', path: pathTo`steps.${step}.tools.${index}`, message, hint: 'take it out' },
      ]
    }),
  )
}

function judgeReaders(model: Replica, contract: readonly ContractVariable[], effects: Effects): Diagnostic[] {
  const names = contract.filter(({ setBy }) => setBy !== 'libpq').map(({ name }) => name)
  return listUnreadContract(effects, names).map((name) => ({
    code: 'E_ENV_UNREAD',
    ...(Object.hasOwn(model.env, name) ? { path: pathTo`env.${name}` } : {}),
    message: `${name} is in the contract, but no step reads it and no child gets it`,
    hint: `read "$${name}" in a step, export it there for a program, or take it out`,
  }))
}

function printParts(
  { tables, shell, own, rest }: Parts,
  sources: Sources,
  { tools, contents }: { readonly tools: readonly string[]; readonly contents: View },
): PrintedScript {
  const head = templateOf(sources, 'run_rep/head.sh.hbs')
  const preflight = renderTable(sources, 'preflight.sh.hbs', { tools })
  const listing = renderTable(sources, 'contents.sh.hbs', contents)
  const chunks = [listing, ...tables, ...shell, ...own, ...rest.slice(0, -1), preflight, ...rest.slice(-1)]
  return printScript(chunks, (digest) => renderTemplate(head, { digest }))
}

/** The facts of the shipped shell: made when the package is built, from the embedded model. */
export function collectShippedFacts(templates: Sources['templates']): Facts {
  const parsed = parseModel({})
  if (!parsed.ok) throw new Error('the embedded model is refused')
  const sources = { templates, stepFiles: {}, docs: {} }
  const late = { tools: [], contents: lowerContents(parsed.model) }
  const draft = printParts(listParts(parsed.model, collectContract(parsed.model, {}), sources), sources, late)
  return collectFacts(draft, analyseScript(draft, { failureIds }, undefined))
}

// `sh -n` tells the line only, and a column of a filled-in table is none of the template's: then the place is where
// the text of the line begins.
function placeInFile(
  diagnostic: Diagnostic,
  { text, spans }: PrintedScript,
  { steps }: Replica,
  sources: Sources,
): Diagnostic {
  const { line, place } = diagnostic
  const at = line === undefined || place !== undefined ? undefined : locateLine(spans, line)
  if (line === undefined || at === undefined) return diagnostic
  const own = steps.find((step) => posix.normalize(step.file) === at.source)
  const file = own === undefined ? at.source : showFile(own.file, sources)
  const isTable = at.source.endsWith('.hbs')
  const start = (text.split('\n')[line - 1] ?? '').search(/\S|$/) + 1
  const column = isTable ? start : (diagnostic.column ?? start)
  return { ...diagnostic, place: { file, line: at.line, column } }
}

function showFile(file: string, { stepDir = '' }: Sources): string {
  return posix.join(stepDir, file)
}

function templateOf({ templates }: Sources, name: string): string {
  const text = templates[name]
  if (text === undefined) throw new Error(`no template ${name}`)
  return text
}

function stringifySorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

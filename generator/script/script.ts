import { posix } from 'node:path'
import { type Diagnostic, isError } from '../diagnostics/diagnostic.js'
import { ambientVariables, builtinVariables } from '../model/contract/variables.js'
import { failures } from '../model/exits.js'
import { listEarly } from '../model/own-steps.js'
import type { Replica } from '../model/replica.js'
import { type Effects, type FunctionEffects, functionAt, moveLines } from '../shell/effects.js'
import { judgeStepFiles } from '../steps/files.js'
import { holdsForSteps, judgeSteps } from '../steps/judge.js'
import { functionsIn, functionsOfSteps } from '../steps/lasting.js'
import { type Analysis, analyseShell, listNeededTools } from './analyse.js'
import { lowerContents } from './lower.js'
import { mapScript, type ScriptMap } from './map.js'
import { joinParts, listBuiltin, nothingLate, type Parts } from './parts.js'
import { locateLine, type PrintedScript } from './print.js'
import { type Design, type Sources, showStepFile } from './sources.js'
import { forbidMastersWithin, readRights } from './standby.js'
import { judgeReaders, judgeStepTools } from './unused.js'
import { reportAnalysis } from './verify.js'
import { judgeWholeScript, shellVariables } from './whole-script.js'

/** The script as values: its text with the lines of each source, what its functions do, and where all comes from. */
export interface RunRep {
  readonly script: PrintedScript
  /** What each function of the script does; lines are those of the script. */
  readonly functions: readonly FunctionEffects[]
  readonly map: ScriptMap
}

/** A script, unless there was an error, and what was found, each finding with its place in a template or step file. */
export interface CompiledScript {
  readonly runRep?: RunRep
  readonly diagnostics: readonly Diagnostic[]
  /** Gives a finding in a line of the script its place in the file that the line comes from. */
  readonly withPlace: (diagnostic: Diagnostic) => Diagnostic
}

/** Judges the files of the user's steps, before they stand in a script; the places are those in the files. */
export function judgeOwnSteps({ steps, run, env }: Replica, parts: Parts, sources: Sources): Diagnostic[] {
  if (steps.length === 0) return []
  const show = (file: string) => showStepFile(file, sources)
  const builtin = listBuiltin(parts, sources)
  const texts = sources.stepFiles
  const given = new Set([
    ...Object.keys(env),
    ...builtinVariables.map(({ name }) => name),
    ...ambientVariables,
    ...shellVariables,
  ])
  const isGiven = (name: string) => given.has(name) || ofPrograms.test(name)
  const found = judgeStepFiles({ steps, texts, faults: sources.stepFaults ?? {}, show, builtin, isGiven })
  // What a file does can be told where it is text that stands in a script.
  const faulty = new Set(
    found.map(({ place, path }) => place?.file ?? show(steps[Number(path?.[1])]?.file ?? '')),
  )
  const files = [...new Set(steps.map(({ file }) => file))].filter((file) => !faulty.has(show(file)))
  const deeds = judgeSteps(
    files.map((file) => ({ file: show(file), text: texts[file] ?? '' })),
    {
      builtin: builtin.map(({ text }) => text).join('\n'),
      lasting: parts.lasting.functions,
      forbidden: forbidMastersWithin,
      early: functionsIn(functionsOfSteps(steps, texts), listEarly(steps)),
      secrets: Object.keys(env).filter((name) => env[name]?.secret),
      dataDir: run.dataDir,
    },
  )
  return [...found, ...deeds]
}

/** What libpq, the loader and the C library read by themselves. */
const ofPrograms = /^(PG[A-Z]+|LC_[A-Z]+|LANG|LANGUAGE|LD_\w+|TZ|CDPATH|ENV|PS4)$/

/** Puts the script together, reads off what it does, judges it as a whole, and prints it. */
export function compileScript(design: Design, parts: Parts, sources: Sources): CompiledScript {
  const { model } = design
  const draft = joinParts(parts, sources, nothingLate(model))
  const withPlace = (diagnostic: Diagnostic) => placeInFile(diagnostic, draft, model, sources)
  const analysis = analyseShell(draft.text, {
    failureIds: failures.map(({ id }) => id),
    tools: model.steps.flatMap(({ tools }) => tools),
    rights: readRights(sources.templates),
  })
  const { effects } = analysis
  const diagnostics = judgeDraft(draft, analysis, { design, parts }).map(withPlace)
  if (!diagnostics.some(({ code }) => code === 'E_SHELL_SYNTAX')) {
    diagnostics.push(...judgeStepTools(model.steps, effects), ...judgeReaders(design, effects))
  }
  if (diagnostics.some(isError)) return { diagnostics, withPlace }
  return { runRep: finish(draft, effects, { design, parts, sources }), diagnostics, withPlace }
}

// What holds for all shell text, less what does not for a step of the user's, and what only the whole script tells.
function judgeDraft(
  draft: PrintedScript,
  analysis: Analysis,
  { design, parts }: { readonly design: Design; readonly parts: Parts },
): Diagnostic[] {
  const { functions } = analysis.effects
  const isOwn = (line: number) =>
    draft.spans.some(({ source, from, to }) => parts.own.has(source) && from <= line && line <= to)
  const runsApart = (line: number) => !parts.lasting.functions.has(functionAt(functions, line) ?? '')
  const found = analysis.findings.filter(
    ({ code, line }) => !isOwn(line) || holdsForSteps(code, runsApart(line)),
  )
  const whole = judgeWholeScript(analysis.effects, { isOwn, contract: design.contract })
  return reportAnalysis(draft.text, { ...analysis, findings: [...found, ...whole] })
}

// The list of tools stands right before the end of the script, so the lines above it are those that were analysed. The
// contents at the head are as long whatever they say.
function finish(
  draft: PrintedScript,
  effects: Effects,
  { design, parts, sources }: { readonly design: Design; readonly parts: Parts; readonly sources: Sources },
): RunRep {
  const tools = listNeededTools(effects)
  const functions = moveDown(effects, draft, tools.length)
  const lineOf = (items: readonly { readonly name: string; readonly line: number }[]) => (wanted: string) =>
    items.find(({ name }) => name === wanted)?.line ?? 0
  const contents = lowerContents(design.model, {
    ofStep: lineOf(effects.steps),
    ofFunction: lineOf(functions),
  })
  const script = joinParts(parts, sources, { tools, contents })
  return { script, functions, map: mapScript(script, { ...effects, functions }, design) }
}

// The list has grown by a line for each tool since the analysis: its end, and all below it, have moved down.
function moveDown({ functions }: Effects, { spans }: PrintedScript, more: number): FunctionEffects[] {
  const end = spans.at(-2)?.to ?? 0
  return functions.map((one) => moveLines(one, (line) => (line < end ? line : line + more)))
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
  const file = own === undefined ? at.source : showStepFile(own.file, sources)
  const isTable = at.source.endsWith('.hbs')
  const start = (text.split('\n')[line - 1] ?? '').search(/\S|$/) + 1
  const column = isTable ? start : (diagnostic.column ?? start)
  return { ...diagnostic, place: { file, line: at.line, column } }
}

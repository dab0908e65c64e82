import { codes as generalCodes } from '../diagnostics/codes.js'
import { type ModelPath, pathTo, showPath } from '../diagnostics/path.js'
import { exitClasses, type Failure, failures } from '../model/exits.js'
import { catalogue, newestKind } from '../postgres/catalogue.js'
import { whereHeld } from '../postgres/held.js'
import { renamed, settingsBefore10, successors } from '../postgres/history.js'
import { spanOf } from '../postgres/settings.js'
import { showKind } from '../postgres/values.js'
import { type ScriptMap, sourceLineOf } from '../script/map.js'
import { type FunctionEffects, functionAt } from '../shell/effects.js'
import { callersOf, closure } from '../shell/tools.js'
import { targets } from '../targets/all.js'
import type { Values } from './compile.js'
import { explainFile, printedNames } from './explain-printed.js'

/** Every code of a finding, those of the targets, too. */
export const codes: Readonly<Record<string, string>> = Object.assign(
  {},
  generalCodes,
  ...Object.values(targets).map((target) => target.codes),
)

/** What is explained, and how a part of the model is shown. */
export interface Explained extends Pick<Values, 'model' | 'script' | 'functions' | 'map' | 'targets'> {
  /** Where the user's file says a part of the model, as `file:line:column`; undefined where a default does. */
  readonly showPlace: (path: ModelPath) => string | undefined
}

/**
 * Explains a step, a variable, a function, a setting, a failure, an exit code, a code of a finding, or a file of a target
 * (with :<line> one line of it), for a person; undefined when nothing of that name is known. One name may be several of these.
 */
export function explain(what: string, given: Explained): string | undefined {
  const { functions } = given
  const found = [
    explainStep(what, given),
    explainVariable(what, given, functions),
    explainFunction(what, given.map, functions),
    explainFailure(what, given.map, functions),
    explainExit(what),
    explainSetting(what, given),
    explainFile(what, given.targets, (path) => showPart(path, given) ?? ''),
    Object.hasOwn(codes, what) ? `${what}: ${codes[what]}` : undefined,
  ].filter((text) => text !== undefined)
  return found.length === 0 ? undefined : `${found.join('\n\n')}\n`
}

/** Names that `explain` knows, for a "did you mean". */
export function explainable({ functions, map, targets: started }: Explained): string[] {
  return [
    ...Object.keys(map.steps),
    ...Object.keys(map.variables),
    ...functions.map(({ name }) => name),
    ...failures.map(({ id }) => id),
    ...Object.keys(codes),
    ...catalogue.keys(),
    ...settingsBefore10.keys(),
    ...renamed.keys(),
    ...printedNames(started),
  ].filter((name) => name !== '')
}

/** Says whose line of run_rep.sh that is: file, function, step; undefined when the script has no such line. */
export function explainLine(line: number, { script, map, functions }: Explained): string | undefined {
  const text = script.text.split('\n')[line - 1]
  if (text === undefined || !Number.isInteger(line)) return undefined
  const source = map.sources.find(({ lines: [from, to] }) => from <= line && line <= to)
  const name = functionAt(functions, line)
  const step = Object.entries(map.steps).find(([, { lines }]) => lines[0] <= line && line <= lines[1])
  const users = name === undefined ? [] : stepsThatReach(name, functions, map)
  return `${list([
    [`line ${line}`, text.trim() || '(empty)'],
    ['from', source ? `${source.source}:${sourceLineOf(source, line)}` : 'the head of the script'],
    ['function', name],
    ['step', step?.[0]],
    ['reached by', users.join(', ')],
  ])}\n`
}

function explainStep(name: string, given: Explained): string | undefined {
  const { steps } = given.map
  const step = Object.hasOwn(steps, name) ? steps[name] : undefined
  if (step === undefined) return undefined
  const names = Object.keys(steps)
  const at = names.indexOf(name)
  const shared = (all: readonly string[]) => all.filter((one) => !one.startsWith('_')).join(' ')
  return list([
    [`step ${name}`, step.doc],
    ['lines', `${step.lines[0]} to ${step.lines[1]} of run_rep.sh`],
    ['from', `${step.source}, lines ${step.sourceLines[0]} to ${step.sourceLines[1]}`],
    ['in the model', showPart(step.model, given)],
    [
      'runs',
      [at > 0 ? `after ${names[at - 1]}` : '', names[at + 1] ? `before ${names[at + 1]}` : '']
        .filter(Boolean)
        .join(', '),
    ],
    ['reads', shared(step.reads)],
    ['sets', shared(step.sets)],
    ['runs tools', step.tools.join(' ')],
    ['may fail with', step.failures.map(showFailure).join(', ')],
  ])
}

function explainVariable(
  name: string,
  given: Explained,
  functions: readonly FunctionEffects[],
): string | undefined {
  const { map } = given
  const readers = functions.filter(({ reads }) => reads.some((read) => read.name === name))
  const setters = functions.filter(({ sets }) => sets.some((set) => set.name === name))
  const places = (owners: readonly FunctionEffects[]) =>
    owners.map((owner) => `${owner.name || 'the top level'} (line ${owner.line})`).join(', ')
  const variable = Object.hasOwn(map.variables, name) ? map.variables[name] : undefined
  if (variable === undefined && readers.length + setters.length === 0) return undefined
  const constant = Object.hasOwn(map.constants, name) ? map.constants[name] : undefined
  const usual = variable?.default === undefined ? 'none' : JSON.stringify(variable.default)
  return list([
    [`variable ${name}`, variable?.doc ?? 'of the script itself'],
    ['value', variable?.what],
    ['default', variable && (variable.required ? 'none: a run without it is refused' : usual)],
    ['set by', variable ? `${variable.setBy}${variable.secret ? ', never shown' : ''}` : places(setters)],
    ['in the model', showPart(variable?.model ?? constant?.model, given)],
    ['read by', places(readers)],
  ])
}

function explainFunction(
  name: string,
  map: ScriptMap,
  functions: readonly FunctionEffects[],
): string | undefined {
  const own = functions.find((item) => item.name === name && name !== '')
  if (own === undefined) return undefined
  const callers = functions.filter(({ calls }) => calls.some((call) => call.name === name))
  return list([
    [`function ${name}`, `lines ${own.line} to ${own.endLine} of run_rep.sh`],
    ['called by', callers.map((caller) => caller.name || 'the top level').join(', ')],
    ['reached by', stepsThatReach(name, functions, map).join(', ')],
    ['runs tools', [...new Set(own.tools.map((tool) => tool.name))].join(' ')],
    ['may fail with', [...new Set(own.failures.map((failure) => failure.name))].map(showFailure).join(', ')],
  ])
}

function explainFailure(
  id: string,
  { steps }: ScriptMap,
  functions: readonly FunctionEffects[],
): string | undefined {
  const failure = failures.find((one) => one.id === id)
  if (failure === undefined) return undefined
  const places = functions.flatMap((owner) =>
    owner.failures.filter(({ name }) => name === id).map(({ line }) => `${owner.name} (line ${line})`),
  )
  const users = Object.entries(steps).filter(([, step]) => step.failures.includes(id))
  return list([
    [`failure ${id}`, failure.means],
    ['exit code', `${failure.code}: ${classOf(failure)}`],
    ['what to do', failure.advice],
    ['said in', places.join(', ')],
    ['in steps', users.map(([name]) => name).join(', ')],
  ])
}

function explainExit(text: string): string | undefined {
  const found = exitClasses.find(({ code }) => String(code) === text)
  if (found === undefined) return undefined
  const ids = failures.filter(({ code }) => code === found.code)
  return list([
    [`exit code ${text}`, found.means],
    ...ids.map(({ id, means }): [string, string] => [id, means]),
  ])
}

function explainSetting(name: string, given: Explained): string | undefined {
  const { settings } = given.model.postgresql
  const held = whereHeld(name)
  const key = name.toLowerCase()
  const known = catalogue.get(key)
  const own = Object.keys(settings).find((other) => other.toLowerCase() === key)
  const other = renamed.get(key)
  const isKnown = [held, known, own, other, settingsBefore10.get(key)].some((one) => one !== undefined)
  if (!isKnown) return undefined
  const { since, until } = spanOf(key)
  const kind = newestKind(key)
  return list([
    [
      `setting ${known?.name ?? name}`,
      own === undefined ? 'not in the model' : JSON.stringify(settings[own]),
    ],
    ['in the model', own === undefined ? undefined : showPart(pathTo`postgresql.settings.${own}`, given)],
    ['held', held],
    ['what it is', known?.about],
    ['takes', kind && showKind(kind)],
    ['since', since === undefined ? undefined : `PostgreSQL ${since}`],
    ['last in', until === undefined ? undefined : `PostgreSQL ${until}`],
    ['renamed to', other && `${other.to}${other.since === undefined ? '' : ` in PostgreSQL ${other.since}`}`],
    ['instead', successors.get(key)],
  ])
}

function stepsThatReach(name: string, functions: readonly FunctionEffects[], { steps }: ScriptMap): string[] {
  const users = closure([name], callersOf({ functions }))
  return Object.keys(steps).filter((step) => users.has(`step_${step}`))
}

function showPart(path: ModelPath | undefined, { showPlace }: Explained): string | undefined {
  const place = path === undefined ? undefined : showPlace(path)
  return place === undefined ? path && showPath(path) : `${showPath(path ?? [])} (${place})`
}

function showFailure(id: string): string {
  const failure = failures.find((one) => one.id === id)
  return failure === undefined ? id : `${id} (${failure.code})`
}

function classOf({ code }: Failure): string {
  return exitClasses.find((one) => one.code === code)?.means ?? ''
}

// The first row is the heading; what has no value is left out.
function list(rows: readonly (readonly [label: string, text: string | undefined])[]): string {
  const [heading, ...rest] = rows
  const shown = rest.filter(([, text]) => text !== undefined && text !== '')
  return [
    `${heading?.[0]}: ${heading?.[1]}`,
    ...shown.map(([label, text]) => `  ${label.padEnd(14)}${text}`),
  ].join('\n')
}

import { type ModelPath, showPath } from '../diagnostics/path.js'
import { builtinSteps } from '../model/builtin-steps.js'
import { builtinVariables, exampleValues } from '../model/contract/variables.js'
import { exitClasses, type Failure, failures } from '../model/exits.js'
import { catalogue } from '../postgres/catalogue.js'
import { renamed, settingsBefore10 } from '../postgres/history.js'
import { type ScriptMap, sourceLineOf } from '../script/map.js'
import { type FunctionEffects, functionAt } from '../shell/effects.js'
import { callersOf, closure } from '../shell/tools.js'
import type { Files } from '../targets/target.js'
import { codeExamples } from './code-examples.js'
import { familyOf } from './code-families.js'
import type { Values } from './compile.js'
import { explainExit } from './explain-exit.js'
import { explainKey } from './explain-key.js'
import { codes } from './explain-names.js'
import { explainFile, printedNames } from './explain-printed.js'
import { explainSetting } from './explain-setting.js'
import { keyNames } from './keys.js'
import { linkOfFailure, linkOfFunction, linkOfStep, linkOfTarget, linkOfVariable } from './links.js'
import { list } from './list.js'

export { codes } from './explain-names.js'

/** What is explained, and how a part of the model is shown. */
export interface Explained extends Pick<Values, 'model' | 'script' | 'functions' | 'map' | 'targets'> {
  /** Where the user's file says a part of the model, as `file:line:column`; undefined where a default does. */
  readonly showPlace: (path: ModelPath) => string | undefined
  /** Whether the model is anybody's, so that nothing is said of it. */
  readonly isAny?: boolean
  /** The files of another raw model, unproved; for where a key ends up. */
  readonly printDraft?: (value: object) => Files | undefined
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
    explainFunction(what, given),
    explainFailure(what, given),
    explainExit(what),
    explainPostgresSetting(what, given),
    explainModelKey(what, given),
    given.isAny === true ? undefined : explainPrinted(what, given),
    explainCode(what),
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
    ...keyNames(),
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
    [
      'why',
      `one of the ${names.length} steps of a run, which come in this order: ${names.join(', ')}. Each decides by itself whether it has work; its lines in the log bear its name`,
    ],
    ['example', `2026-01-31T03:14:15Z INFO ${name}: …, as it stands in the log of a run`],
    ['see', linkOfStep(builtinSteps.some((one) => one.name === name) ? name : '', newestOf(given))],
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
    [
      'default',
      variable &&
        (variable.required ? 'none: a run without it is refused' : shownDefault(variable.secret, usual)),
    ],
    ['set by', variable ? `${variable.setBy}${variable.secret ? ', never shown' : ''}` : places(setters)],
    ['in the model', showPart(variable?.model ?? constant?.model, given)],
    ['read by', (variable && partsThatRead(readers, given)) ?? places(readers)],
    [
      'example',
      variable === undefined
        ? `explain --line ${(setters[0] ?? readers[0])?.line ?? 1}`
        : exampleOf(name, given),
    ],
    ['see', variable === undefined ? linkOfFunction() : linkOfVariable(name, newestOf(given))],
  ])
}

// A person knows the steps and the sub-commands of the script, not its functions.
function partsThatRead(
  readers: readonly FunctionEffects[],
  { functions, map }: Explained,
): string | undefined {
  const steps = new Set(readers.flatMap(({ name }) => stepsThatReach(name, functions, map)))
  const names = Object.keys(map.steps).filter((name) => steps.has(name))
  return names.length === 0 ? undefined : `the steps ${names.join(', ')}`
}

function shownDefault(isSecret: boolean, usual: string): string {
  return isSecret && usual !== 'none' ? 'never shown' : usual
}

// As the environment file of a unit has it.
function exampleOf(name: string, { map }: Explained): string {
  const { secret, default: usual } = map.variables[name] ?? {}
  if (secret === true) return `${name}_FILE=/run/secrets/…, a file, where there is such a variable`
  if (Object.hasOwn(exampleValues, name)) return `${name}=${exampleValues[name]}`
  const type = builtinVariables.find((variable) => variable.name === name)?.type
  const value = type?.good.find((good) => good !== usual && good !== '') ?? usual ?? '…'
  return `${name}=${value}`
}

function explainFunction(name: string, { map, functions, script }: Explained): string | undefined {
  const own = functions.find((item) => item.name === name && name !== '')
  if (own === undefined) return undefined
  const callers = functions.filter(({ calls }) => calls.some((call) => call.name === name))
  return list([
    [`function ${name}`, `lines ${own.line} to ${own.endLine} of run_rep.sh`],
    ['what it does', commentAbove(script.text.split('\n'), own.line)],
    ['called by', callers.map((caller) => caller.name || 'the top level').join(', ')],
    ['reached by', stepsThatReach(name, functions, map).join(', ')],
    ['runs tools', [...new Set(own.tools.map((tool) => tool.name))].join(' ')],
    ['may fail with', [...new Set(own.failures.map((failure) => failure.name))].map(showFailure).join(', ')],
    ['example', firstCall(name, callers, script.text.split('\n'))],
    ['see', linkOfFunction()],
  ])
}

// The comment that stands above a function, on one line.
function commentAbove(lines: readonly string[], line: number): string | undefined {
  const comments: string[] = []
  for (let at = line - 2; at >= 0 && /^# /.test(lines[at] ?? ''); at--)
    comments.unshift((lines[at] ?? '').slice(2))
  return comments.filter((comment) => !comment.startsWith('@')).join(' ')
}

function firstCall(
  name: string,
  callers: readonly FunctionEffects[],
  lines: readonly string[],
): string | undefined {
  const line = callers.flatMap(({ calls }) => calls).find((call) => call.name === name)?.line
  return line === undefined ? undefined : `line ${line}: ${(lines[line - 1] ?? '').trim()}`
}

function explainFailure(id: string, given: Explained): string | undefined {
  const {
    functions,
    map: { steps },
  } = given
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
    ['the data', failure.data],
    ['said in', places.join(', ')],
    ['in steps', users.map(([name]) => name).join(', ')],
    ['example', `… ERROR …: what to do: … (${id}, exit ${failure.code}), the last line of the log`],
    ['see', linkOfFailure(id, newestOf(given))],
  ])
}

function explainCode(code: string): string | undefined {
  if (!Object.hasOwn(codes, code)) return undefined
  const { about, example, link } = familyOf(code)
  const [wrong, right] = codeExamples[code] ?? example
  return list([
    [code, codes[code]],
    [code.startsWith('E_') ? 'an error' : 'a warning', severityWords(code)],
    ['why', about],
    ['example', `${wrong}    brings it about`],
    ['instead', right],
    ['see', link],
  ])
}

function severityWords(code: string): string {
  return code.startsWith('E_') ? 'nothing is written' : 'the files are written, unless --strict is given'
}

function explainModelKey(name: string, given: Explained): string | undefined {
  return explainKey(name, {
    showPart: (path) => showPart(path, given) ?? '',
    print: given.printDraft ?? (() => undefined),
    targets: given.targets.map((target) => target.name),
    newest: newestOf(given),
  })
}

function explainPostgresSetting(name: string, given: Explained): string | undefined {
  return explainSetting(name, {
    model: given.model,
    isAny: given.isAny === true,
    showPart: (path) => showPart(path, given) ?? '',
    newest: newestOf(given),
  })
}

function explainPrinted(what: string, given: Explained): string | undefined {
  const text = explainFile(what, given.targets, (path) => showPart(path, given) ?? '')
  const owner = given.targets.find(({ trace }) => Object.hasOwn(trace?.() ?? {}, what.replace(/:\d+$/, '')))
  return text === undefined || owner === undefined ? text : `${text}\n  see  ${linkOfTarget(owner.name)}`
}

function stepsThatReach(name: string, functions: readonly FunctionEffects[], { steps }: ScriptMap): string[] {
  const users = closure([name], callersOf({ functions }))
  return Object.keys(steps).filter((step) => users.has(`step_${step}`))
}

function showPart(path: ModelPath | undefined, { showPlace, isAny }: Explained): string | undefined {
  if (isAny === true) return undefined
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

/** The newest major of the model, whose documentation is linked to. */
function newestOf({ model }: Pick<Explained, 'model'>): number {
  return Math.max(...model.postgresql.majors)
}

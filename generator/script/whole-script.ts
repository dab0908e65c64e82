import { ambientVariables, builtinVariables, type ContractVariable } from '../model/contract/variables.js'
import { findUnassigned, type Unassigned } from '../shell/assignment.js'
import { compare, type Effects, type FunctionEffects, type VariableSet } from '../shell/effects.js'
import type { Finding } from '../shell/rules/rule.js'
import { callersOf, closure, reachableFrom } from '../shell/tools.js'
import { similarTo } from '../similar.js'

/** What every shell sets by itself (POSIX XCU 2.5.3); HOME and PATH are what a login or Mesos gives. */
export const shellVariables: readonly string[] = ['IFS', 'OPTIND', 'PPID', 'PWD', 'HOME', 'PATH']

/** Which lines of the script come from the user's step files. */
export type IsOwn = (line: number) => boolean

export interface WholeScriptOptions {
  readonly isOwn?: IsOwn
  /** The variables that come from outside. */
  readonly contract?: readonly Pick<ContractVariable, 'name'>[]
}

/**
 * Judges what only the whole script tells, since all variables of POSIX shell are global: each read finds a
 * value, each value a reader, and no function the variables of another.
 */
export function judgeWholeScript(
  effects: Effects,
  { isOwn = () => false, contract = builtinVariables }: WholeScriptOptions = {},
): Finding[] {
  return [
    ...judgeReads(effects),
    ...judgeGuardedReads(effects, contract),
    ...judgeSets(effects),
    ...judgePrivate(effects),
    ...judgeOwnSets(effects, isOwn),
    ...judgeCalls(effects),
    ...judgeMasked(effects),
    ...judgeGuards(effects),
  ].sort((a, b) => a.line - b.line || a.column - b.column || compare(a.code, b.code))
}

function judgeReads({ functions }: Effects): Finding[] {
  const known = [...new Set(functions.flatMap(({ sets }) => sets.map(({ name }) => name)))]
  return findUnassigned(functions, new Set(shellVariables)).map((found) => ({
    code: 'E_SHELL_UNASSIGNED',
    message: `$${found.name} is read before it has a value${wayTo(found)}`,
    hint: hintFor(found.name, known),
    line: found.line,
    column: found.column,
  }))
}

// `${X:-}` hides a misspelt name as well as it serves an optional variable; only what may come from outside is one.
function judgeGuardedReads({ functions }: Effects, contract: WholeScriptOptions['contract'] = []): Finding[] {
  const known = new Set([
    ...functions.flatMap(({ sets }) => sets.map(({ name }) => name)),
    ...contract.map(({ name }) => name),
    ...ambientVariables,
    ...shellVariables,
  ])
  const unknown = functions
    .flatMap(({ reads }) => reads)
    .filter(({ name, guarded }) => guarded && !known.has(name))
  return firstOfEach(unknown).map(({ name, line, column }) => {
    const like = similarTo(name, known)
    const usual = 'declare it in env if it comes from outside'
    return {
      code: 'E_SHELL_UNKNOWN',
      message: `nothing sets ${name}, and it is not in the contract`,
      hint: like === undefined ? usual : `did you mean ${like}? Else ${usual}`,
      line,
      column,
    }
  })
}

function wayTo({ via, wasUnset }: Unassigned): string {
  const way = via.length === 0 ? '' : `, on the way ${via.join(' > ')}`
  return wasUnset ? `${way}: the script has unset it` : way
}

function hintFor(name: string, known: readonly string[]): string {
  const usual = `set it on every way that leads here, or write \${${name}:-} if it may be unset`
  const like = known.includes(name) ? undefined : similarTo(name, known)
  return like === undefined ? usual : `did you mean $${like}? Else ${usual}`
}

// `read` and `for` must name something, whether it is of use or not.
function judgeSets({ functions }: Effects): Finding[] {
  const read = new Set(
    functions.flatMap(({ reads, exports }) => [...reads, ...exports]).map(({ name }) => name),
  )
  const byNeed = new Set<VariableSet['by']>(['environment', 'read', 'for', 'getopts'])
  const unread = functions
    .flatMap(({ sets }) => sets)
    .filter(({ name, by }) => !read.has(name) && !byNeed.has(by) && !shellVariables.includes(name))
  return firstOfEach(unread).map(({ name, line, column }) => {
    const like = similarTo(name, read)
    return {
      code: 'E_SHELL_UNREAD',
      message: `${name} is set here, and nothing reads or exports it`,
      hint: like === undefined ? 'take it out' : `did you mean ${like}? Else take it out`,
      line,
      column,
    }
  })
}

// A name that begins with _ is a function's own; the functions that it calls have theirs.
function judgePrivate({ functions }: Effects): Finding[] {
  const owners = new Map<string, FunctionEffects>()
  const uses = functions
    .flatMap((owner) => [...owner.sets, ...owner.reads].map((use) => ({ use, owner })))
    .filter(({ use }) => use.name.startsWith('_'))
    .sort((a, b) => a.use.line - b.use.line || a.use.column - b.use.column)
  return uses.flatMap(({ use: { name, line, column }, owner }): Finding[] => {
    const first = owners.get(name) ?? owner
    owners.set(name, first)
    if (first === owner) return []
    return [
      {
        code: 'E_SHELL_PRIVATE',
        message: `${name} is a variable of ${first.name || 'the top level'}, and ${owner.name || 'the top level'} uses it, too`,
        hint: 'give it a name of its own, or one without the first _ if both are to share it',
        line,
        column,
      },
    ]
  })
}

// What the script itself keeps in a variable is not a step's to change; those of the contract are. The top level is
// one for both, so each line is asked whose it is.
function judgeOwnSets({ functions }: Effects, isOwn: IsOwn): Finding[] {
  const sets = functions.flatMap(({ name: owner, sets }) => sets.map((set) => ({ ...set, owner })))
  const taken = new Map(
    sets
      .filter(({ line }) => !isOwn(line))
      .map(({ name, owner }) => [name, owner || 'the top level'] as const),
  )
  return sets
    .filter(({ line }) => isOwn(line))
    .filter(({ name, by }) => by !== 'environment' && taken.has(name) && !/^[A-Z]/.test(name))
    .map(({ name, line, column }) => ({
      code: 'E_SHELL_TAKEN',
      message: `${name} is a variable of the script (set in ${taken.get(name)})`,
      hint: 'give yours another name',
      line,
      column,
    }))
}

// What nothing calls is judged by no way that leads there.
function judgeCalls(effects: Effects): Finding[] {
  const called = new Set(reachableFrom(effects, ['']))
  return effects.functions
    .filter(({ name }) => !called.has(name))
    .map(({ name, line }) => ({
      code: 'E_SHELL_UNCALLED',
      message: `nothing calls ${name}`,
      hint: 'call it, or take it out',
      line,
      column: 1,
    }))
}

// Where a function is asked (`if f`, `f || …`), `set -e` is off in it and in all that it calls: what fails there
// goes on as if nothing had been, unless it is looked at.
function judgeMasked(effects: Effects): Finding[] {
  const masked = new Set(
    reachableFrom(
      effects,
      effects.functions.flatMap((item) => item.asked),
    ),
  )
  const failing = effects.functions.filter(({ failures }) => failures.length > 0).map(({ name }) => name)
  const canFail = closure(failing, callersOf(effects))
  return effects.functions
    .filter(({ name }) => masked.has(name))
    .flatMap(({ name: owner, unchecked }) =>
      unchecked
        .filter(({ name, kind }) => (kind === 'tool' ? !sound.has(name) : canFail.has(name)))
        .map(
          ({ name, line, column }): Finding => ({
            code: 'E_SHELL_MASKED',
            message: `a failure of ${name} goes unnoticed: ${owner} is called in a condition, where set -e is off`,
            hint: `write ${name} … || return 1, || fail …, or ignore ${name} …`,
            line,
            column,
          }),
        ),
    )
}

// They fail only where nothing works any more.
const sound = new Set(['cksum', 'cut', 'date', 'sleep', 'tr'])

// `have curl || … curl …`: asked the wrong way round.
function judgeGuards({ functions }: Effects): Finding[] {
  return functions
    .flatMap(({ tools }) => tools)
    .filter(({ name, guards }) => guards.includes(`!${name}`) && !guards.includes(name))
    .map(({ name, line, column }) => ({
      code: 'E_SHELL_ABSENT',
      message: `${name} is run on the path where have ${name} has failed`,
      hint: 'swap the two branches',
      line,
      column,
    }))
}

function firstOfEach<T extends { readonly name: string; readonly line: number; readonly column: number }>(
  items: readonly T[],
): T[] {
  const found = new Map<string, T>()
  for (const item of [...items].sort((a, b) => a.line - b.line || a.column - b.column)) {
    if (!found.has(item.name)) found.set(item.name, item)
  }
  return [...found.values()]
}

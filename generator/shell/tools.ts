import { compare, type Effects, type FunctionEffects, type Mention } from './effects.js'

/** An external command that a root function can come to run. */
export interface Tool {
  readonly tool: string
  /** The variable that holds its directory, for `"$pg_bin"/psql`. */
  readonly dir?: string
  /**
   * What is certain on every path to it: `curl` = `have curl` was true (or a `case` chose it by its name),
   * `!curl` = it was false. Empty: it is demanded without condition.
   */
  readonly guardedBy: readonly string[]
  /** The functions that run it, sorted; `''` is the top level. */
  readonly functions: readonly string[]
}

/** All external commands that a function reaches through the call graph, by name: for preflight and the map. */
export function toolsOf(effects: Effects, root: string): Tool[] {
  const found = new Map<
    string,
    { tool: string; dir: string | undefined; guards: Guards; functions: Set<string> }
  >()
  for (const [{ name, tools }, entry] of entriesOf(effects, root)) {
    for (const run of tools) {
      const key = `${run.dir ?? ''}/${run.name}`
      const guards = settleChoices(run.name, [...entry, ...run.guards])
      const known = found.get(key)
      if (known === undefined) {
        found.set(key, { tool: run.name, dir: run.dir, guards, functions: new Set([name]) })
      } else {
        known.guards = intersect(known.guards, guards)
        known.functions.add(name)
      }
    }
  }
  return [...found.values()]
    .map(({ tool, dir, guards, functions }) => ({
      tool,
      ...(dir === undefined ? {} : { dir }),
      guardedBy: [...guards].sort(),
      functions: [...functions].sort(),
    }))
    .sort((a, b) => compare(a.tool, b.tool) || compare(a.dir ?? '', b.dir ?? ''))
}

/** The functions that roots can come to run, these too, sorted. */
export function reachableFrom({ functions }: Pick<Effects, 'functions'>, roots: readonly string[]): string[] {
  const callees = new Map(functions.map(({ name, calls }) => [name, calls.map((call) => call.name)]))
  return [...closure(roots, callees)].filter((name) => callees.has(name)).sort()
}

/** Who calls each function. */
export function callersOf({ functions }: Pick<Effects, 'functions'>): Map<string, string[]> {
  const callers = new Map<string, string[]>()
  for (const { name, calls } of functions) {
    for (const call of calls) callers.set(call.name, [...(callers.get(call.name) ?? []), name])
  }
  return callers
}

/** All names that `next` leads to, the first ones too. */
export function closure(from: readonly string[], next: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>()
  const work = [...from]
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    if (found.has(name)) continue
    found.add(name)
    work.push(...(next.get(name) ?? []))
  }
  return found
}

/** The failure ids that a root can end with, each once, sorted. */
export function failuresOf(effects: Effects, root: string): string[] {
  return [...new Set(mentionsOf(effects, root, ({ failures }) => failures))].sort()
}

function mentionsOf(
  effects: Effects,
  root: string,
  pick: (effects: FunctionEffects) => readonly Mention[],
): string[] {
  return [...entriesOf(effects, root).keys()].flatMap((item) => pick(item).map(({ name }) => name))
}

type Guards = ReadonlySet<string>

// For each function reached: what holds at its entry, whoever calls it. Sets only shrink, so this ends.
function entriesOf(effects: Effects, root: string): Map<FunctionEffects, Guards> {
  const byName = new Map<string, FunctionEffects[]>()
  for (const item of effects.functions) byName.set(item.name, [...(byName.get(item.name) ?? []), item])
  const entries = new Map<FunctionEffects, Guards>()
  const work: { name: string; guards: Guards }[] = [{ name: root, guards: new Set() }]
  for (let item = work.pop(); item !== undefined; item = work.pop()) {
    for (const target of byName.get(item.name) ?? []) {
      const known = entries.get(target)
      const guards = known === undefined ? item.guards : intersect(known, item.guards)
      if (known !== undefined && known.size === guards.size) continue
      entries.set(target, guards)
      for (const call of target.calls) {
        work.push({ name: call.name, guards: new Set([...guards, ...call.guards]) })
      }
    }
  }
  return entries
}

// `case $tool in setpriv) exec setpriv …`: a tool that was chosen by its name was found by that name; any
// other choice says nothing about tools.
function settleChoices(tool: string, guards: readonly string[]): Guards {
  return new Set(
    guards.flatMap((guard) => (guard === `=${tool}` ? [tool] : guard.startsWith('=') ? [] : [guard])),
  )
}

function intersect(a: Guards, b: Guards): Guards {
  return new Set([...a].filter((guard) => b.has(guard)))
}

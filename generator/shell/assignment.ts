import { compare } from './effects.js'
import { type Flow, partsOf } from './flow.js'
import type { Position } from './parse.js'

/** A read that some way through the script reaches before the variable has a value. */
export interface Unassigned extends Position {
  readonly name: string
  /** The script itself unsets it before. */
  readonly wasUnset: boolean
  /** The functions that lead there from the top level, the reading one last. */
  readonly via: readonly string[]
}

/** A function, or `''` for the top level, and its flow, whose lines count from 0 at `line`. */
export interface FlowOwner {
  readonly name: string
  readonly line: number
  readonly flow: Flow
}

/**
 * Definite assignment (as the Java Language Specification, chapter 16, has it for locals) over the whole
 * script from its top level on: all variables of POSIX shell are global, so each function is summed up by what
 * it needs, and by what it has surely set when it ends true and when it ends false. One entry for each variable.
 */
export function findUnassigned(owners: readonly FlowOwner[], given: ReadonlySet<string>): Unassigned[] {
  const summaries = summarise(owners)
  const top = summaries.get('')?.needs ?? new Map<string, Need>()
  return [...top]
    .filter(([name, { wasUnset }]) => wasUnset || !given.has(name))
    .map(([name, need]) => ({ name, ...need }))
    .sort((a, b) => a.line - b.line || a.column - b.column || compare(a.name, b.name))
}

type Need = Omit<Unassigned, 'name'>

/** Since the entry of a function: what is surely set, and what may have been unset since it was. One bit a name. */
interface State {
  readonly set: bigint
  readonly unset: bigint
}

/** Where a piece goes on; undefined for a way that nothing takes. */
interface Ways {
  readonly yes: State | undefined
  readonly no: State | undefined
}

interface Summary extends Ways {
  readonly needs: ReadonlyMap<string, Need>
}

const fresh: State = { set: 0n, unset: 0n }
const nowhere: Ways = { yes: undefined, no: undefined }

// Begins with functions that never end and need nothing, and goes on until no summary changes: what is set
// only becomes less, what is needed only more. Callees first, so that few are looked at twice.
function summarise(owners: readonly FlowOwner[]): ReadonlyMap<string, Summary> {
  const byName = new Map(owners.map((owner) => [owner.name, owner]))
  const callees = new Map(owners.map(({ name, flow }) => [name, calleesOf(flow)]))
  const callers = new Map<string, string[]>()
  const work = new Set<string>()
  const visited = new Set<string>()
  const visit = (name: string): void => {
    if (visited.has(name)) return
    visited.add(name)
    for (const callee of callees.get(name) ?? []) {
      callers.set(callee, [...(callers.get(callee) ?? []), name])
      visit(callee)
    }
    work.add(name)
  }
  for (const { name } of owners) visit(name)

  const summaries = new Map<string, Summary>()
  const bits = new Map<string, bigint>()
  for (const name of work) {
    work.delete(name)
    const owner = byName.get(name)
    if (owner === undefined) continue
    const before = summaries.get(name)
    const after = new Walk(summaries, bits).summarise(owner)
    if (before !== undefined && isSame(before, after)) continue
    summaries.set(name, after)
    for (const caller of callers.get(name) ?? []) work.add(caller)
  }
  return summaries
}

function calleesOf(flow: Flow): readonly string[] {
  return flow.kind === 'call' ? [flow.name] : partsOf(flow).flatMap(calleesOf)
}

interface Loop {
  broken: State | undefined
  continued: State | undefined
}

/** One way through a function. */
class Walk {
  readonly #summaries: ReadonlyMap<string, Summary>
  readonly #bits: Map<string, bigint>
  readonly #needs = new Map<string, Need>()
  readonly #loops: Loop[] = []
  #line = 0
  #yes: State | undefined
  #no: State | undefined

  constructor(summaries: ReadonlyMap<string, Summary>, bits: Map<string, bigint>) {
    this.#summaries = summaries
    this.#bits = bits
  }

  summarise({ flow, line }: FlowOwner): Summary {
    this.#line = line
    const end = this.#walk(flow, fresh)
    return { needs: this.#needs, yes: join(end.yes, this.#yes), no: join(end.no, this.#no) }
  }

  #walk(flow: Flow, state: State): Ways {
    switch (flow.kind) {
      case 'read':
        this.#read(
          flow.name,
          { line: this.#line + flow.line, column: flow.column, wasUnset: false, via: [] },
          state,
        )
        return both(state)
      case 'set':
        return both(add(state, this.#bit(flow.name)))
      case 'unset':
        return both(remove(state, this.#bit(flow.name)))
      case 'call':
        return this.#call(flow.name, state)
      case 'sequence':
        return this.#sequence(flow.parts, state)
      case 'and': {
        const left = this.#walk(flow.left, state)
        const right = this.#after(flow.right, left.yes)
        return { yes: right.yes, no: join(left.no, right.no) }
      }
      case 'or': {
        const left = this.#walk(flow.left, state)
        const right = this.#after(flow.right, left.no)
        return { yes: join(left.yes, right.yes), no: right.no }
      }
      case 'not': {
        const { yes, no } = this.#walk(flow.of, state)
        return { yes: no, no: yes }
      }
      case 'if': {
        const test = this.#walk(flow.test, state)
        return joinWays(this.#after(flow.yes, test.yes), this.#after(flow.no, test.no))
      }
      case 'loop':
        return this.#loop(flow, state)
      case 'each':
        return this.#each(flow, state)
      case 'choice':
        return flow.branches.map((branch) => this.#walk(branch, state)).reduce(joinWays, nowhere)
      case 'apart':
        return this.#apart(flow.body, state)
      case 'leave':
        return this.#leave(flow, state)
      case 'answer':
        return { yes: flow.value ? state : undefined, no: flow.value ? undefined : state }
      case 'proof': {
        const proven = add(state, this.#bit(flow.name))
        return flow.value ? { yes: proven, no: state } : { yes: state, no: proven }
      }
      default:
        return flow satisfies never
    }
  }

  #bit(name: string): bigint {
    const known = this.#bits.get(name)
    if (known !== undefined) return known
    const bit = 1n << BigInt(this.#bits.size)
    this.#bits.set(name, bit)
    return bit
  }

  #after(flow: Flow, state: State | undefined): Ways {
    return state === undefined ? nowhere : this.#walk(flow, state)
  }

  #sequence(parts: readonly Flow[], state: State): Ways {
    let ways = both(state)
    for (const part of parts) {
      const here = join(ways.yes, ways.no)
      if (here === undefined) return nowhere
      ways = this.#walk(part, here)
    }
    return ways
  }

  #read(name: string, need: Need, state: State): void {
    const bit = this.#bit(name)
    if (state.set & bit) return
    const wasUnset = need.wasUnset || (state.unset & bit) !== 0n
    const known = this.#needs.get(name)
    if (known === undefined || (wasUnset && !known.wasUnset)) this.#needs.set(name, { ...need, wasUnset })
  }

  #call(name: string, state: State): Ways {
    const summary = this.#summaries.get(name)
    if (summary === undefined) return nowhere
    for (const [needed, need] of summary.needs) {
      if (!need.wasUnset && (state.set & this.#bit(needed)) !== 0n) continue
      this.#read(needed, { ...need, via: [name, ...need.via] }, need.wasUnset ? fresh : state)
    }
    return { yes: follow(state, summary.yes), no: follow(state, summary.no) }
  }

  // Until the state at its head stays the same: each round can only know less.
  #loop({ until, test, body }: Extract<Flow, { kind: 'loop' }>, state: State): Ways {
    let head = state
    for (;;) {
      const loop: Loop = { broken: undefined, continued: undefined }
      this.#loops.push(loop)
      const asked = this.#walk(test, head)
      const done = this.#after(body, until ? asked.no : asked.yes)
      this.#loops.pop()
      const next = joinAll([head, done.yes, done.no, loop.continued]) ?? head
      const end = join(until ? asked.yes : asked.no, loop.broken)
      if (isSameState(next, head)) return end === undefined ? nowhere : both(end)
      head = next
    }
  }

  #each({ name, some, body }: Extract<Flow, { kind: 'each' }>, state: State): Ways {
    let head = state
    for (;;) {
      const loop: Loop = { broken: undefined, continued: undefined }
      this.#loops.push(loop)
      const done = this.#walk(body, add(head, this.#bit(name)))
      this.#loops.pop()
      const round = joinAll([done.yes, done.no, loop.continued])
      const next = join(head, round) ?? head
      if (isSameState(next, head)) {
        const end = joinAll([some ? undefined : head, round, loop.broken])
        return end === undefined ? nowhere : both(end)
      }
      head = next
    }
  }

  // In another process: a return or a break there ends that process.
  #apart(body: Flow, state: State): Ways {
    const outer = [this.#yes, this.#no] as const
    const loops = this.#loops.splice(0)
    this.#walk(body, state)
    this.#loops.push(...loops)
    ;[this.#yes, this.#no] = outer
    return both(state)
  }

  #leave({ how, levels, answer }: Extract<Flow, { kind: 'leave' }>, state: State): Ways {
    if (how === 'return') {
      if (answer !== false) this.#yes = join(this.#yes, state)
      if (answer !== true) this.#no = join(this.#no, state)
    }
    if (how === 'exit' || how === 'return') return nowhere
    // Outside of a loop nothing is broken, and the script goes on (POSIX leaves it open).
    const loop = this.#loops[Math.max(0, this.#loops.length - levels)]
    if (loop === undefined) return both(state)
    if (how === 'break') loop.broken = join(loop.broken, state)
    else loop.continued = join(loop.continued, state)
    return nowhere
  }
}

function both(state: State): Ways {
  return { yes: state, no: state }
}

function add({ set, unset }: State, bit: bigint): State {
  return { set: set | bit, unset: unset & ~bit }
}

function remove({ set, unset }: State, bit: bigint): State {
  return { set: set & ~bit, unset: unset | bit }
}

// What a function did, after what was known when it was called.
function follow(before: State, after: State | undefined): State | undefined {
  if (after === undefined) return undefined
  return { set: (before.set & ~after.unset) | after.set, unset: (before.unset & ~after.set) | after.unset }
}

function join(a: State | undefined, b: State | undefined): State | undefined {
  if (a === undefined || b === undefined) return a ?? b
  return { set: a.set & b.set, unset: a.unset | b.unset }
}

function joinAll(states: readonly (State | undefined)[]): State | undefined {
  return states.reduce(join, undefined)
}

function joinWays(a: Ways, b: Ways): Ways {
  return { yes: join(a.yes, b.yes), no: join(a.no, b.no) }
}

function isSame(a: Summary, b: Summary): boolean {
  return (
    a.needs.size === b.needs.size &&
    [...b.needs].every(([name, { wasUnset }]) => a.needs.get(name)?.wasUnset === wasUnset) &&
    isSameState(a.yes, b.yes) &&
    isSameState(a.no, b.no)
  )
}

function isSameState(a: State | undefined, b: State | undefined): boolean {
  return a?.set === b?.set && a?.unset === b?.unset
}

import type { Functions } from './commands.js'
import {
  callsIn,
  type LiveCommand,
  type LiveScript,
  type Round,
  type Surroundings,
  type Walked,
  walkFunction,
  waysOf,
} from './live-walk.js'
import { setOtherwise, type Words, wordsIn } from './live-words.js'
import type { Command, Shell, SyntaxNode } from './parse.js'

/** What of a script can run at all, when some of its variables are known beforehand. */
export interface Live {
  /** The commands that a function can come to run by itself, in the order of the text; `''` is the top level. */
  commandsOf(name: string): readonly LiveCommand[]
  /** The functions that these can come to call, they too, in the order in which they are met, but for those left out. */
  reached(roots: readonly string[], isLeftOut?: (name: string) => boolean): readonly string[]
  /** Those of them that run in the process of the roots. */
  reachedHere(roots: readonly string[]): readonly string[]
  /** All words that a variable may hold, sorted; undefined where it may be anything. */
  wordsOf(variable: string): readonly string[] | undefined
}

/** What is known of a run beforehand. */
export interface Beforehand {
  /** The one word that a variable holds. */
  readonly words: ReadonlyMap<string, string>
  /** The first command that has not run yet: it, and what follows it in its function, counts for nothing. */
  readonly until?: Command | undefined
}

/**
 * Reads a script, which can then be asked for what is live in it. It leaves out what can never run: branches whose test
 * asks a variable for what nothing gives it (`[ "$x" = word ]`, `[ "$x" -gt 0 ]`, `case $x in`), and what stands behind
 * a certain `return`, `exit` or a function that never comes back. Which words a variable may hold is read off all
 * assignments that can run, so that one choice of a model takes all with it that depends on it. What is left may still be
 * too much, never too little.
 */
export function readLive(shell: Shell, functions: Functions): (beforehand: Beforehand) => Live {
  const bodies = bodiesOf(shell)
  const elsewhere = setOtherwise(shell)
  const script: LiveScript = { shell, functions, bodies, elsewhere, inner: new Map(), memo: new Map() }
  const nothing: Round = { walked: new Map(), words: { of: () => undefined, key: () => '' } }
  const base = settle(script, { words: new Map() }, nothing)
  return (beforehand) => {
    const known = { ...base, words: wordsOfAll(base, script, beforehand) }
    return liveIn(functions, settle(script, beforehand, known))
  }
}

// Each round knows more, and leaves out more: assignments in what was left out give no words any more.
function settle(script: LiveScript, beforehand: Beforehand, from: Round): Round {
  let found = from
  for (;;) {
    const walked = walkAll({ script, before: found, until: beforehand.until })
    const isSame = [...walked].every(([name, one]) => isSameWalk(one, found.walked.get(name)))
    found = { walked, words: wordsOfAll({ walked }, script, beforehand) }
    if (isSame) return found
  }
}

// Commands only become fewer.
function isSameWalk(one: Walked, other: Walked | undefined): boolean {
  if (one === other || other === undefined) return one === other
  return (
    one.commands.length === other.commands.length &&
    one.end.yes === other.end.yes &&
    one.end.no === other.end.no
  )
}

function wordsOfAll(
  { walked }: Pick<Round, 'walked'>,
  { elsewhere }: LiveScript,
  { words }: Beforehand,
): Words {
  const given = [...walked.values()].flatMap((one) => one.given)
  return wordsIn(given, words, elsewhere)
}

function liveIn(functions: Functions, { walked, words }: Round): Live {
  const commandsOf = (name: string) => walked.get(name)?.commands ?? []
  const reach = (
    roots: readonly string[],
    isFollowed: (command: LiveCommand) => boolean,
    isLeftOut = (_name: string) => false,
  ) => {
    const seen = new Set<string>()
    const visit = (name: string): void => {
      if (seen.has(name) || !walked.has(name) || isLeftOut(name)) return
      seen.add(name)
      const followed = commandsOf(name).filter(isFollowed)
      for (const called of followed.flatMap(({ node }) => callsIn(node, functions))) visit(called)
    }
    for (const root of roots) visit(root)
    return [...seen]
  }
  return {
    commandsOf,
    reached: (roots, isLeftOut) => reach(roots, () => true, isLeftOut),
    reachedHere: (roots) => reach(roots, ({ isApart }) => !isApart),
    wordsOf: (variable) => {
      const all = words.of(variable)
      return all && [...all].sort()
    },
  }
}

function bodiesOf(shell: Shell): ReadonlyMap<string, SyntaxNode> {
  const own = shell.all('Function').map(({ node }) => [node.name.value, node.body] as const)
  return new Map<string, SyntaxNode>([['', shell.root], ...own])
}

// From the top level on, so that a function that only dead code calls is dead as well.
function walkAll(around: Surroundings): Map<string, Walked> {
  const { bodies } = around.script
  const walked = new Map<string, Walked>()
  const work = ['']
  for (let name = work.pop(); name !== undefined; name = work.pop()) {
    const body = bodies.get(name)
    if (body === undefined || walked.has(name)) continue
    const one = walkOnce(name, body, around)
    walked.set(name, one)
    work.push(...one.calls)
  }
  return walked
}

// Most functions ask for little, and nothing of that changes.
function walkOnce(name: string, body: SyntaxNode, around: Surroundings): Walked {
  const { script, before, until } = around
  if (until !== undefined && body.pos <= until.pos && until.pos < body.end) return walkFunction(body, around)
  const memo = script.memo.get(name) ?? []
  script.memo.set(name, memo)
  const isSame = ({ askedWords, askedWays }: Walked) =>
    [...askedWords].every(([asked, key]) => before.words.key(asked) === key) &&
    [...askedWays].every(([asked, { yes, no }]) => {
      const ways = waysOf(before, asked)
      return ways.yes === yes && ways.no === no
    })
  const known = memo.find(isSame)
  if (known !== undefined) return known
  const fresh = walkFunction(body, around)
  memo.push(fresh)
  return fresh
}

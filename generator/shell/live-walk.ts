import { type Functions, runsOf } from './commands.js'
import { copiedFrom, type Given, givenBy, type Words } from './live-words.js'
import type { Command, Shell, SyntaxNode, Word } from './parse.js'
import { literalOf } from './words.js'

/** A command that can run; apart: in another process, which it ends where it exits. */
export interface LiveCommand {
  readonly node: Command
  readonly isApart: boolean
}

/** What came of a walk through one function, and what it has asked for on its way: where all of that is the same, so is this. */
export interface Walked {
  readonly commands: readonly LiveCommand[]
  readonly end: Ways
  /** The functions that it calls. */
  readonly calls: readonly string[]
  readonly given: readonly Given[]
  /** Variables and functions, with the answers. */
  readonly askedWords: ReadonlyMap<string, string>
  readonly askedWays: ReadonlyMap<string, Ways>
}

/** What is known of a script so far. */
export interface Round {
  /** By function. */
  readonly walked: ReadonlyMap<string, Walked>
  readonly words: Words
}

/** What a function comes to; where nothing is known yet, anything. */
export function waysOf({ walked }: Round, name: string): Ways {
  return walked.get(name)?.end ?? both
}

/** How something may end: true, false, or neither where it never comes back. */
export interface Ways {
  readonly yes: boolean
  readonly no: boolean
}

const both: Ways = { yes: true, no: true }
const never: Ways = { yes: false, no: false }
const isTrue: Ways = { yes: true, no: false }
const isFalse: Ways = { yes: false, no: true }

function join(a: Ways, b: Ways): Ways {
  return { yes: a.yes || b.yes, no: a.no || b.no }
}

export interface LiveScript {
  readonly shell: Shell
  readonly functions: Functions
  readonly bodies: ReadonlyMap<string, SyntaxNode>
  /** Names that anything but a plain assignment sets. */
  readonly elsewhere: ReadonlySet<string>
  /** The scripts within a word or a redirection, as they are asked for. */
  readonly inner: Map<SyntaxNode, readonly SyntaxNode[]>
  /** What came of walks before, by function. */
  readonly memo: Map<string, Walked[]>
}

/** What a walk needs besides the function. */
export interface Surroundings {
  readonly script: LiveScript
  readonly before: Round
  readonly until: Command | undefined
}

/** Walks through one function: which of its commands can run, and how it may end. */
export function walkFunction(body: SyntaxNode, around: Surroundings): Walked {
  const walk = new Walk(around)
  const end = walk.end(body)
  const { commands, askedWords, askedWays } = walk
  const nodes = commands.map(({ node }) => node)
  const calls = nodes.flatMap((node) => callsIn(node, around.script.functions))
  return { commands, end, calls: [...new Set(calls)], given: nodes.flatMap(givenBy), askedWords, askedWays }
}

/** The functions of the script that a command calls, also by way of a wrapper. */
export function callsIn(command: Command, functions: Functions): string[] {
  return runsOf(command, functions).flatMap(({ kind, name }) => (kind === 'function' ? [name] : []))
}

class Walk {
  readonly commands: LiveCommand[] = []
  readonly askedWords = new Map<string, string>()
  readonly askedWays = new Map<string, Ways>()
  readonly #around: Surroundings
  /** How the function may end by `return`. */
  #returns: Ways = never
  #breaks = false
  #isApart = false

  constructor(around: Surroundings) {
    this.#around = around
  }

  end(body: SyntaxNode): Ways {
    return join(this.#walk(body), this.#returns)
  }

  #walk(node: SyntaxNode): Ways {
    switch (node.type) {
      case 'Function':
        return isTrue
      case 'Script':
      case 'CompoundList':
        return this.#sequence(node.commands)
      case 'BraceGroup':
        return this.#walk(node.body)
      case 'Statement':
        if (!node.background) return this.#walk(node.command)
        this.#apart(() => this.#walk(node.command))
        return isTrue
      case 'Subshell':
        this.#apart(() => this.#walk(node.body))
        return both
      case 'Pipeline':
        return this.#pipeline(node)
      case 'AndOr':
        return this.#andOr(node)
      case 'If':
        return this.#if(node)
      case 'While': {
        const outer = this.#breaks
        this.#breaks = false
        const test = this.#walk(node.clause)
        const [goesOn, stops] = node.kind === 'until' ? [test.no, test.yes] : [test.yes, test.no]
        if (goesOn) this.#walk(node.body)
        const ends = stops || this.#breaks
        this.#breaks = outer
        return ends ? both : never
      }
      case 'For': {
        const outer = this.#breaks
        for (const word of node.wordlist ?? []) this.#inside(word)
        this.#walk(node.body)
        this.#breaks = outer
        return both
      }
      case 'Case':
        return this.#case(node)
      case 'Redirected':
        for (const redirect of node.redirects) this.#inside(redirect)
        return this.#walk(node.command)
      case 'Command':
        return this.#command(node)
      default:
        this.#inside(node)
        return both
    }
  }

  #sequence(statements: readonly SyntaxNode[]): Ways {
    let ways = isTrue
    for (const statement of statements) {
      ways = this.#walk(statement)
      if (!ways.yes && !ways.no) return never
    }
    return ways
  }

  #pipeline({ commands, prefixes }: Extract<SyntaxNode, { type: 'Pipeline' }>): Ways {
    const [only, ...more] = commands
    if (only === undefined || more.length > 0) {
      for (const command of commands) this.#apart(() => this.#walk(command))
      return both
    }
    const { yes, no } = this.#walk(only)
    const isNegated = prefixes.filter(({ type }) => type === 'Negation').length % 2 === 1
    return isNegated ? { yes: no, no: yes } : { yes, no }
  }

  #andOr({ commands, operators }: Extract<SyntaxNode, { type: 'AndOr' }>): Ways {
    let ways = never
    for (const [index, command] of commands.entries()) {
      const operator = operators[index - 1]
      const isAsked = operator === undefined || (operator === '&&' ? ways.yes : ways.no)
      const right = isAsked ? this.#walk(command) : never
      if (operator === undefined) ways = right
      else if (operator === '&&') ways = { yes: right.yes, no: ways.no || right.no }
      else ways = { yes: ways.yes || right.yes, no: right.no }
    }
    return ways
  }

  #if(node: Extract<SyntaxNode, { type: 'If' }>): Ways {
    let all = never
    for (const { clause, then } of [node, ...node.elif]) {
      const test = this.#walk(clause)
      if (test.yes) all = join(all, this.#walk(then))
      if (!test.no) return all
    }
    return join(all, node.else ? this.#walk(node.else) : isTrue)
  }

  #case(node: Extract<SyntaxNode, { type: 'Case' }>): Ways {
    this.#inside(node.word)
    const words = this.#wordsOf(node.word)
    const left = words && new Set(words)
    let all = never
    for (const { pattern, body } of node.items) {
      if (left?.size === 0) return all
      const isPlain = pattern.every(({ text }) => !/[*?[]/.test(text))
      const literals = pattern.map(literalOf).filter((text) => text !== undefined)
      if (left !== undefined && isPlain && !literals.some((text) => left.has(text))) continue
      for (const word of pattern) this.#inside(word)
      all = join(all, this.#walk(body))
      if (pattern.some(({ text }) => text === '*')) return all
      if (isPlain) for (const text of literals) left?.delete(text)
    }
    return left?.size === 0 ? all : join(all, isTrue)
  }

  #command(node: Command): Ways {
    if (node === this.#around.until) return never
    this.commands.push({ node, isApart: this.#isApart })
    for (const child of this.#around.script.shell.children(node)) {
      // The action of a trap runs later, and in this process.
      if (child.type === 'Script' && node.name?.value === 'trap') this.#later(() => this.#walk(child))
      else this.#inside(child)
    }
    const [run] = runsOf(node, this.#around.script.functions)
    if (run === undefined) return node.prefix.some(hasSubstitution) ? both : isTrue
    if (run.kind === 'function') {
      const ways = waysOf(this.#around.before, run.name)
      this.askedWays.set(run.name, ways)
      return ways
    }
    if (run.kind !== 'builtin') return both
    switch (run.name) {
      case ':':
      case 'true':
        return isTrue
      case 'false':
        return isFalse
      case 'exit':
        return never
      case 'exec':
        return run.args.length === 0 ? both : never
      case 'return':
        this.#returns = join(this.#returns, answerOf(run.args[0]?.text))
        return never
      case 'break':
        this.#breaks = true
        return never
      case 'continue':
        return never
      case '[':
      case 'test':
        return this.#test(
          run.args.flatMap((word) => (word.type === 'Word' && word.text !== ']' ? [word] : [])),
        )
      default:
        return both
    }
  }

  // `[ "$x" = word ]`, `[ "$x" -gt 0 ]`, `[ -n "$x" ]`, and nothing else in it.
  #test([first, second, third, ...more]: readonly Word[]): Ways {
    if (more.length > 0 || second === undefined) return both
    const [left, operator, right] =
      third === undefined ? [second, first?.text, undefined] : [first, second.text, third]
    const compare = comparisons[operator ?? '']
    const words = this.#wordsOf(left)
    const others = right === undefined ? new Set(['']) : this.#wordsOf(right)
    if (compare === undefined || words === undefined || others === undefined) return both
    const answers = [...words].flatMap((word) => [...others].map((other) => compare(word, other)))
    return { yes: answers.includes(true), no: answers.includes(false) }
  }

  #wordsOf(word: Word | undefined): ReadonlySet<string> | undefined {
    const literal = literalOf(word)
    if (literal !== undefined) return new Set([literal])
    const name = word && copiedFrom(word)
    if (name === undefined) return undefined
    const { words } = this.#around.before
    this.askedWords.set(name, words.key(name))
    return words.of(name)
  }

  // The commands within a word or a redirection.
  #inside(node: SyntaxNode): void {
    for (const script of scriptsIn(node, this.#around.script)) this.#apart(() => this.#walk(script))
  }

  // In another process: what ends there ends only itself.
  #apart(run: () => void): void {
    const outer = this.#isApart
    this.#isApart = true
    this.#later(run)
    this.#isApart = outer
  }

  #later(run: () => void): void {
    const [returns, breaks] = [this.#returns, this.#breaks]
    run()
    ;[this.#returns, this.#breaks] = [returns, breaks]
  }
}

function scriptsIn(node: SyntaxNode, script: LiveScript): readonly SyntaxNode[] {
  const known = script.inner.get(node)
  if (known !== undefined) return known
  const found =
    node.type === 'Script' ? [node] : script.shell.children(node).flatMap((child) => scriptsIn(child, script))
  script.inner.set(node, found)
  return found
}

const comparisons: Readonly<Record<string, (left: string, right: string) => boolean>> = {
  '-n': (text) => text !== '',
  '-z': (text) => text === '',
  '=': (left, right) => left === right,
  '!=': (left, right) => left !== right,
  '-eq': (left, right) => Number(left) === Number(right),
  '-ne': (left, right) => Number(left) !== Number(right),
  '-gt': (left, right) => Number(left) > Number(right),
  '-ge': (left, right) => Number(left) >= Number(right),
  '-lt': (left, right) => Number(left) < Number(right),
  '-le': (left, right) => Number(left) <= Number(right),
}

function answerOf(status: string | undefined): Ways {
  if (status === undefined || !/^\d+$/.test(status)) return both
  return Number(status) === 0 ? isTrue : isFalse
}

function hasSubstitution(prefix: Command['prefix'][number]): boolean {
  return prefix.type === 'Assignment' && /\$\(|`/.test(prefix.text)
}

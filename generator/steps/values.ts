import { functionAround, type Run, setArguments } from '../shell/commands.js'
import {
  type ParameterExpansionPart,
  type Shell,
  type SyntaxNode,
  type Word,
  type WordPart,
  walk,
} from '../shell/parse.js'
import { usesOf } from '../shell/variables.js'
import { literalOf, variableOf } from '../shell/words.js'
import {
  bodiesOf,
  callersOf,
  feedersOf,
  filesOf,
  isJob,
  plain,
  type StepCommand,
  wordsOf,
} from './commands.js'
import type { Embedded } from './embedded.js'
import { lieOf, pathOf } from './paths.js'

/**
 * What a value may be: a path in the data directory, one around it (`here`: as seen from the sandbox), `$work`, a path
 * that may begin anywhere or be empty, what stands in a file of the data, something secret, the number of a process of
 * the script, or anything at all that is not written in the step itself.
 */
export type Origin =
  | 'data'
  | 'around'
  | 'here'
  | 'work'
  | 'anywhere'
  | 'content'
  | 'secret'
  | 'process'
  | 'outside'

export interface Origins {
  /** What may be in a node: in its expansions, and in its text as it stands. */
  of(shell: Shell, node: SyntaxNode, owner: string): ReadonlySet<Origin>
  variable(name: string): ReadonlySet<Origin>
  /** What a command prints, as far as it is in its words, and what it may get at its standard input. */
  printed(command: StepCommand): ReadonlySet<Origin>
  input(command: StepCommand): ReadonlySet<Origin>
  /** What the step wrote into a file before, by the word for its name; undefined when it did not. */
  written(word: string): ReadonlySet<Origin> | undefined
}

export interface Given {
  /** Variables that hold something secret, besides those whose names say so. */
  readonly secrets: readonly string[]
  /** `run.dataDir` of the model: a path that a step could write as it stands. */
  readonly dataDir: string
}

/** What the script's own variables hold, and those of a sandbox, as far as it matters. */
const givenVariables: ReadonlyMap<string, Origin> = new Map(
  Object.entries({
    data: 'pgdata store replica staging conf_dir hba_file alive live_log PGDATA_DIR',
    around: 'sandbox PWD OLDPWD MESOS_SANDBOX MESOS_DIRECTORY',
    work: 'work',
    process: 'child server self watcher watchdog stopper feeder live_server PPID',
  }).flatMap(([origin, names]) => names.split(' ').map((name) => [name, origin as Origin] as const)),
)
/** Always set, and never to a place of data. */
const ownPlaces = new Set(['HOME', 'TMPDIR'])

const secretName =
  /(^|_)(password|passwd|passphrase|pass|pw|secret|token|credentials?|api_?key|private_?key)$/i
const secretFile =
  /PGPASSFILE|\/([^/]*\.)?(secrets?|pgpass|netrc|credentials?|[\w-]*(password|passphrase|token))([/.]|$)/i

/** What these print are names of files, and not what stands in them. */
const namers = new Set(['find', 'ls', 'printf', 'echo', 'readlink', 'realpath', 'dirname', 'pwd'])
/** What is behind them in a pipeline is no name and no secret any more. */
const digests = ['wc', 'cksum', 'md5sum', 'sha1sum', 'sha256sum', 'sha512sum']
/** What they print are numbers of processes, whosesoever. */
const listers = new Set(['ps', 'pgrep', 'pidof', 'lsof', 'fuser', 'ss'])

/**
 * Follows values through the step files: by assignments, `for`, `read`, `set --`, the arguments and the output of
 * functions, files that the step itself writes, and into the text of `sh -c`; to a fixed point. Whatever is not sure
 * counts, so that a rule which forbids an origin forbids too much rather than less.
 */
export function findOrigins(
  commands: readonly StepCommand[],
  embedded: ReadonlyMap<StepCommand, Embedded>,
  { secrets, dataDir }: Given,
): Origins {
  const held = new Map<string, Set<Origin>>()
  const links = new Set<string>()
  /** Functions in which `$1` is not always the first word that they are called with. */
  const moved = new Set<string>()
  const shells = [...new Set(commands.map(({ shell }) => shell))]
  const embeddedShells = new Set(commands.flatMap(({ shell, outer }) => (outer === undefined ? [] : [shell])))
  const passed = new Set(commands.flatMap(passedBy))
  let changed = true
  // An empty set tells a variable that holds only constants from one that nothing here sets.
  const add = (name: string, origins: Iterable<Origin>): void => {
    const known = held.get(name)
    const all = known ?? new Set()
    const before = all.size
    for (const origin of origins) all.add(origin)
    held.set(name, all)
    changed ||= known === undefined || all.size !== before
  }

  const ofVariable = (name: string): Set<Origin> => {
    const given = givenVariables.get(name)
    const isKnown = given !== undefined || ownPlaces.has(name)
    const found = new Set<Origin>(held.get(name) ?? (isKnown ? ['outside'] : ['outside', 'anywhere']))
    // Whatever a step gives it, the environment may have given it before.
    if (/^[A-Z]/.test(name)) found.add('outside')
    if (given !== undefined) found.add(given)
    if (secrets.includes(name) || secretName.test(name)) found.add('secret')
    return found
  }

  const ofExpansion = (shell: Shell, part: SyntaxNode, owner: string): Set<Origin> => {
    if (part.type === 'CommandExpansion') return ofSubstitution(part)
    if (part.type !== 'SimpleExpansion' && part.type !== 'ParameterExpansion') return new Set()
    const text = part.type === 'SimpleExpansion' ? part.text.slice(1) : part.parameter
    const name = variableOf(part)
    if (text === '$' || (text === '!' && !startsJob(owner))) return new Set(['process'])
    if (part.type === 'ParameterExpansion' && part.prefix === '#') return new Set()
    const isUnknown = name !== undefined && isAbsentIn(shell, name)
    const found = /^[@*0-9]+$/.test(text)
      ? ofVariable(held.has(`@${owner} ${text}`) && !moved.has(owner) ? `@${owner} ${text}` : `@${owner}`)
      : name === undefined
        ? new Set<Origin>()
        : ofVariable(name)
    if (isUnknown) found.add('anywhere')
    return part.type === 'ParameterExpansion' ? changedBy(part, found, shell, owner) : found
  }

  // The shell of `sh -c` has what it sets itself and what is in its environment, and nothing else of the script.
  const isAbsentIn = (shell: Shell, name: string): boolean =>
    embeddedShells.has(shell) && !/^[A-Z]/.test(name) && !passed.has(name) && !setIn(shell).has(name)

  // `${x:-word}`, `${x##*/}` and the like.
  const changedBy = (
    { operation }: ParameterExpansionPart,
    found: Set<Origin>,
    shell: Shell,
    owner: string,
  ): Set<Origin> => {
    if (operation?.type === 'Remove') {
      if (operation.operator.startsWith('%') && found.delete('work')) found.add('data')
      if (operation.operator === '##' && operation.operand.text === '*/') found.delete('data')
    }
    if (operation?.type !== 'Default') return found
    if (operation.operator.endsWith('+')) found.clear()
    // `${x:-}` says that it may be empty.
    if (/[-+=]$/.test(operation.operator) && plain(operation.operand.text) === '') found.add('anywhere')
    for (const origin of originsIn(shell, operation.operand, owner)) found.add(origin)
    return found
  }

  const startsJob = (owner: string): boolean =>
    commands.some((one) => one.owner === owner && one.around.some(isJob))

  const ofWord = (shell: Shell, word: Word, owner: string): Set<Origin> => {
    const { base, text, rest } = pathOf(word)
    const found = base === undefined ? new Set<Origin>() : ofExpansion(shell, base, owner)
    for (const part of rest) {
      for (const origin of ofExpansion(shell, part, owner)) if (!beginnings.has(origin)) found.add(origin)
    }
    if (base === undefined) {
      const lie = text === '' ? undefined : lieOf(text, dataDir)
      if (lie !== undefined) found.add(lie === 'in' ? 'data' : text.startsWith('/') ? 'around' : 'here')
      if (text.startsWith('/proc/')) found.add('process')
      if ([...links].some((link) => plain(word.text).startsWith(`${link}/`))) found.add('data')
    } else if (text.startsWith('/')) {
      const was = (['around', 'here'] as const).find((origin) => found.delete(origin))
      const lie = was && lieOf(`.${text}`, dataDir)
      if (was !== undefined && lie !== undefined) found.add(lie === 'in' ? 'data' : was)
      if (/\/\.\.(\/|$)/.test(text) && found.delete('work')) found.add('data')
    }
    return found
  }

  const originsIn = (shell: Shell, node: SyntaxNode, owner: string): Set<Origin> => {
    if (node.type === 'Word') return ofWord(shell, node, owner)
    if (isExpansion(node)) return ofExpansion(shell, node, owner)
    return new Set(shell.children(node).flatMap((child) => [...originsIn(shell, child, owner)]))
  }

  const ofSubstitution = (node: WordPart): Set<Origin> => {
    const inner = commands.filter(({ around }) => around.includes(node))
    const found = printedBy(inner)
    if (!inner.some(({ runs }) => runs.some(({ name }) => name === 'mktemp' || name === 'pwd')))
      found.add('anywhere')
    return found.add('outside')
  }

  // What commands print, seen together: of `cd DIR && pwd` it is the directory, and behind `wc` a number.
  const printedBy = (printing: readonly StepCommand[]): Set<Origin> => {
    const runs = printing.flatMap((command) => command.runs)
    const has = (...names: readonly string[]) => runs.some(({ name }) => names.includes(name))
    const isName = ({ name }: Run) => namers.has(name) || (name === 'cd' && has('pwd'))
    const found = new Set<Origin>(has('pwd') && !has('cd') ? ['around'] : [])
    for (const command of printing) {
      const words = new Set(
        command.node.args.flatMap((word) => [...originsIn(command.shell, word, command.owner)]),
      )
      const isNamed = command.runs.some(isName)
      if (!isNamed) {
        if (words.delete('data')) words.add('content')
        for (const origin of beginnings) words.delete(origin)
        for (const word of command.node.args) fileAdds(word.text, words)
      }
      if (has('dirname') && words.delete('work')) words.add('data')
      for (const word of wordsOf(command, /^<$/)) {
        fileAdds(word.text, words)
        if (originsIn(command.shell, word, command.owner).has('data')) words.add('content')
      }
      // Names without a directory.
      if (command.runs.some(({ name, args }) => name === 'ls' && args.every(isOption))) words.add('here')
      for (const origin of [...words, ...heredocs(command)]) found.add(origin)
      for (const { kind, name } of command.runs) {
        if (kind === 'function') for (const origin of held.get(`(${name})`) ?? []) found.add(origin)
        if (listers.has(name)) found.add('process')
      }
    }
    if (secrets.length > 0 && runs.some(showsEnvironment)) found.add('secret')
    if (!has(...digests)) return found
    if (found.delete('data')) found.add('content')
    found.delete('secret')
    return found
  }

  const fileAdds = (word: string, found: Set<Origin>): void => {
    for (const origin of held.get(`>${plain(word)}`) ?? []) found.add(origin)
    if (secretFile.test(word)) found.add('secret')
  }

  const heredocs = (command: StepCommand): Origin[] =>
    bodiesOf(command).flatMap((body) => [...originsIn(command.shell, body, command.owner)])

  // From a pipe, a file, a here-document, or, in a function, what its callers have there.
  const input = (command: StepCommand, seen: readonly string[] = []): Set<Origin> => {
    const { shell, owner } = command
    const found = new Set([...printedBy(feedersOf(command, commands)), ...heredocs(command)])
    for (const word of wordsOf(command, /^<$/)) {
      fileAdds(word.text, found)
      if (originsIn(shell, word, owner).has('data')) found.add('content')
    }
    for (const caller of seen.includes(owner) ? [] : callersOf(command, commands)) {
      for (const origin of input(caller, [...seen, owner])) found.add(origin)
    }
    return found
  }

  // The words that a function, or the text of `sh -c`, is given: each for its number, and all for `"$@"`.
  const addArguments = (name: string, shell: Shell, words: readonly SyntaxNode[], owner: string): void => {
    for (const [index, word] of words.entries()) {
      const origins = originsIn(shell, word, owner)
      add(`@${name}`, origins)
      add(`@${name} ${index + 1}`, origins)
      if ('text' in word && /[@*?]/.test(String(word.text))) moved.add(name)
    }
  }

  const learnFrom = (command: StepCommand): void => {
    const { shell, node, runs, owner } = command
    const [outer] = runs
    const last = runs.at(-1)
    if (outer?.kind === 'builtin' && outer.name === 'read') {
      const origins = [...input(command), 'outside', 'anywhere'] as const
      for (const use of usesOf(node, undefined)) if (use.kind === 'set') add(use.name, origins)
    }
    if (outer?.name === 'getopts') add('OPTARG', ofVariable(`@${owner}`))
    const settings = outer?.name === 'env' ? outer.args : []
    for (const word of settings) {
      const name = /^([A-Za-z_]\w*)=/.exec(word.text)?.[1]
      if (name !== undefined) add(name, originsIn(shell, word, owner))
    }
    if (last?.name === 'shift' || setArguments(node) !== undefined) moved.add(owner)
    addArguments(owner, shell, setArguments(node) ?? [], owner)
    for (const { kind, name, args } of runs) if (kind === 'function') addArguments(name, shell, args, owner)
    const inner = embedded.get(command)
    if (inner !== undefined) {
      addArguments(inner.owner, shell, inner.args, owner)
      if (inner.zero !== undefined) add(`@${inner.owner} 0`, originsIn(shell, inner.zero, owner))
      const giver = runs.find(({ name }) => name === 'find' || name === 'xargs')
      if (giver !== undefined) moved.add(inner.owner)
      if (giver?.name === 'xargs') add(`@${inner.owner}`, input(command))
      for (const word of giver?.name === 'find' ? giver.args : [])
        add(`@${inner.owner}`, originsIn(shell, word, owner))
    }
    if (last?.name === 'tee') for (const word of last.args) add(`>${plain(word.text)}`, input(command))
    if (last?.name === 'cp' || last?.name === 'mv') {
      add(`>${plain(last.args.at(-1)?.text ?? '')}`, printedBy([command]))
    }
    if (
      last?.name === 'ln' &&
      last.args.slice(0, -1).some((word) => originsIn(shell, word, owner).has('data'))
    ) {
      const link = plain(last.args.at(-1)?.text ?? '')
      changed ||= !links.has(link)
      links.add(link)
    }
    const files = filesOf(command, /^>[>|]?$/)
    if (files.length === 0 && last !== undefined) add(`(${owner})`, printedBy([command]))
    for (const file of files) add(`>${file}`, [...printedBy([command]), ...input(command)])
  }

  while (changed) {
    changed = false
    for (const shell of shells) {
      for (const { node } of shell.all('Assignment')) {
        add(node.name, originsIn(shell, node.value, ownerOf(shell, node, commands)))
        if (looksSecret(node.value.type === 'Word' ? node.value.text : '')) add(node.name, ['secret'])
      }
      for (const { node } of shell.all('For')) {
        const owner = ownerOf(shell, node, commands)
        const name = literalOf(node.name)
        const words = node.wordlist
        if (name === undefined) continue
        if (words === undefined) add(name, ofVariable(`@${owner}`))
        for (const word of words ?? []) add(name, originsIn(shell, word, owner))
        if (words?.some(({ text }) => /[*?]/.test(text))) add(name, ['outside'])
      }
      for (const { node } of shell.all('ParameterExpansion')) {
        const { operation } = node
        if (operation?.type !== 'Default' || !operation.operator.endsWith('=')) continue
        add(node.parameter, originsIn(shell, operation.operand, ownerOf(shell, node, commands)))
      }
      for (const { node, parent } of shell.all('ArithmeticWord')) {
        for (const use of usesOf(node, parent)) if (use.kind === 'set') add(use.name, [])
      }
    }
    for (const command of commands) learnFrom(command)
  }

  return {
    of: originsIn,
    variable: ofVariable,
    printed: (command) => printedBy([command]),
    input: (command) => input(command),
    written: (word) => held.get(`>${plain(word)}`),
  }
}

// What a command puts into the environment of the programs that it starts.
function passedBy({ node, runs }: StepCommand): string[] {
  const given =
    node.name === undefined
      ? []
      : node.prefix.flatMap((item) => (item.type === 'Assignment' ? [item.name] : []))
  const named = runs.flatMap(({ name, args }) =>
    name === 'env' || name === 'export'
      ? args.flatMap(({ text }) => /^[A-Za-z_]\w*/.exec(text)?.[0] ?? [])
      : [],
  )
  return [...given, ...named]
}

const setNames = new WeakMap<Shell, ReadonlySet<string>>()

// The variables that a text sets itself.
function setIn(shell: Shell): ReadonlySet<string> {
  const known = setNames.get(shell)
  if (known !== undefined) return known
  const found = new Set<string>()
  walk(shell, (node, parent) => {
    for (const use of usesOf(node, parent)) if (use.kind === 'set') found.add(use.name)
    return undefined
  })
  setNames.set(shell, found)
  return found
}

const isOption = ({ text }: { readonly text: string }) => text.startsWith('-')

// `env` and `export -p` print all that there is.
export function showsEnvironment({ name, args }: Run): boolean {
  return (
    (/^(env|printenv|set)$/.test(name) && args.length === 0) || (name === 'export' && args[0]?.text === '-p')
  )
}

/** Is a password written there as it is, or put into a URL, a header or a connection string? */
export function looksSecret(text: string): boolean {
  return (
    /(^|[\s"'&?;])\w*(password|passwd|passphrase|token|secret|api_?key)=[^\s"'&]/i.test(text) ||
    /^--?[\w-]*(password|passwd|passphrase|pass|token|secret)=./i.test(text) ||
    /:\/\/[^\s/:@"']+:[^\s/@"']+@/.test(text) ||
    /^["']?(authorization|x-[\w-]*(token|key)):\s*\S/i.test(text) ||
    /^["']?pass:./.test(text)
  )
}

/** Of a path they are what it begins with; behind something else they say nothing. */
const beginnings = new Set<Origin>(['around', 'here', 'work', 'anywhere'])

function isExpansion(node: SyntaxNode): boolean {
  return (
    node.type === 'SimpleExpansion' || node.type === 'ParameterExpansion' || node.type === 'CommandExpansion'
  )
}

// The function that a node stands in, or the text of `sh -c`, as its commands know it.
function ownerOf(shell: Shell, node: SyntaxNode, commands: readonly StepCommand[]): string {
  const own = commands.find((one) => one.shell === shell && one.outer !== undefined)?.owner
  return functionAround(shell, node) ?? own ?? ''
}

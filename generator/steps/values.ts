import type { Functions } from '../shell/commands.js'
import { runsOf, setArguments } from '../shell/commands.js'
import type { Shell, SyntaxNode } from '../shell/parse.js'
import { literalOf, variableOf } from '../shell/words.js'
import type { StepCommand } from './commands.js'

/**
 * What a value may be: a path in the data directory, what stands in a file there, something secret, the number of a
 * process of the script, or anything at all that is not written in the step itself.
 */
export type Origin = 'data' | 'content' | 'secret' | 'process' | 'outside'

export interface Origins {
  /** What may be in a node: in its expansions, and in its text as it stands. */
  of(shell: Shell, node: SyntaxNode, owner: string): ReadonlySet<Origin>
}

export interface Given {
  /** Variables that hold something secret, besides those whose names say so. */
  readonly secrets: readonly string[]
  /** `run.dataDir` of the model: a path that a step could write as it stands. */
  readonly dataDir: string
}

/** What the script's own variables hold, as far as it matters. Its directory for work files, `$work`, is free to use. */
const scriptVariables: ReadonlyMap<string, Origin> = new Map<string, Origin>([
  ...['pgdata', 'store', 'replica', 'staging', 'conf_dir', 'hba_file', 'PGDATA_DIR'].map(
    (name) => [name, 'data'] as const,
  ),
  ...['child', 'server', 'watcher', 'watchdog', 'stopper', 'feeder', 'live_server', 'PPID'].map(
    (name) => [name, 'process'] as const,
  ),
])

const secretName =
  /(^|_)(password|passwd|passphrase|pass|pw|secret|token|credentials?|api_?key|private_?key)$/i

/** What these print are names of files, and not what stands in them. */
const namers = new Set(['find', 'ls', 'printf', 'echo', 'readlink', 'realpath', 'dirname', 'pwd'])

/**
 * Follows values through the step files: by assignments, `for`, `read`, `set --` and the arguments of functions, to a
 * fixed point. Whatever is not sure counts, so that a rule which forbids an origin forbids too much rather than less.
 */
export function findOrigins(
  files: readonly { readonly shell: Shell; readonly commands: readonly StepCommand[] }[],
  known: Functions,
  { secrets, dataDir }: Given,
): Origins {
  const held = new Map<string, Set<Origin>>()
  const constants = new Map<string, boolean>()
  const note = (name: string, origins: Iterable<Origin>, isConstant: boolean): boolean => {
    const own = held.get(name) ?? new Set()
    const before = own.size
    for (const origin of origins) own.add(origin)
    held.set(name, own)
    const was = constants.get(name)
    constants.set(name, (was ?? true) && isConstant)
    return own.size !== before || was !== constants.get(name)
  }

  const ofVariable = (name: string): Set<Origin> => {
    const found = new Set(held.get(name))
    const given = scriptVariables.get(name)
    if (given !== undefined) found.add(given)
    if (secrets.includes(name) || secretName.test(name)) found.add('secret')
    if (constants.get(name) !== true) found.add('outside')
    return found
  }

  const collect = (shell: Shell, node: SyntaxNode, owner: string, found: Set<Origin>): void => {
    switch (node.type) {
      case 'ArithmeticExpansion':
        return
      case 'SimpleExpansion':
      case 'ParameterExpansion': {
        const text = node.type === 'SimpleExpansion' ? node.text.slice(1) : node.parameter
        const name = variableOf(node)
        const isLength = node.type === 'ParameterExpansion' && node.text.startsWith('${#')
        if (text === '$') found.add('process')
        else if (/^[@*0-9]+$/.test(text)) for (const origin of ofVariable(`@${owner}`)) found.add(origin)
        else if (name !== undefined && !isLength) for (const origin of ofVariable(name)) found.add(origin)
        break
      }
      case 'CommandExpansion': {
        const inner = new Set<Origin>(['outside'])
        for (const child of shell.children(node)) collect(shell, child, owner, inner)
        if (!namesFiles(shell, node)) readOnly(inner)
        for (const origin of inner) found.add(origin)
        return
      }
      case 'Word':
        if (isInData(literalOf(node), dataDir)) found.add('data')
        break
      default:
    }
    for (const child of shell.children(node)) collect(shell, child, owner, found)
  }

  const namesFiles = (shell: Shell, node: SyntaxNode): boolean =>
    node.type === 'Command'
      ? runsOf(node, known).some(({ name }) => namers.has(name))
      : shell.children(node).some((child) => namesFiles(shell, child))

  const originsIn = (shell: Shell, node: SyntaxNode, owner: string): Set<Origin> => {
    const found = new Set<Origin>()
    collect(shell, node, owner, found)
    return found
  }

  // What `read` gets: from the commands before it in a pipeline, or from the file or text at its own standard input.
  const inputOf = (shell: Shell, { around, node, owner }: StepCommand): Set<Origin> => {
    const found = new Set<Origin>(['outside'])
    const name = owner.name.value
    for (const outer of [node, ...around]) {
      const redirects = 'redirects' in outer ? outer.redirects : []
      for (const redirect of redirects) {
        if (redirect.type === 'HereDoc') collect(shell, redirect, name, found)
        else if (redirect.target && originsIn(shell, redirect.target, name).has('data')) found.add('content')
        if (redirect.type === 'HereDoc') continue
        if (/PGPASSFILE/.test(redirect.target?.text ?? '')) found.add('secret')
      }
      if (outer.type !== 'Pipeline') continue
      const mine = outer.commands.findIndex((part) => part === node || around.includes(part as SyntaxNode))
      for (const part of outer.commands.slice(0, Math.max(0, mine))) {
        const given = originsIn(shell, part, name)
        if (!namesFiles(shell, part)) readOnly(given)
        for (const origin of given) found.add(origin)
      }
    }
    return found
  }

  const step = (): boolean => {
    let changed = false
    const add = (name: string, origins: Set<Origin>): void => {
      const isConstant = !origins.has('outside')
      origins.delete('outside')
      changed = note(name, origins, isConstant) || changed
    }
    for (const { shell, commands } of files) {
      for (const { node } of shell.all('Assignment')) {
        const owner = commands.find((one) => shell.children(one.node).includes(node))?.owner.name.value ?? ''
        const origins = originsIn(shell, node.value as SyntaxNode, owner)
        if (/PGPASSFILE/.test(node.text) && node.text.includes('$(')) origins.add('secret')
        add(node.name, origins)
      }
      for (const { node } of shell.all('For')) {
        const name = literalOf(node.name)
        const owner = ownerOf(shell, node)
        const words = node.wordlist
        const origins = new Set<Origin>(words === undefined ? ofVariable(`@${owner}`) : [])
        for (const word of words ?? []) collect(shell, word, owner, origins)
        if (words?.some(({ text }) => /[*?]/.test(text))) origins.add('outside')
        if (name !== undefined) add(name, origins)
      }
      for (const command of commands) {
        const owner = command.owner.name.value
        const [outer] = command.runs
        if (outer?.kind === 'builtin' && outer.name === 'read') {
          const origins = inputOf(shell, command)
          for (const word of outer.args) {
            const name = word.type === 'Word' ? literalOf(word) : undefined
            if (name !== undefined && !name.startsWith('-')) add(name, new Set(origins))
          }
        }
        for (const word of setArguments(command.node) ?? []) add(`@${owner}`, originsIn(shell, word, owner))
        for (const run of command.runs.filter(({ kind }) => kind === 'function')) {
          for (const word of run.args) add(`@${run.name}`, originsIn(shell, word, owner))
        }
      }
    }
    return changed
  }
  while (step()) {
    // Until nothing is learnt any more.
  }

  return { of: originsIn }
}

// What a program prints of a file, and not its name.
function readOnly(origins: Set<Origin>): void {
  if (origins.delete('data')) origins.add('content')
}

function ownerOf(shell: Shell, node: SyntaxNode): string {
  const { start } = shell.span(node)
  const around = shell.all('Function').filter(({ node: one }) => {
    const span = shell.span(one)
    return span.start <= start && start < span.end
  })
  return around.at(-1)?.node.name.value ?? ''
}

// The directory of the model, or what lies in it by its name there.
function isInData(text: string | undefined, dataDir: string): boolean {
  if (text === undefined) return false
  const plain = (path: string) => path.replace(/^(\.\/+)+/, '').replace(/\/+$/, '')
  const [path, dir] = [plain(text), plain(dataDir)]
  return path === dir || path.startsWith(`${dir}/`)
}

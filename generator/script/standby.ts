import { type Functions, functionAround, preparedRuns, runsOf } from '../shell/commands.js'
import type { FunctionNode, Shell, SyntaxNode } from '../shell/parse.js'
import { type Finding, findingAt, type RuleContext } from '../shell/rules/rule.js'
import { literalOf } from '../shell/words.js'

// What keeps a replica from ever being a second master, and its data from being lost, as far as the text tells
// (it is only ever a standby). A user's step is held to it, too. The names are those of templates/run_rep.

/** Which functions may do what no other may: they say so themselves, by a comment `# @may …` above them. */
export interface Rights {
  /** Touch what makes a server a standby. */
  readonly touch: ReadonlySet<string>
  /** Remove directories, rename them: each first looks whether they are the script's own. */
  readonly remove: ReadonlySet<string>
  readonly rename: ReadonlySet<string>
  /** Run a server on data. */
  readonly start: ReadonlySet<string>
  /** Run pg_rewind, which writes to data in place, takes its marker away, and would start a server of its own. */
  readonly rewind: ReadonlySet<string>
}

/** Reads them from the package's own shell, by path, and from no other text: nobody gives himself a right. */
export function readRights(templates: Readonly<Record<string, string>>): Rights {
  const found = Object.entries(templates)
    .filter(([name]) => name.startsWith('run_rep/') && name.endsWith('.sh'))
    .flatMap(([, text]) => [...text.matchAll(/^# @may (\w+).*\n(?:#.*\n)*(\w+)\(\) \{$/gm)])
  const who = (right: string) =>
    new Set(found.flatMap(([, what, name = '']) => (what === right ? [name] : [])))
  return {
    touch: who('touch'),
    remove: who('remove'),
    rename: who('rename'),
    start: who('start'),
    rewind: who('rewind'),
  }
}

/** Tools that make a master of a data directory, or a new one, or that start a server past the gate. */
const forbiddenTools: ReadonlyMap<string, string> = new Map([
  ['initdb', 'makes a master'],
  ['pg_createcluster', 'makes a master'],
  ['pg_resetwal', 'makes a master of a standby'],
  ['pg_resetxlog', 'makes a master of a standby'],
  ['pg_upgrade', 'makes a master of a standby'],
  ['pg_ctl', 'starts and promotes servers past the gate'],
  ['pg_ctlcluster', 'starts and promotes servers past the gate'],
  ['postmaster', 'starts a server past the gate'],
])

/** A rule that knows whose right it is. */
type Rule = (shell: Shell, context: RuleContext & { readonly rights: Rights }) => Finding[]

const forbidMasters: Rule = (shell, { runs }) => [
  ...runs.flatMap((run): Finding[] => {
    const why = run.kind === 'tool' ? forbiddenTools.get(run.name) : undefined
    if (why === undefined) return []
    return [findingAt(shell, run.word, masters(`${run.name} ${why}`))]
  }),
  ...wordsOf(shell).flatMap(({ node, text }): Finding[] => {
    const found = promotion.exec(text)
    return found === null ? [] : [findingAt(shell, node, masters(`${found[0].trim()} promotes a standby`))]
  }),
]

const promotion =
  /\bpg_promote\b|(promote_)?trigger_file[ \t]*=[ \t]*['"]?[^\s'"]+|\/(fallback_)?promote(?=["'\s]|$)/

const masters = (message: string) =>
  ({ code: 'E_SHELL_MASTER', message, hint: 'run_rep.sh runs a standby and nothing else' }) as const

/** A question or a message may name a marker; what could make or remove one stands in two functions. */
const keepMarkers: Rule = (shell, { known, rights }) => {
  const commands = shell.all('Command').flatMap(({ node }): readonly SyntaxNode[] => {
    const run = runsOf(node, known).at(-1)
    return run === undefined || harmless.has(run.name) ? [] : node.args
  })
  const targets = shell.all('Redirect').flatMap(({ node }) => (node.operator === '<' ? [] : [node.target]))
  // What a variable holds could be used anywhere; the one that has the marker of the major is judged by its name.
  const values = shell
    .all('Assignment')
    .flatMap(({ node }) => (node.name === 'standby_marker' ? [] : [node as SyntaxNode]))
  return [...commands, ...targets, ...values].flatMap((word): Finding[] => {
    const mark = word && marker.exec(textOf(shell, word))?.[0]
    if (!word || !mark || rights.touch.has(functionAround(shell, word) ?? '')) return []
    const message = `${mark} is for ${[...rights.touch].join(' and ')} only`
    const hint = 'if any other code makes or removes a marker, there may be a second master'
    return [findingAt(shell, word, { code: 'E_SHELL_MARKER', message, hint })]
  })
}

const marker = /\bstandby\.signal\b|\brecovery\.(signal|conf|done)\b|\$\{?standby_marker\b/
const harmless = new Set(['[', 'test', 'fail', 'log', 'sync', 'printf', 'cat', 'grep'])

/** `rm -r` and `mv` of anything that may be data stand in the functions that ask first whose it is. */
const keepData: Rule = (shell, { runs, rights }) =>
  runs.flatMap((run): Finding[] => {
    const owner = functionAround(shell, run.word) ?? ''
    const texts = run.args.map(({ text }) => text)
    const finding = (message: string, hint: string) => [
      findingAt(shell, run.word, { code: 'E_SHELL_DATA', message, hint }),
    ]
    if (run.name === 'find' && texts.some((text) => text === 'rm' || text === 'mv' || text === '-delete')) {
      return finding('find removes or renames what it finds', 'name each file')
    }
    if (run.name === 'rm' && texts.some((text) => /^-[a-z]*[rR]|^--recursive$/.test(text))) {
      if (rights.remove.has(owner) || operandsOf(texts).every(isConstant)) return []
      return finding(
        'rm -r on a path that is computed',
        `use rm and rmdir, or call ${[...rights.remove].join(' or ')}`,
      )
    }
    if (run.name === 'mv' && !rights.rename.has(owner)) {
      const sources = operandsOf(texts).slice(0, -1)
      // What has a name or an ending of its own is a file of ours, and not a directory of data.
      if (sources.every((text) => isConstant(text) || isOwnFile(text))) return []
      return finding('mv of a path that is computed', 'let its name, or the end of it, be a constant')
    }
    return []
  })

const operandsOf = (texts: readonly string[]) => texts.filter((text) => !text.startsWith('-'))
const isConstant = (text: string) => !text.includes('$') && !text.includes('`')
const isOwnFile = (text: string) =>
  /[./][\w.-]+"?$/.test(text) && !/\/(data|tablespaces|replica|clone\.\w+)"?$/.test(text)

/** All that stands in the one function that runs a server on data: the gate, then the start. */
const gate = 'require_standby'
const startCommand = 'launch "$pg_bin"/postgres -D "$pgdata" "$@" 2>>"$work/first_words"'

const keepStart: Rule = (shell, { known, rights }) => [
  ...shell.all('Command').flatMap(({ node }): Finding[] => {
    const run = runsOf(node, known).find(({ name, kind }) => kind === 'tool' && name === 'postgres')
    if (run === undefined) return []
    const options = run.args.flatMap((word) => (word.type === 'Word' ? [literalOf(word) ?? ''] : []))
    if (options.some((option) => asks.has(option))) return []
    if (rights.start.has(functionAround(shell, node) ?? '')) return []
    const message = 'a server is started here'
    const hint = `only ${[...rights.start].join()} does that, behind the gate`
    return [findingAt(shell, node, { code: 'E_SHELL_START', message, hint })]
  }),
  ...shell.all('Function').flatMap(({ node }): Finding[] => {
    if (!rights.start.has(node.name.value) || isGateAndStart(shell, node)) return []
    const message = `${node.name.value} is not ${gate} and then the start, with nothing before, between or behind them`
    const hint = 'the gate must check the data after every change and right before the start'
    return [findingAt(shell, node, { code: 'E_SHELL_GATE', message, hint })]
  }),
]

function isGateAndStart(shell: Shell, { body }: FunctionNode): boolean {
  const list = body.type === 'BraceGroup' ? body.body.commands : []
  const texts = list.map((statement) => (statement.background ? '' : textOf(shell, statement)))
  return texts.length === 2 && texts[0] === gate && texts[1] === startCommand
}

const asks = new Set(['-C', '--version', '-V', '--help', '-?', '--describe-config'])

const noServer = '--no-ensure-shutdown'

const keepRewind: Rule = (shell, { known, rights }) => [
  ...shell.all('Command').flatMap(({ node }): Finding[] => {
    const run = runsOf(node, known).find(({ name, kind }) => kind === 'tool' && name === 'pg_rewind')
    if (run === undefined) return []
    if (!rights.rewind.has(functionAround(shell, node) ?? '')) {
      const message = 'data is rewound here'
      const hint = `only ${[...rights.rewind].join()} does that, after it has marked the data so that no half-rewound data is served`
      return [findingAt(shell, run.word, { code: 'E_SHELL_REWIND', message, hint })]
    }
    const options = run.args.flatMap((word) => (word.type === 'Word' ? [literalOf(word) ?? ''] : []))
    const written = options.find((option) => option === '-R' || option === '--write-recovery-conf')
    if (written === undefined) return []
    const message = `${written} lets pg_rewind write the marker`
    const hint = `that is for ${[...rights.touch].join(' and ')}`
    return [findingAt(shell, run.word, { code: 'E_SHELL_REWIND', message, hint })]
  }),
  ...shell.all('Function').flatMap(({ node }): Finding[] => {
    if (!rights.rewind.has(node.name.value) || textOf(shell, node).includes(noServer)) return []
    const message = `${node.name.value} lets pg_rewind start a server on the data, past the gate`
    return [
      findingAt(shell, node, { code: 'E_SHELL_REWIND', message, hint: `give it ${noServer}, since 13` }),
    ]
  }),
]

/** Every rule that one piece of shell can be judged by. */
export const standbyRules: readonly Rule[] = [forbidMasters, keepMarkers, keepData, keepStart, keepRewind]

/** Judges a text that is run beside the script, as by `sh -c`: nothing in it has a right, whatever its name is. */
export function forbidMastersWithin(shell: Shell, known: Functions): Finding[] {
  const runs = shell
    .all('Command')
    .flatMap(({ node }) => [...runsOf(node, known), ...preparedRuns(node, known)])
  const context = { failureIds: new Set<string>(), tools: new Set<string>(), functions: [], known, runs }
  const nobody = new Set(['the script itself'])
  const rights = { touch: nobody, remove: nobody, rename: nobody, start: nobody, rewind: nobody }
  // What it does to files, the rules for steps say (generator/steps/rules/data.ts).
  return standbyRules.flatMap((rule) => (rule === keepData ? [] : rule(shell, { ...context, rights })))
}

/**
 * The functions that a start rests on: the gate, whom it asks, and what ends the run when it says no. Whoever changes
 * one of them has changed what is proven, so in a proof each is held to the text that the package has.
 */
export const startFunctions: readonly string[] = [
  'start_server',
  gate,
  'with_settings',
  'launch',
  'launched',
  'read_control',
  'control_field',
  'fail',
  'end_run',
]

// Here-documents, too: they are where SQL stands.
function wordsOf(shell: Shell): { readonly node: SyntaxNode; readonly text: string }[] {
  const words = shell.all('Word').filter(({ parent }) => parent?.type !== 'Word')
  return [...words, ...shell.all('HereDocBody')].map(({ node }) => ({ node, text: textOf(shell, node) }))
}

function textOf(shell: Shell, node: SyntaxNode): string {
  const { start: from, end } = shell.span(node)
  return shell.text.slice(from, end)
}

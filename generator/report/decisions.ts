import { runsOf } from '../shell/commands.js'
import type { Live } from '../shell/live.js'
import { callsIn } from '../shell/live-walk.js'
import { copiedFrom } from '../shell/live-words.js'
import type { Command } from '../shell/parse.js'
import { literalOf } from '../shell/words.js'
import type { Guard } from './run.js'
import { type Sign, signs } from './signs.js'
import type { Draft, Read } from './steps-of-run.js'

/** `[ "$x" = word ] || return 0`, before the step does anything but call functions. */
export function guardOf({ shell, bodies }: Read, { name, live }: Draft): Guard | undefined {
  const body = bodies.get(`step_${name}`)
  const statements =
    body?.type === 'CompoundList' ? body.commands : body?.type === 'BraceGroup' ? body.body.commands : []
  for (const { command } of statements) {
    if (command.type === 'Command') continue
    if (command.type !== 'AndOr') return undefined
    const { start, end } = shell.span(command)
    const [, variable = '', operator, word = '', join] =
      /^\[ "\$(\w+)" (!?=) (\w+) \] (\|\||&&) return(?: 0)?$/.exec(shell.text.slice(start, end)) ?? []
    if (variable === '') return undefined
    const all = live.wordsOf(variable) ?? []
    const isWanted = (operator === '=') === (join === '||')
    const wanted = isWanted ? [word] : all.filter((one) => one !== word)
    const others = isWanted ? all.filter((one) => one !== word) : [word]
    return wanted.length === 0 || others.length === 0
      ? undefined
      : { variable, word: wanted.join(', '), others }
  }
  return undefined
}

/** A variable is asked for by a later step, and may hold several words: a decision, even if no sign stands for it. */
export function listDecisions(
  script: Read,
  draft: Draft,
  later: readonly Draft[],
  shown: Set<string>,
): string[] {
  const { functions } = script
  const found: string[] = []
  const say = (sign: Sign, key: string) => {
    if (sign.isRepeated !== true && shown.has(key)) return
    shown.add(key)
    if (!found.includes(sign.says)) found.push(sign.says)
  }
  // What another step does is said there, also where this one calls it.
  const own = draft.live.reached(draft.roots, (name) => /^step_/.test(name) && !draft.roots.includes(name))
  const commands = own.flatMap((name) => draft.live.commandsOf(name).map(({ node }) => node))
  const words = new Set(commands.flatMap((node) => assignedWords(node, draft.live)))
  const calls = new Set(commands.flatMap((node) => callsIn(node, functions)))
  const tools = new Set(
    commands.flatMap((node) =>
      runsOf(node, functions).flatMap((run) => (run.kind === 'tool' ? [run.name] : [])),
    ),
  )
  for (const sign of signs) {
    const isChoice = sign.kind !== 'word' || isOpen(script.whole, sign.variable)
    const all = sign.kind === 'word' ? words : sign.kind === 'call' ? calls : tools
    const key = sign.kind === 'word' ? `${sign.variable}=${sign.word}` : sign.name
    if (isChoice && all.has(key) && (sign.within === undefined || sign.within === draft.name))
      say(sign, `${sign.kind} ${key}`)
  }
  const named = new Set(signs.flatMap((sign) => (sign.kind === 'word' ? [sign.variable] : [])))
  const askedLater = new Set(later.flatMap((one) => askedIn(script, one)))
  for (const pair of words) {
    const [variable = '', word = ''] = pair.split('=')
    if (
      named.has(variable) ||
      !askedLater.has(variable) ||
      !isOpen(script.whole, variable) ||
      shown.has(pair)
    )
      continue
    shown.add(pair)
    found.push(`${variable}: ${word}`)
  }
  return found
}

function isOpen(live: Live, variable: string): boolean {
  const words = live.wordsOf(variable)
  return words !== undefined && words.length > 1 && words.every((word) => /^[a-z_]+$/.test(word))
}

// `x=word`, and for `x=$y` each word that $y may hold.
function assignedWords(node: Command, live: Live): string[] {
  if (node.name !== undefined) return []
  return node.prefix.flatMap((prefix): string[] => {
    if (prefix.type !== 'Assignment' || prefix.value?.type !== 'Word') return []
    const literal = literalOf(prefix.value)
    const copied = copiedFrom(prefix.value)
    const words = literal !== undefined ? [literal] : copied === undefined ? [] : (live.wordsOf(copied) ?? [])
    return words.map((word) => `${prefix.name}=${word}`)
  })
}

// The variables that a step itself compares with a word.
function askedIn({ shell }: Read, { name, live }: Draft): string[] {
  return live.commandsOf(`step_${name}`).flatMap(({ node }) => {
    const { start, end } = shell.span(node)
    return /^\[ "\$(\w+)" !?= \w+ \]$/.exec(shell.text.slice(start, end))?.[1] ?? []
  })
}

import { type Area, type Change, type Effect, worstOf } from './change.js'
import type { Comparison } from './compare.js'

/** The two sides, as the operator named them. */
export interface Sides {
  readonly from: string
  readonly to: string
}

/** What differs, and what that means for replicas that run, in one line. */
export function summarize({ changes, forgetful }: Comparison): string {
  if (changes.length === 0) return 'nothing differs'
  const onMaster = changes.filter(({ area }) => area === 'master')
  const rest = changes.filter(({ area }) => area !== 'master')
  const worst = worstOf(rest.map(({ effect }) => effect))
  const clones =
    worst === 'restart' && forgetful.length > 0
      ? `, and each clones again by that (${forgetful.join(', ')}: no volume)`
      : ''
  const first = rest.length === 0 ? [] : [`${countAll(rest)}: ${verdicts[worst]}${clones}`]
  const second = onMaster.length === 0 ? [] : [`to be done on the master: ${count(onMaster.length, 'thing')}`]
  return [...first, ...second].join('; ')
}

const verdicts: Readonly<Record<Effect, string>> = {
  nothing: 'replicas that run need nothing',
  reload: 'replicas must reload',
  restart: 'replicas must be restarted',
  clone: 'replicas must be cloned again',
}

/** The whole comparison for a person: the summary first, then each change by what it belongs to, then what to do. */
export function renderComparison(
  comparison: Comparison,
  { from, to }: Sides,
  steps: readonly string[],
): string {
  const { changes, notCompared } = comparison
  const head = `${summarize(comparison)}\n`
  if (changes.length === 0) return `${head}${from} is what ${to} gives.\n${renderMissing(notCompared, from)}`
  const sections = sectionsOf(changes).map(({ title, members }) => `${title}\n${renderMembers(members)}`)
  const todo = steps.length === 0 ? '' : `\nWhat to do\n${steps.map((step) => `  ${step}\n`).join('')}`
  return plain(
    `${head}From ${from} to ${to}.\n\n${sections.join('\n')}${todo}${renderMissing(notCompared, from)}`,
  )
}

function renderMissing(names: readonly string[], from: string): string {
  return names.length === 0
    ? ''
    : plain(`\nNot compared, since ${from} does not tell: ${names.join(', ')}.\n`)
}

interface Section {
  readonly title: string
  readonly members: readonly Change[]
}

const titles: Readonly<Record<Exclude<Area, 'target'>, string>> = {
  setting: 'Settings of the server',
  'access rule': 'Access rules (pg_hba.conf)',
  variable: 'Variables of a task',
  option: 'What the model compiles into run_rep.sh',
  step: 'Steps of run_rep.sh',
  'part of the script': 'Other parts of run_rep.sh',
  master: 'On the master',
  file: 'Other files',
}

function sectionsOf(changes: readonly Change[]): Section[] {
  const byTitle = new Map<string, Change[]>()
  for (const change of changes) {
    const title = change.area === 'target' ? (change.files[0] ?? '') : titles[change.area]
    byTitle.set(title, [...(byTitle.get(title) ?? []), change])
  }
  return [...byTitle].map(([title, members]) => ({ title, members }))
}

// What is said of one after the other is said once.
function renderMembers(members: readonly Change[]): string {
  const shown = foldParts(members)
  return shown
    .flatMap((change, index) => {
      const label = change.area === 'master' ? 'master' : change.effect
      const next = shown[index + 1]
      const isSaidNext =
        next !== undefined && reasonOf(next) === reasonOf(change) && next.effect === change.effect
      const [first = '', ...rest] = describe(change)
      const indent = ' '.repeat(11)
      return [
        `  ${label.padEnd(7)}  ${first}`,
        ...rest.map((line) => indent + line),
        ...(isSaidNext ? [] : [`${indent}${reasonOf(change)}`]),
      ]
    })
    .map((line) => `${line}\n`)
    .join('')
}

const shownParts = 12

// Another version of the compiler changes dozens of them.
function foldParts(members: readonly Change[]): readonly Change[] {
  const [first] = members
  if (first?.area !== 'part of the script' || members.length <= shownParts) return members
  const names = members.slice(0, shownParts).map(({ name }) => name)
  const { from: _, to: __, ...rest } = first
  return [
    {
      ...rest,
      name: `${members.length} parts, as ${names.join(', ')}`,
      means: 'another version of the compiler printed them',
    },
  ]
}

function reasonOf({ means, context, area, files }: Change): string {
  const where = area === 'variable' ? ` (${files.join(', ')})` : ''
  return `${means}${context === undefined ? '' : ` (${context})`}${where}`
}

const longest = 60

function describe({ area, name, from, to }: Change): string[] {
  if (area === 'access rule' || (area === 'master' && (from ?? to) === name))
    return [from === undefined ? `+ ${name}` : to === undefined ? `- ${name}` : `~ ${name}`]
  if (from === undefined && to === undefined) return [name]
  // Of a whole thing there is no value to show.
  if (from === undefined)
    return [area === 'target' && to === 'new' ? `${name}: new` : `${name}: new, ${show(to)}`]
  if (to === undefined)
    return [area === 'target' && from === 'there' ? `${name}: gone` : `${name}: ${show(from)} -> gone`]
  const line = `${name}: ${show(from)} -> ${show(to)}`
  return line.length <= longest * 2 ? [line] : [`${name}:`, `  ${show(from)}`, `  -> ${show(to)}`]
}

function show(value = ''): string {
  return value === '' ? "''" : value
}

function countAll(changes: readonly Change[]): string {
  const counts = new Map<string, number>()
  for (const { area, files } of changes) {
    const noun = area === 'target' ? `key of ${files[0]}` : nouns[area]
    counts.set(noun, (counts.get(noun) ?? 0) + 1)
  }
  return [...counts].map(([noun, number]) => count(number, noun)).join(', ')
}

const nouns: Readonly<Record<Exclude<Area, 'target' | 'master'>, string>> & { readonly master: string } = {
  setting: 'setting',
  'access rule': 'access rule',
  variable: 'variable',
  option: 'option of the script',
  step: 'step',
  'part of the script': 'part of the script',
  master: 'thing',
  file: 'file by its comments',
}

function count(number: number, noun: string): string {
  return number === 1 ? `1 ${noun}` : `${number} ${noun.replace(/^\w+( rule)?/, (word) => `${word}s`)}`
}

// What was published may hold anything: nothing of it may drive the terminal.
function plain(text: string): string {
  return text.replace(/(?!\n)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, '·')
}

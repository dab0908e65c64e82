import { confValue } from '../compile/conf.js'
import { type ModelPath, pathTo } from '../diagnostics/path.js'
import { configurationOf, type Replica } from '../model/replica.js'
import { listShape } from '../model/shape.js'
import { catalogue, contextIn, type SettingContext } from '../postgres/catalogue.js'
import { defaultIn } from '../postgres/defaults.js'
import { whereHeld } from '../postgres/held.js'
import { keepDefaults } from '../postgres/settings-schema.js'
import { findVersionRule } from '../postgres/versions.js'
import { type Content, element } from './markup.js'
import type { Page, Section } from './page.js'
import { code, paragraph, table } from './parts.js'

/** The settings that the model has a say in: what each major has by itself, what it gets, and when a change counts. */
export function settingsSection({ values, showPart }: Page): Section {
  const { model } = values
  const majors = [...new Set(model.postgresql.majors)].sort((a, b) => a - b)
  const rules = configurationOf(model) === 'published'
  const written = listWritten(model)
  const held = listHeld(model, majors)
  const rowOf = ({ name, value, from }: Line, ...more: Content[]): Content[] => [
    code(name),
    value,
    ...more,
    typeof from === 'string' ? from : showPart(from),
    catalogue.get(name.toLowerCase())?.about ?? 'of an extension',
  ]
  const writtenRow = (line: Line) =>
    rowOf(
      line,
      sayByMajor(majors, (major) => defaultIn(line.name, major)),
      sayByMajor(majors, (major) => showContext(contextIn(line.name, major))),
    )
  return {
    id: 'settings',
    title: 'Settings',
    content: [
      paragraph(
        rules
          ? 'postgresql.conf as it is published rules on each replica. A replica takes it at its next start; what is said here of reload and restart is what its server does with a file that was changed while it runs.'
          : 'The master’s own configuration rules on each replica. postgresql.conf stands in only where the clone brings none along.',
      ),
      element('h3', {}, 'In postgresql.conf'),
      paragraph(
        'Built in is what PostgreSQL has by itself. Changes says when a server takes a new value of the file.',
      ),
      table(
        'Settings in postgresql.conf',
        ['Setting', 'Here', 'Built in', 'Changes', 'Comes from', 'What it is'],
        written.map(writtenRow),
      ),
      element('h3', {}, 'On the command line of the server'),
      paragraph(
        'run_rep.sh gives these itself, so that no file and no ALTER SYSTEM changes them. A new value counts from the next start of a task on.',
      ),
      table(
        'Settings on the command line',
        ['Setting', 'Here', 'Comes from', 'What it is'],
        held.map((line) => rowOf(line)),
      ),
    ],
  }
}

interface Line {
  readonly name: string
  readonly value: Content
  /** The part of the model, or in words. */
  readonly from: ModelPath | string
}

function listWritten(model: Replica): Line[] {
  const { settings } = model.postgresql
  const shape = new Set(listShape(model).map(({ name }) => name))
  return [
    ...Object.entries(settings).map(([name, value]) => ({
      name,
      value: code(confValue(value)),
      from: pathTo`postgresql.settings.${name}`,
    })),
    ...keepDefaults(settings, model.task.mem)
      .filter(({ name }) => !shape.has(name))
      .map(({ name, value, why }) => ({ name, value: code(confValue(value)), from: `default: ${why}` })),
  ].sort((a, b) => (a.name < b.name ? -1 : 1))
}

function listHeld(model: Replica, majors: readonly number[]): Line[] {
  const shape = listShape(model)
  const ofMajor = (major: number) => findVersionRule(major)?.held ?? []
  const names = new Set([
    ...shape.map(({ name }) => name),
    ...majors.flatMap((major) => ofMajor(major).map(({ name }) => name)),
  ])
  return [...names].sort().map((name) => {
    const own = shape.find((one) => one.name === name)
    return {
      name,
      value: own
        ? [code(own.value), own.since > (majors[0] ?? 0) ? ` since ${own.since}` : '']
        : sayByMajor(majors, (major) => ofMajor(major).find((one) => one.name === name)?.value),
      from: own?.path ?? whereHeld(name) ?? 'run_rep.sh',
    }
  })
}

const contexts: Readonly<Record<SettingContext, string>> = {
  internal: 'never',
  postmaster: 'at a restart',
  sighup: 'at a reload',
  'superuser-backend': 'at a reload, in new sessions',
  backend: 'at a reload, in new sessions',
  superuser: 'at a reload',
  user: 'at a reload',
}

function showContext(context: SettingContext | undefined): string | undefined {
  return context && contexts[context]
}

// Once where all majors have the same, else each span of majors with its own.
function sayByMajor(majors: readonly number[], ask: (major: number) => string | undefined): Content {
  const spans: { from: number; to: number; answer: string | undefined }[] = []
  for (const major of majors) {
    const answer = ask(major)
    const last = spans.at(-1)
    if (last !== undefined && last.answer === answer) last.to = major
    else spans.push({ from: major, to: major, answer })
  }
  const said = spans.filter(({ answer }) => answer !== undefined)
  if (said.length === 0) return undefined
  return said.map(({ from, to, answer = '' }, index): Content => {
    const span = from === to ? `${from}` : `${from} to ${to}`
    const shown =
      answer.startsWith('at ') || answer === 'never' ? answer : code(answer === '' ? "''" : answer)
    return [index === 0 ? '' : '; ', spans.length === 1 ? '' : `${span}: `, shown]
  })
}

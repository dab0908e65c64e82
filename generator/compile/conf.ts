import { heldSettings } from '../postgres/held.js'
import { keepDefaults, type Settings } from '../postgres/settings-schema.js'
import { renderTemplate } from '../template.js'

/**
 * Prints postgresql.conf from `templates/postgresql.conf.hbs`: the model's own settings, then the defaults, which follow
 * the memory of the task (MiB), but for what other parts of the model hold (`shape`).
 */
export function printConf(
  template: string,
  settings: Settings,
  mem: number,
  shape: readonly string[] = [],
): string {
  const own = Object.entries(settings)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => ({ name, value, why: '' }))
  const standing = keepDefaults(settings, mem).filter(({ name }) => !shape.includes(name))
  const groups = [
    { title: 'Set in the model (postgresql.settings)', lines: alignSettings(own) },
    { title: 'Defaults of a replica node', lines: alignSettings(standing) },
  ]
  return renderTemplate(template, {
    groups: groups.filter(({ lines }) => lines.length > 0),
    held: wrapWords(
      [...new Set([...heldSettings.keys(), ...shape])].filter((name) => !neverSettings.has(name)),
    ),
  })
}

/** Prints one value as postgresql.conf takes it (guc-file.l); a string is always quoted. */
export function confValue(value: Settings[string]): string {
  if (typeof value === 'boolean') return value ? 'on' : 'off'
  if (typeof value === 'number') return confNumber(value)
  if (/[\p{Cc}\p{Cs}]/u.test(value)) throw new Error(`no value of postgresql.conf: ${JSON.stringify(value)}`)
  return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`
}

// A bare exponent without a decimal point is a syntax error in guc-file.l; in quotes it is a number.
function confNumber(value: number): string {
  const text = String(value)
  return /^-?\d+(\.\d+)?$/.test(text) ? text : `'${text}'`
}

interface Line {
  readonly name: string
  readonly value: Settings[string]
  readonly why: string
}

function alignSettings(lines: readonly Line[]): string[] {
  const nameWidth = Math.max(0, ...lines.map(({ name }) => name.length))
  const printed = lines.map((line) => `${line.name.padEnd(nameWidth)} = ${confValue(line.value)}`)
  const width = Math.max(0, ...printed.map((text) => text.length))
  return printed.map((text, index) => {
    const why = lines[index]?.why ?? ''
    return why === '' ? text : `${text.padEnd(width)}  # ${why}`
  })
}

// Held too, but no settings of any major that we serve: directives, and names from before 9.3.
const neverSettings: ReadonlySet<string> = new Set([
  'include',
  'include_dir',
  'include_if_exists',
  'standby_mode',
  'trigger_file',
  'unix_socket_directory',
])

function wrapWords(words: readonly string[]): string[] {
  const lines: string[] = []
  for (const [index, word] of words.entries()) {
    const text = index === words.length - 1 ? word : `${word},`
    const last = lines.at(-1)
    if (last === undefined || last.length + text.length > 90) lines.push(text)
    else lines[lines.length - 1] = `${last} ${text}`
  }
  return lines
}

import {
  type AccessGroup,
  type AccessMethod,
  type AccessName,
  type AccessRule,
  listNames,
} from '../postgres/access-schema.js'
import { parseNetwork } from '../postgres/network.js'
import { renderTemplate } from '../template.js'

/** Prints pg_hba.conf from `templates/pg_hba.conf.hbs`; `method` is that of the rules that name none. */
export function printHba(template: string, groups: readonly AccessGroup[], method: AccessMethod): string {
  const rows = groups.flatMap(({ rules }) => rules.map((rule) => printColumns(rule, method)))
  const widths = [0, 1, 2, 3].map((column) => Math.max(0, ...rows.map((row) => row[column]?.length ?? 0)))
  const view = groups
    .filter(({ rules }) => rules.length > 0)
    .map(({ title, rules }) => ({
      title,
      lines: rules.map((rule) => alignColumns(printColumns(rule, method), widths)),
    }))
  return renderTemplate(template, { groups: view })
}

/** Prints one line of pg_hba.conf, as a person would write it; `method` is that of a rule that names none. */
export function hbaLine(rule: AccessRule, method: AccessMethod): string {
  return printColumns(rule, method)
    .filter((column) => column !== '')
    .join(' ')
}

/**
 * Prints a database or user name as one token of pg_hba.conf (next_token in hba.c). A plain string keeps
 * the meaning of its keyword or leading `+`; `{ name }` is quoted where it would have one.
 */
export function hbaName(name: AccessName): string {
  if (typeof name !== 'string') return keywords.has(name.name) ? quoteToken(name.name) : hbaToken(name.name)
  return name.length > 1 && name.startsWith('+') ? `+${hbaToken(name.slice(1))}` : hbaToken(name)
}

/** Quotes a token of pg_hba.conf that holds anything but harmless characters; quotes inside are doubled. */
export function hbaToken(text: string): string {
  return /^[A-Za-z0-9_][A-Za-z0-9_.=-]*$/.test(text) ? text : quoteToken(text)
}

// Words that mean something in one column or the other unless they stand in quotes.
const keywords: ReadonlySet<string> = new Set(['all', 'sameuser', 'samerole', 'samegroup', 'replication'])

function quoteToken(text: string): string {
  if (/[\p{Cc}\p{Cs}]/u.test(text)) throw new Error(`no token of pg_hba.conf: ${JSON.stringify(text)}`)
  return `"${text.replaceAll('"', '""')}"`
}

function printColumns(rule: AccessRule, method: AccessMethod): string[] {
  const from = rule.type === 'local' ? '' : (parseNetwork(rule.from)?.text ?? rule.from)
  const options = Object.entries(rule.options ?? {}).map(([name, value]) => hbaToken(`${name}=${value}`))
  return [
    rule.type,
    listNames(rule.database).map(hbaName).join(','),
    listNames(rule.user).map(hbaName).join(','),
    from,
    [rule.method ?? method, ...options].join(' '),
  ]
}

function alignColumns(columns: readonly string[], widths: readonly number[]): string {
  return columns.map((text, index) => text.padEnd(widths[index] ?? 0)).join('  ')
}

import { whereHeld } from '../../generator/postgres/held.js'
import type { ServerSettings } from './catalogue.js'

export const defaultsFile = new URL('../../generator/postgres/defaults.json', import.meta.url).pathname

// Where a build was put, and what it was built with.
const ofBuild =
  /^(dynamic_library_path|extension_destdir|krb_server_keyfile|max_stack_depth|ssl_.*ciphers?|tcp_.*|unix_socket_.*)$|_directory$|_file$/

/**
 * What each major has for a setting of which its files say nothing, one line a setting: its value, in the unit of the
 * setting, or where it has changed pairs of the last major and the value, the newest without a major.
 */
export function printDefaults(servers: readonly ServerSettings[]): string {
  const names = [...new Set(servers.flatMap(({ rows }) => rows.map(({ name }) => name)))].sort()
  const lines = names.flatMap((name) => {
    if (ofBuild.test(name) || whereHeld(name) !== undefined) return []
    const spans: [number, string][] = []
    for (const { major, rows } of servers) {
      const row = rows.find((one) => one.name === name)
      if (row === undefined || row.context === 'internal' || row.boot === null) continue
      if (spans.at(-1)?.[1] === row.boot) spans.pop()
      spans.push([major, row.boot])
    }
    const [newest, ...older] = spans.reverse()
    if (newest === undefined) return []
    const value = older.length === 0 ? newest[1] : [...older.reverse(), [newest[1]]]
    return [`  ${JSON.stringify(name.toLowerCase())}: ${JSON.stringify(value)}`]
  })
  return `{\n${lines.join(',\n')}\n}\n`
}

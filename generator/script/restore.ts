import { placeholder, type Restore } from '../model/restore.js'
import { functionsOf } from '../shell/commands.js'
import { effectsOf } from '../shell/effects.js'
import { parseShell } from '../shell/parse.js'
import { toolsOf } from '../shell/tools.js'
import { bare, lit } from '../shell/words.js'

/** How a replica takes WAL from its archive. */
export interface PrintedRestore {
  /** PostgreSQL's restore_command. */
  readonly command: string
  /** The exit statuses that say: the archive has no such file. */
  readonly missing: readonly number[]
  /** What the agent must have: a question of the script, and in words. */
  readonly programs: readonly Program[]
  /** The directory that must be readable, if it is one. */
  readonly directory?: string
}

export interface Program {
  readonly question: string
  readonly name: string
}

/**
 * Prints restore_command so that it holds to PostgreSQL's contract whatever happens: a status above 125 (a program that is
 * gone, or was killed) would end the server, and it must not. History files are not asked for: one of somebody who was promoted
 * elsewhere would lead this replica away from its master, which tells of its own history itself.
 */
export function printRestore(restore: Restore): PrintedRestore {
  const inner = printInner(restore)
  return { ...inner, command: wrap(inner.command) }
}

/** The longest that PostgreSQL can make of it; before 13 it cuts off what is longer than MAXPGPATH. */
export function expandedLength(command: string): number {
  return Buffer.byteLength(
    expand(command, { f: '0'.repeat(24), p: 'pg_wal/RECOVERYHISTORY', r: '0'.repeat(24) }),
  )
}

/** What PostgreSQL makes of the command, for a file (xlogarchive.c, BuildRestoreCommand). */
export function expand(command: string, values: Readonly<Record<'f' | 'p' | 'r', string>>): string {
  return command.replace(placeholder, (all, letter: string) => {
    if (letter === '%') return '%'
    return letter === 'f' || letter === 'p' || letter === 'r' ? values[letter] : all
  })
}

/** Why sh could not run the command, by itself and within what is printed; undefined when it can. */
export function findShellFault(command: string): string | undefined {
  const parsed = [command, wrap(command)].map((text) => parseShell(`${sample(text)}\n`))
  const [fault] = parsed.flatMap(({ errors }) => errors)
  if (fault !== undefined) return fault.message
  const isLeft = parsed.some((shell) => shell.all('Statement').some(({ node }) => node.background))
  return isLeft ? 'it leaves a part of itself in the background, and nobody knows how that ends' : undefined
}

function printInner(restore: Restore): PrintedRestore {
  switch (restore.from) {
    case 'directory': {
      const file = word(restore.path.replace(/\/*$/, '/'), '%f')
      const command = `[ -e ${file} ] || exit 1; cp ${file} "%p" || exit 3`
      return { command, missing: [1], programs: [program('cp')], directory: restore.path }
    }
    case 'http': {
      const url = word(`${restore.url.replace(/\/+$/, '')}/`, '%f')
      const question = 'have curl || { have wget && have timeout; }'
      const name = 'curl, or wget and timeout'
      return { command: printHttp(url), missing: [1], programs: [{ question, name }] }
    }
    case 'pgbackrest': {
      const config = restore.config === undefined ? '' : ` --config=${word(restore.config)}`
      // It wants to know where it is, and the directory of a replica is another one for each task.
      const command = `pgbackrest --stanza=${word(restore.stanza)}${config} --pg1-path="$PWD" archive-get %f "%p"`
      return { command, missing: [1], programs: [program('pgbackrest')] }
    }
    case 'wal-g': {
      const config = restore.config === undefined ? '' : ` --config ${word(restore.config)}`
      return { command: `wal-g${config} wal-fetch %f "%p"`, missing: [74], programs: [program('wal-g')] }
    }
    case 'command':
      return {
        command: restore.command,
        missing: restore.missing,
        programs: listPrograms(restore.command).map(program),
      }
    default: {
      const never: never = restore
      throw new TypeError(`no archive: ${JSON.stringify(never)}`)
    }
  }
}

// A page that says 404 is no file, and half a file is none: curl itself tells of one that broke off. A server that accepts
// and says nothing costs ten seconds. GNU's wget and BusyBox's have no option for that in common.
function printHttp(url: string): string {
  const http = "'=http,https'"
  // What begins with TLS does not go on without.
  const redirects = url.startsWith("'https:") ? "'=https'" : http
  return [
    'if command -v curl >/dev/null; then',
    `a=$(curl -q -g -s -S -L --proto ${http} --proto-redir ${redirects} --connect-timeout 5 -Y 1000 -y 10`,
    `-w '%%{http_code}' -o "%p" -- ${url}) && [ "$a" = 200 ] && exit 0;`,
    `else a=$(timeout 60 wget -nv -t 1 -O "%p" ${url} 2>&1) && exit 0; fi;`,
    `case " $a" in *' 404'*) exit 1;; esac; echo "%f: HTTP $a" >&2; exit 3`,
  ].join(' ')
}

// run_rep.sh knows which files of an old timeline the master has not gone on with (lib/archive.sh, note_forks). Descriptor
// 9 of it tells that somebody lives; what outlives a server here does not count.
function wrap(inner: string): string {
  const refuse = 'substr(f, 1, 8) == substr($1, 1, 8) && f "" >= $1 "" { x = 1 } END { exit x }'
  return [
    'case %f in *.history) exit 1;; esac;',
    `[ ! -s ../forks ] || awk -v f=%f '${refuse}' ../forks || exit 1;`,
    `(${inner}) 9<&-; s=$?; exit $((s < 126 ? s : 125))`,
  ].join(' ')
}

/** A value as one word of a restore_command, with something behind it that PostgreSQL fills in. */
function word(value: string, end: '%f' | '' = ''): string {
  const quoted = lit(value).replaceAll('%', '%%')
  return `${quoted.slice(0, -1)}${end}'`
}

function program(name: string): Program {
  return { question: `have ${bare(name)}`, name }
}

function listPrograms(command: string): string[] {
  const shell = parseShell(`restore() {\n${sample(command)}\n}\n`)
  if (shell.errors.length > 0) return []
  const tools = toolsOf(effectsOf(shell, functionsOf(shell)), 'restore')
  return tools
    .filter(({ dir, guardedBy }) => dir === undefined && guardedBy.length === 0)
    .map(({ tool }) => tool)
}

function sample(command: string): string {
  return expand(command, { f: '000000010000000000000001', p: 'pg_wal/RECOVERYXLOG', r: '0'.repeat(24) })
}

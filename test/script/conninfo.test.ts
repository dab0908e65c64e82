import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { findLibpqWord, libpqWords } from '../../generator/postgres/libpq.js'
import { requireCapability, runShell, type Shell, shells, writeFunctions } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'conninfo-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)
const prelude = `. ${library}
POSTGRES_REPUSER="o'brien" PGPASSFILE='/home/a b/.pgpass' PGCONNECT_TIMEOUT=7
step=test sub_command=run pause_on_failure=no apart=no judging=no no_fork=no planning=no state_place='' told_socket='' asking=no now='' now_s='' now_up=''
`

const run = (shell: Shell, text: string, args: readonly string[] = []) =>
  runShell(shell, `${prelude}${text}`, args)

const majors = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19] as const

/** One value for each line of the table. */
const sampleOf = (value: string) => value.replaceAll('*', '') || 'x'

describe.each(shells)('in $name', (shell) => {
  test('libpq_word says what the table says', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const words = [
      ...libpqWords.map(({ keyword, value }) => `${keyword}=${sampleOf(value)}`),
      'require_auth=gss,!oauth',
      'sslrootcert=/system',
      'sslmode=require',
    ]
    const each =
      'for word in "$@"; do libpq_word "$word"; printf "%s %s\\n" "$word_since" "$word_protects"; done'
    const { stdout } = await run(shell, each, words)
    const wanted = words.map((word) => {
      const cut = word.indexOf('=')
      const known = findLibpqWord(word.slice(0, cut), word.slice(cut + 1))
      return `${known?.since ?? 0} ${known?.protects ? 'yes' : 'no'}`
    })
    expect(stdout.trim().split('\n')).toEqual(wanted)
  })

  test('a login has the words that its libpq knows', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const each =
      'PGSSLMODE=verify-full PGCHANNELBINDING=prefer PGSSLNEGOTIATION=postgres PGGSSENCMODE=disable\n' +
      'for major in "$@"; do login_conninfo "$major"; printf "%s\\n" "$login"; done'
    const { stdout, stderr } = await run(shell, each, majors.map(String))
    expect(stderr).toBe('')
    const always =
      "user='o\\'brien' passfile='/home/a b/.pgpass' connect_timeout=7 sslmode=verify-full keepalives_idle=30"
    const since: Readonly<Record<string, number>> = {
      'sslnegotiation=postgres': 17,
      'gssencmode=disable': 12,
      'channel_binding=prefer': 13,
      'tcp_user_timeout=7000': 12,
    }
    const found = stdout.trim().split('\n')
    for (const [index, major] of majors.entries()) {
      const words = found[index] ?? ''
      expect(words.startsWith(always.slice(0, always.indexOf(' keepalives')))).toBe(true)
      expect(words).toContain(' keepalives_idle=30')
      for (const [word, first] of Object.entries(since)) {
        expect(words.includes(` ${word}`), `${word} for ${major}`).toBe(major >= first)
      }
    }
  })

  test('nobody goes on without a word that protects', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const text = 'PGREQUIREAUTH=scram-sha-256\nlogin_conninfo "$1" "psql of 15"; printf "%s\\n" "$login"'
    const { exitCode, stdout, stderr } = await run(shell, text, ['15'])
    expect([exitCode, stdout]).toEqual([78, ''])
    expect(stderr).toContain('require_auth=scram-sha-256 (PGREQUIREAUTH) is supported since PostgreSQL 16')
    expect(stderr).toContain('not by psql of 15')
    expect((await run(shell, text, ['16'])).stdout).toContain(' require_auth=scram-sha-256 ')
  })

  test.for([
    ['/usr/lib/postgresql/15/bin', '15'],
    ['/usr/lib/postgresql/9.6/bin', '9'],
    ['/usr/pgsql-18/bin', '18'],
    ['/usr/libexec/postgresql16', '16'],
    ['/nonexistent', '0'],
    ['/usr/libexec/postgresql', '0'],
  ])('the major of %s is %s', async ([directory = '', major], context) => {
    requireCapability(shell.available, shell.name, context)
    const text = 'know_major "$1" 2>/dev/null; printf "%s" "$tool_major"'
    expect((await run(shell, text, [directory])).stdout).toBe(major)
  })
})

test('the libpq that is here takes the words of its major, and no others', async (context) => {
  const psql = '/usr/lib/postgresql/15/bin/psql'
  const [shell] = shells
  const version = await execa(psql, ['--version'], { reject: false })
  requireCapability(version.exitCode === 0, psql, context)
  if (shell === undefined) return
  for (const major of ['10', '15', '18']) {
    const text =
      'PGCHANNELBINDING=prefer PGSSLNEGOTIATION=postgres PGGSSENCMODE=disable PGSSLCRL=/a\nlogin_conninfo "$1"; printf "%s" "$login"'
    const { stdout } = await run(shell, text, [major])
    const asked = await execa(psql, ['-d', `host=127.0.0.1 port=1 ${stdout}`], { reject: false })
    expect(asked.stderr).toMatch(major === '18' ? /invalid connection option "sslnegotiation"/ : /refused/)
  }
})

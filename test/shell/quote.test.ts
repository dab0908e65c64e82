import { existsSync, readdirSync } from 'node:fs'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readTemplate } from '../model/contract/judge.js'
import { coreShells, requireCapability, runShell, runWithBytes, type Shell, shells } from '../shells.js'

const library = ['lib/quote.sh', 'types/host_list.sh', 'types/integer.sh'].map(readTemplate).join('\n')
const prelude = `set -eu\nLC_ALL=C\nexport LC_ALL\n${library}\n`
const serverBin = findServerBin()
const root = process.getuid?.() === 0

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'quote-'))
  await chmod(folder, 0o755)
})
afterAll(async () => {
  await rm(folder, { recursive: true, force: true })
})

describe.each(shells)('in $name', (shell) => {
  const bytes = Buffer.from(Array.from({ length: shell.eightBit ? 255 : 127 }, (_, index) => index + 1))
  const samples = [
    '',
    ' ',
    "'",
    '\\',
    "''\\\\",
    "a\\'b'\\",
    '$(id)`id`',
    '*',
    "x' host=evil",
    '-n',
    '%s\\n',
    'a\n\n',
  ]
  const values = [...samples.map((text) => Buffer.from(text)), bytes]

  it('quotes as the two syntaxes ask', async (context) => {
    requireCapability(shell.available, shell.name, context)
    expect(await quote(shell, 'quote_conninfo', values)).toEqual(values.map(quoteConninfo))
    const lines = values.map((value) => Buffer.from(value.filter((byte) => byte !== 10)))
    expect(await quote(shell, 'quote_conf', lines)).toEqual(lines.map(quoteConf))
  })

  it.for(['\n', 'a\n', '\na', "a'\nport = 1"])(
    'refuses %j for postgresql.conf and prints nothing',
    async (value, context) => {
      requireCapability(shell.available, shell.name, context)
      const run = await runShell(shell, `${prelude}quote_conf "$1" || printf 'refused %s' "$?"`, [value])
      expect(run).toEqual({ exitCode: 0, stdout: 'refused 1', stderr: '' })
    },
  )

  it.for([
    ['pg1', 'pg1', '5432'],
    ['pg1.db,pg2.db:5433', 'pg1.db,pg2.db', '5432,5433'],
    ['::1,[::1]:1,[fe80::2],10.0.0.1:65535', '::1,::1,fe80::2,10.0.0.1', '5432,1,5432,65535'],
    ['::ffff:1.2.3.4', '::ffff:1.2.3.4', '5432'],
  ] as const)('splits %s', async ([list, hosts, ports], context) => {
    requireCapability(shell.available, shell.name, context)
    const run = await runShell(
      shell,
      `${prelude}split_host_list "$1" 5432\nprintf '%s %s' "$master_hosts" "$master_ports"`,
      [list],
    )
    expect(run).toEqual({ exitCode: 0, stdout: `${hosts} ${ports}`, stderr: '' })
  })

  it('leaves an unchecked list unsplit with status 1', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const run = await runShell(shell, `${prelude}split_host_list "$1" 5432 || printf 'refused %s' "$?"`, [
      "a,b' c",
    ])
    expect(run).toEqual({ exitCode: 0, stdout: 'refused 1', stderr: '' })
  })
})

describe('random bytes', () => {
  it('come back from libpq as they were', async (context) => {
    requireCapability(serverBin !== undefined, 'PostgreSQL', context)
    await fc.assert(
      fc.asyncProperty(hostileValues(), async (values) => {
        for (const shell of coreShells) {
          const quoted = await quote(shell, 'quote_conninfo', values)
          expect(await readByLibpq(quoted), shell.name).toEqual(serviceErrors(values))
        }
      }),
      { numRuns: 4 },
    )
  })

  it('come back from postgresql.conf as they were', async (context) => {
    requireCapability(serverBin !== undefined, 'PostgreSQL', context)
    await fc.assert(
      fc.asyncProperty(hostileValues(), async (values) => {
        const lines = values.map(withoutNewlines)
        const printed = await Promise.all(coreShells.map((shell) => quote(shell, 'quote_conf', lines)))
        expect(await readByPostgres(printed.flat())).toEqual(coreShells.flatMap(() => lines))
      }),
      { numRuns: 3 },
    )
  })

  it('come back from a conninfo inside postgresql.conf, as in primary_conninfo', async (context) => {
    requireCapability(serverBin !== undefined, 'PostgreSQL', context)
    const [values = []] = fc.sample(hostileValues(), { numRuns: 1, seed: 7 })
    const lines = values.map(withoutNewlines)
    const [shell] = coreShells
    if (shell === undefined) throw new Error('no shell')
    const conninfo = (await quote(shell, 'quote_conninfo', lines)).map(toConninfo)
    const read = await readByPostgres(await quote(shell, 'quote_conf', conninfo))
    expect(await readServices(read)).toEqual(serviceErrors(lines))
  })
})

it('a split list is what libpq dials', async (context) => {
  requireCapability(serverBin !== undefined, 'PostgreSQL', context)
  const [shell] = coreShells
  if (shell === undefined || serverBin === undefined) throw new Error('no shell')
  const script = `${prelude}split_host_list "$1" 3
"$2" -w -d "host=$(quote_conninfo "$master_hosts") port=$(quote_conninfo "$master_ports") user='x' dbname='x'"`
  const run = await runShell(shell, script, ['127.0.0.1:1,[::1]:2,::1', join(serverBin, 'psql')])
  const dialled = [...run.stderr.matchAll(/connection to server at "([^"]*)", port ([0-9]+)/g)]
  expect(dialled.map(([, host, port]) => `${host} ${port}`)).toEqual(['127.0.0.1 1', '::1 2', '::1 3'])
})

/** Prints each value through the quoter in one shell process, captured by $( ) as the script's callers do. */
async function quote(shell: Shell, quoter: string, values: readonly Uint8Array[]): Promise<Buffer[]> {
  const script = `${prelude}for value in "$@"; do\n  quoted=$(${quoter} "$value")\n  printf '%s\\0' "$quoted"\ndone`
  const { stdout, stderr } = await runWithBytes([...shell.argv, '-c', script, 'sh'], values)
  expect(stderr.toString()).toBe('')
  const quoted = splitAtNul(stdout)
  expect(quoted.length).toBe(values.length)
  return quoted
}

function splitAtNul(bytes: Buffer): Buffer[] {
  return bytes
    .toString('latin1')
    .split('\0')
    .slice(0, -1)
    .map((text) => Buffer.from(text, 'latin1'))
}

/** libpq says which service it could not find: the parsed value, byte for byte, without any server. */
function readByLibpq(quoted: readonly Buffer[]): Promise<string> {
  return readServices(quoted.map(toConninfo))
}

async function readServices(conninfo: readonly Buffer[]): Promise<string> {
  if (serverBin === undefined) throw new Error('no PostgreSQL')
  const env = { PGSYSCONFDIR: '/nonexistent', HOME: '/nonexistent' }
  const psql = [join(serverBin, 'psql'), '-w', '-d']
  return (await runWithBytes(psql, conninfo, { env, oneByOne: true })).stderr.toString('latin1')
}

/** Between two other keywords, so that a value which ended early would show. */
function toConninfo(quoted: Buffer): Buffer {
  return Buffer.concat([Buffer.from("application_name='x' service="), quoted, Buffer.from(" port='1'")])
}

function serviceErrors(values: readonly Buffer[]): string {
  return values
    .map((value) => `psql: error: definition of service "${value.toString('latin1')}" not found\n`)
    .join('')
}

/** The values as a real postgres reads them from a postgresql.conf, one setting each. */
async function readByPostgres(quoted: readonly Buffer[]): Promise<Buffer[]> {
  if (serverBin === undefined) throw new Error('no PostgreSQL')
  const lines = quoted.flatMap((text, index) => [Buffer.from(`quote.v${index} = `), text, Buffer.from('\n')])
  const file = join(folder, 'postgresql.conf')
  await writeFile(file, Buffer.concat(lines), { mode: 0o644 })
  const drop = root ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--clear-groups'] : []
  const values: Buffer[] = []
  for (const index of quoted.keys()) {
    const [command = '', ...args] = [
      ...drop,
      join(serverBin, 'postgres'),
      '-D',
      folder,
      '-C',
      `quote.v${index}`,
    ]
    const run = await execa(command, args, { stdin: 'ignore', encoding: 'buffer', stripFinalNewline: false })
    values.push(Buffer.from(run.stdout).subarray(0, -1))
  }
  return values
}

/** Bytes other than NUL, with quotes and backslashes far more often than chance would have them. */
function hostileValues(): fc.Arbitrary<Buffer[]> {
  const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.constantFrom(...Buffer.from("''\\\\\" =\n$`%#")))
  const value = fc.array(byte, { maxLength: 24 }).map((bytes) => Buffer.from(bytes))
  return fc.array(value, { minLength: 5, maxLength: 25 })
}

function withoutNewlines(value: Buffer): Buffer {
  return Buffer.from(value.filter((byte) => byte !== 10))
}

function quoteConninfo(value: Buffer): Buffer {
  return Buffer.from(`'${value.toString('latin1').replace(/['\\]/g, '\\$&')}'`, 'latin1')
}

function quoteConf(value: Buffer): Buffer {
  return Buffer.from(`'${value.toString('latin1').replace(/['\\]/g, '$&$&')}'`, 'latin1')
}

/** The newest server that Debian's packages have put here. */
function findServerBin(): string | undefined {
  const base = '/usr/lib/postgresql'
  const majors = existsSync(base) ? readdirSync(base).sort((a, b) => Number(b) - Number(a)) : []
  return majors.map((major) => join(base, major, 'bin')).find((bin) => existsSync(join(bin, 'postgres')))
}

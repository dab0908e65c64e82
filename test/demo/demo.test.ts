import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, readlink, realpath, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { install, pack, repository } from '../package/install.js'

const isRoot = process.getuid?.() === 0
const cli = join(repository, 'build/bin/cli.js')

let root = ''
beforeAll(async () => {
  root = await realpath(await mkdtemp(join(tmpdir(), 'demo-')))
  await chmod(root, 0o755)
})
afterAll(() => rm(root, { recursive: true, force: true }))

describe('the demo of the installed package', () => {
  let said = ''
  let words = ''

  beforeAll(async () => {
    const home = join(root, 'home')
    await mkdir(home)
    await install(await pack(root), home)
    // As somebody who is nobody in particular, where the tests are root.
    const become = isRoot ? ['setpriv', '--reuid', 'nobody', '--regid', 'nogroup', '--clear-groups'] : ['env']
    const command = [...become, process.execPath, 'node_modules/.bin/postgres-rep-marathon', 'demo']
    // Where the tests are root, the directory for what is temporary may be theirs alone.
    const scratch = join(root, 'scratch')
    await mkdir(scratch)
    await chmod(scratch, 0o1777)
    const { all } = await execa(command[0] ?? '', command.slice(1), {
      cwd: home,
      stdin: 'ignore',
      all: true,
      env: { TMPDIR: scratch },
    })
    said = all
    words = await readWords()
  })

  test('tells the whole story, in plain text', () => {
    const parts = [...said.matchAll(/^\d+\. (.*)$/gm)].map(([, title]) => title)
    expect(parts).toEqual([
      'A configuration becomes files',
      'The master',
      'A replica, from nothing',
      'A row arrives',
      'How far behind is it?',
      'kill -9',
      'The same command again: no copy',
      'A second replica beside the first',
      'A write that is refused',
      'A clean stop',
    ])
    const control = String.fromCharCode(27)
    expect(said).not.toContain(control)
    expect(said).toMatch(/^Done in \d+ s\. All servers are stopped, and \S+ is removed\.$/m)
  })

  test('shows that each part came about', () => {
    expect(said).toMatch(/ready: 0 bytes behind the master/)
    expect(said).toMatch(/^ {4}lag +[1-9]\d* bytes/m)
    expect(said).toMatch(/^ {4}role +down$/m)
    expect(said).toContain('without a copy')
    expect(said.match(/^ +run_rep@demo:\d+ \| streaming$/gm)).toHaveLength(2)
    expect(said).toContain('ERROR:  cannot execute INSERT in a read-only transaction')
    expect(said).toMatch(/^Replica 2 has ended with exit code 0\.$/m)
    expect(said).toMatch(/shut down in recovery$/m)
  })

  test.each([
    'npx postgres-rep-marathon generate',
    'psql -X -d postgres -f dist/master.sql',
    'sh run_rep.sh status',
    ':replication:replicator:…',
  ])('runs what a user is told to run: %s', (line) => {
    expect(said).toContain(line)
    expect(words).toContain(line)
  })

  test('leaves nothing behind', () => expectGone(said))
})

describe('a demo that is stopped', () => {
  test.concurrent.each([
    ['at a terminal, by Ctrl-C', 130, (demo: ChildProcess) => process.kill(-(demo.pid ?? 0), 'SIGINT')],
    ['by SIGTERM for its command alone', 143, (demo: ChildProcess) => demo.kill('SIGTERM')],
    ['by nobody who would read on', 141, (demo: ChildProcess) => demo.stdout?.destroy()],
  ])('%s: ends its servers and is gone', async (_, code, stop) => {
    const demo = spawn(process.execPath, [cli, 'demo'], {
      detached: true,
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const ended = once(demo, 'exit')
    const said = await readUntil(demo, /INSERT INTO greeting VALUES \(2/)
    const addresses = await listAddresses(said)
    stop(demo)
    expect((await ended)[0]).toBe(code)
    await expectGone(said)
    // The master's and a replica's, as the kernel writes 127.0.0.1.
    expect(addresses).toEqual(['0100007F', '0100007F'])
  })
})

// Its own view of the file system has no server.
test.runIf(isRoot)('a demo without PostgreSQL names the package, and installs nothing', async () => {
  const hide = 'mount -t tmpfs tmpfs /usr/lib/postgresql && exec "$@"'
  const command = ['-m', '--propagation', 'private', 'sh', '-c', hide, 'sh', process.execPath, cli, 'demo']
  const { exitCode, stderr, stdout } = await execa('unshare', command, { reject: false, stdin: 'ignore' })
  expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' })
  expect(stderr).toContain('apt-get install postgresql')
})

async function readUntil(demo: ChildProcess, wanted: RegExp): Promise<string> {
  let said = ''
  for await (const part of demo.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    said += String(part)
    if (wanted.test(said)) return said
  }
  throw new Error(`the demo ended with ${said}`)
}

/** Where somebody listens on a port that the demo names. */
async function listAddresses(said: string): Promise<string[]> {
  const [, line = ''] = /^The master listens on port (.*);/m.exec(said) ?? []
  const ports = (line.match(/\d+/g) ?? []).map((port) => Number(port).toString(16).toUpperCase())
  const tables = ['/proc/net/tcp', '/proc/net/tcp6'].map((file) => readFile(file, 'utf8').catch(() => ''))
  const sockets = (await Promise.all(tables)).join('').matchAll(/^ *\d+: ([0-9A-F]+):([0-9A-F]+) \S+ 0A /gm)
  return [...sockets].filter(([, , port = '']) => ports.includes(port)).map(([, address = '']) => address)
}

/** Neither the directory that it names is there, nor a process that works in it or was started with it. */
async function expectGone(said: string): Promise<void> {
  const [, dir = ''] = /, in (\S+)\.$/m.exec(said) ?? []
  expect(dir).toMatch(/postgres-rep-demo/)
  expect(await stat(dir).catch(({ code }) => code)).toBe('ENOENT')
  const numbers = (await readdir('/proc')).filter((name) => /^\d+$/.test(name))
  const users = await Promise.all(
    numbers.map(async (number) => {
      const place = await readlink(`/proc/${number}/cwd`).catch(() => '')
      const words = await readFile(`/proc/${number}/cmdline`, 'utf8').catch(() => '')
      return place.startsWith(dir) || words.includes(dir) ? [words] : []
    }),
  )
  expect(users.flat()).toEqual([])
}

/** All that the project tells its users. */
async function readWords(): Promise<string> {
  const rooms = ['generator', 'templates', 'test']
  const found = rooms.map(async (room) => {
    const names = await readdir(join(repository, room), { recursive: true })
    return names.filter((name) => name.endsWith('.md')).map((name) => join(room, name))
  })
  const names = ['README.md', ...(await Promise.all(found)).flat()]
  const texts = names.map((name) => readFile(join(repository, name), 'utf8'))
  return (await Promise.all(texts)).join('\n')
}

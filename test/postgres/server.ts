import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { pickPort } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'

/** The directory of the newest installed server's programs; undefined where none is (an error in CI). */
export function findServer(): string | undefined {
  const root = '/usr/lib/postgresql'
  const found = (existsSync(root) ? readdirSync(root) : [])
    .map((major) => join(root, major, 'bin'))
    .filter((bin) => existsSync(join(bin, 'postgres')))
    .sort((a, b) => Number(b.split('/')[4]) - Number(a.split('/')[4]))
  if (found[0] === undefined && process.env.CI !== undefined) throw new Error('CI has no PostgreSQL server')
  return found[0]
}

/** A cluster of its own in a temporary directory, to be ended with `stop`. */
export interface Cluster {
  readonly bin: string
  /** The data directory. */
  readonly data: string
  readonly port: number
  /** Writes a file that the server can read, and returns its path. */
  readonly write: (name: string, text: string) => string
  /** Runs one of the server's programs as its user and returns what it prints. */
  readonly run: (program: string, args: readonly string[]) => string
  /** Connects as the administrator, whom the first line of pg_hba.conf lets in. */
  readonly connect: () => Promise<pg.Client>
  /** Lets the server read its files again, and waits until it does: what connects after meets the new ones. */
  readonly reload: (client: pg.Client) => Promise<void>
  readonly stop: () => Promise<void>
}

/** The line that pg_hba.conf must start with, so that the tests themselves can get in. */
export const adminLine = 'host postgres admin 127.0.0.1/32 trust\n'

/** Makes a cluster and starts its server on a free port of the loopback address. */
export async function startCluster(bin: string): Promise<Cluster> {
  const { data, words, run, write, remove } = makeCluster(bin)
  write('pg_hba.conf', adminLine)
  const port = await pickPort()
  const settings = [`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off']
  const server = spawn(
    ...words('postgres', ['-D', data, ...settings.flatMap((setting) => ['-c', setting])]),
    { cwd: data, stdio: ['ignore', 'ignore', 'pipe'] },
  )
  let log = ''
  server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
    log += chunk
  })
  const connect = () => connectTo(port)
  const reload = async (client: pg.Client) => {
    const count = () => log.split('received SIGHUP').length
    const before = count()
    await client.query('select pg_reload_conf()')
    while (count() === before) await sleep(5)
  }
  const stop = async () => {
    await endServer(server)
    remove()
  }
  try {
    await waitForServer(connect, () => `${server.exitCode}: ${log}`)
  } catch (error) {
    await stop()
    throw error
  }
  return { bin, data, port, write, run, connect, reload, stop }
}

/** The data of a cluster, and what may be done with it while no server runs there. */
export interface Files extends Pick<Cluster, 'data' | 'write' | 'run'> {
  /** One of the server's programs with its arguments, as its user, for `spawn`. */
  readonly words: (program: string, args: readonly string[]) => [string, string[]]
  readonly remove: () => void
}

/** Makes a cluster in a temporary directory, whose administrator is admin. */
export function makeCluster(bin: string): Files {
  const root = mkdtempSync(join(tmpdir(), 'rep-conf-'))
  const isRoot = process.getuid?.() === 0
  if (isRoot) chownSync(root, readId('-u'), readId('-g'))
  const data = join(root, 'data')
  const prefix = isRoot ? ['setpriv', '--reuid=postgres', '--regid=postgres', '--init-groups'] : []
  const words = (program: string, args: readonly string[]): [string, string[]] => {
    const [first = '', ...rest] = [...prefix, join(bin, program), ...args]
    return [first, rest]
  }
  const run = (program: string, args: readonly string[]) =>
    execFileSync(...words(program, args), { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'] })
  const write = (name: string, text: string) => {
    const path = join(data, name)
    writeFileSync(path, text)
    return path
  }
  run('initdb', ['-D', data, '-U', 'admin', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'])
  return { data, words, run, write, remove: () => rmSync(root, { recursive: true, force: true }) }
}

/** Connects to a server of this machine as the administrator, whom `adminLine` lets in. */
export async function connectTo(port: number): Promise<pg.Client> {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'admin', database: 'postgres' })
  await client.connect()
  return client
}

async function endServer(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGINT')
  await ended
}

async function waitForServer(connect: () => Promise<pg.Client>, describe: () => string): Promise<void> {
  await waitFor(
    () => `an answer of the server, ${describe()}`,
    async () => {
      await (await connect()).end()
      return true
    },
  )
}

function readId(flag: '-u' | '-g'): number {
  return Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }))
}

/** A template of the package, by its name. */
export function readTemplate(name: string): string {
  return readFileSync(join(import.meta.dirname, '../../templates', name), 'utf8')
}

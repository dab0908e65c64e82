import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, chownSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import { printConf } from '../../generator/compile/conf.js'
import { printHba } from '../../generator/compile/hba.js'
import { defaultMethod } from '../../generator/postgres/access.js'
import { type AccessRule, completeAccess } from '../../generator/postgres/access-schema.js'
import { readEffective } from '../../generator/postgres/effective.js'
import { mergeSettings, type Settings } from '../../generator/postgres/settings-schema.js'
import { findVersionRule } from '../../generator/postgres/versions.js'
import { pickPort } from '../pair/harness/space.js'
import { adminLine, connectTo, makeCluster, readTemplate } from './server.js'

/** What came of a start: whether clients are let in and a query is answered, and the server's words. */
export interface Verdict {
  readonly starts: boolean
  /** Why the query of the administrator failed, if it did. */
  readonly refusal: string | undefined
  readonly log: string
}

/** A standby that is started again and again, each time with the files that a model gives. */
export interface Trial {
  readonly major: number
  readonly start: (model: { settings?: Settings; access?: readonly AccessRule[] }) => Promise<Verdict>
  /** Writes a file beside the data that the server can read, and returns its path. */
  readonly write: (name: string, text: string) => string
  readonly remove: () => void
}

const confTemplate = readTemplate('postgresql.conf.hbs')
const hbaTemplate = readTemplate('pg_hba.conf.hbs')

// A master with the least of each, so that what a model says is never below it.
const master = [
  'max_connections=4',
  'max_worker_processes=0',
  'max_wal_senders=1',
  'max_locks_per_transaction=10',
]
const given = (settings: readonly string[]) => settings.flatMap((setting) => ['-c', setting])

/** Makes the data of a standby, and its control file as that of a master with the least of each setting. */
export async function openTrial(bin: string, major: number): Promise<Trial> {
  const { data, words, run, write, remove } = makeCluster(bin)
  run('postgres', [
    '--single',
    '-D',
    data,
    ...given([...master, 'superuser_reserved_connections=0']),
    'postgres',
  ])
  const marker = findVersionRule(major)?.standbyMarker ?? ''
  write(marker, marker === 'recovery.conf' ? "standby_mode = 'on'\n" : '')
  const port = await pickPort()
  const start: Trial['start'] = async ({ settings = {}, access = [] }) => {
    write('postgresql.conf', printConf(confTemplate, settings, 512))
    const groups = completeAccess(access)
    write('pg_hba.conf', `${adminLine}${printHba(hbaTemplate, groups, defaultMethod([major]))}`)
    const server = spawn(
      ...words('postgres', [
        '-D',
        data,
        ...given([...listHeld(settings, major), `port=${port}`, 'unix_socket_directories=']),
      ]),
      { cwd: data, stdio: ['ignore', 'ignore', 'pipe'] },
    )
    const { isReady, log } = await waitForVerdict(server)
    const refusal = isReady ? await ask(port) : undefined
    await end(server)
    return { starts: isReady, refusal, log: log() }
  }
  return { major, start, write, remove }
}

// What run_rep.sh gives on the command line; here the log comes to us, and nothing is synchronized.
function listHeld(settings: Settings, major: number): string[] {
  const held = findVersionRule(major)?.held.map(({ name, value }) => `${name}=${value}`) ?? []
  const senders = readEffective(mergeSettings(settings, 512), major).count('max_wal_senders')
  return [
    ...held,
    `max_wal_senders=${Math.max(1, senders)}`,
    ...['logging_collector=off', 'listen_addresses=127.0.0.1', 'fsync=off'],
  ]
}

/** Until it lets clients in, or has ended. */
function waitForVerdict(server: ChildProcess): Promise<{ isReady: boolean; log: () => string }> {
  let text = ''
  const log = () => text
  return new Promise((resolve) => {
    server.stderr?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk
      if (text.includes('ready to accept read')) resolve({ isReady: true, log })
    })
    server.on('close', () => resolve({ isReady: false, log }))
  })
}

async function ask(port: number): Promise<string | undefined> {
  try {
    const client = await connectTo(port)
    try {
      await client.query('SELECT 1')
    } finally {
      await client.end()
    }
    return undefined
  } catch (error) {
    return String(error)
  }
}

async function end(server: ChildProcess): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return
  const ended = new Promise((resolve) => server.once('exit', resolve))
  server.kill('SIGINT')
  await ended
}

/** A certificate that signs itself, and its key, where the server of a trial can read them. */
export function makeCertificate({ write }: Trial): Settings {
  const key = write('trial.key', '')
  const cert = write('trial.crt', '')
  const subject = ['-subj', '/CN=trial', '-days', '30']
  execFileSync('openssl', ['req', '-new', '-x509', '-nodes', ...subject, '-keyout', key, '-out', cert], {
    stdio: 'ignore',
  })
  const { uid, gid } = statSync(dirname(key))
  chownSync(key, uid, gid)
  chmodSync(key, 0o600)
  return { ssl_cert_file: cert, ssl_key_file: key, ssl_ca_file: cert }
}

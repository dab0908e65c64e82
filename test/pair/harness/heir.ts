import { join } from 'node:path'
import { execa } from 'execa'
import type { Agent } from './agent.js'
import { serverBin } from './capability.js'
import { become, serverUser } from './identity.js'
import { type Launched, launch } from './launch.js'
import { descendantsOf, freeze, signal } from './processes.js'
import { query, type Row } from './query.js'
import type { Space } from './space.js'
import { waitFor } from './wait.js'

/** What was a replica, and is a server by itself. */
export interface Heir {
  readonly port: number
  readonly dataDir: string
  sql(text: string): Promise<Row[]>
  /** Writes one row and gives its text, which must show up on a replica. */
  insert(): Promise<string>
  promote(): Promise<void>
  /** Runs its data again, as it was left. */
  start(): Promise<void>
  stop(mode?: 'SIGINT' | 'SIGQUIT'): Promise<void>
  freeze(): void
  thaw(): void
}

/** Starts PostgreSQL on the data of a replica that was stopped, on its port or another; it dies with the space. */
export async function startHeir(
  space: Space,
  { dataDir, port }: Pick<Agent, 'dataDir' | 'port'>,
  options: readonly string[] = [],
): Promise<Heir> {
  const set = [
    ...[`port=${port}`, 'listen_addresses=127.0.0.1', 'unix_socket_directories=', 'external_pid_file='],
    ...['logging_collector=off', 'fsync=off', 'wal_keep_size=256MB', 'hot_standby=on', ...options],
  ].flatMap((option) => ['-c', option])
  const logFile = join(space.dir, `heir-${port}.log`)
  let child: Launched | undefined
  const heir: Heir = {
    port,
    dataDir,
    sql: (text) => query(port, text),
    insert: async () => {
      const [row] = await query(port, 'INSERT INTO rows (body) VALUES (md5(random()::text)) RETURNING body')
      return String(row?.body)
    },
    promote: async () => {
      const [word = '', ...words] = [...become(serverUser()), `${serverBin}/pg_ctl`]
      await execa(word, [...words, '-D', dataDir, '-s', '-w', '-t', '180', 'promote'], { cwd: '/' })
    },
    start: async () => {
      const words = [...become(serverUser()), `${serverBin}/postgres`, '-D', dataDir, ...set]
      const env = { PATH: process.env.PATH ?? '' }
      const launched = launch({ words, cwd: '/', env, stdout: logFile, stderr: logFile })
      child = launched
      let over: number | undefined
      void launched.exit.then((code) => {
        over = code
      })
      await waitFor('the heir to answer', async () => {
        if (over !== undefined) throw new Error(`it ended with ${over}`)
        return query(port, 'SELECT 1')
      })
    },
    stop: async (mode = 'SIGINT') => {
      if (child === undefined) return
      heir.thaw()
      signal(child.pid, mode)
      await child.exit
      child = undefined
    },
    freeze: () => {
      if (child === undefined) throw new Error('the heir does not run')
      freeze([child.pid])
      freeze(descendantsOf(child.pid).map(({ pid }) => pid))
    },
    thaw: () => {
      if (child === undefined) return
      for (const { pid } of [child, ...descendantsOf(child.pid)]) signal(pid, 'SIGCONT')
    },
  }
  space.track(() => heir.stop('SIGQUIT'))
  await heir.start()
  return heir
}

import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import { buildFiles, buildQuickScript } from '../pair/harness/build-script.js'
import { become } from '../pair/harness/identity.js'
import { childOf, launch } from '../pair/harness/launch.js'
import { applyMasterSql } from '../pair/harness/master-sql.js'
import { signal } from '../pair/harness/processes.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { linesOf } from '../readme.js'
import { cache } from './cache.js'
import { type Pair, stop } from './cell.js'

/**
 * What templates/operate/upgrades.md says of PostgreSQL's major, step by step, with a master that pg_upgrade makes of the
 * former one.
 */
export async function liveUpgraded(space: Space, pair: Pair, major: number, next: number): Promise<void> {
  const { master, agentHost } = pair
  const publish = (majors: readonly (15 | 17)[], sandbox: string) =>
    copyFileSync(
      buildQuickScript(space, {}, { postgresql: { majors: [...majors] } }),
      join(sandbox, 'run_rep.sh'),
    )
  const first = await pair.run()
  await first.waitForRow(await master.insert())
  await stop(first, agentHost)

  // 1 and 2: both majors in the model, the replica restarted.
  publish([15, 17], first.sandbox)
  const old = await pair.run()
  const row = await master.insert()
  await old.waitForRow(row)
  expect(old.log()).not.toMatch(/cloned/)
  const identity = await old.sql('SELECT system_identifier FROM pg_control_system()')

  // 3: while the master is away, the replica serves its old data; the new master ends it.
  await master.stop()
  const upgraded = await upgrade(space, pair, major, next)
  const has = `SELECT 1 FROM rows WHERE body = '${row}'`
  expect(await old.sql(has)).toHaveLength(1)
  const control = join(old.dataDir, 'global/pg_control')
  await upgraded.start()
  expect(await old.exit, old.log()).toBe(65)
  expect(old.log()).toMatch(/DATA_(IDENTITY|MAJOR), exit 65/)
  const { mtimeMs } = statSync(control)
  const refused = await pair.run()
  expect(await refused.exit, refused.log()).toBe(65)
  expect(refused.log()).toMatch(/DATA_(IDENTITY|MAJOR), exit 65/)
  expect(statSync(control).mtimeMs).toBe(mtimeMs)
  const sql = buildFiles({ postgresql: { majors: [15, 17] } })['master.sql'] ?? ''
  expect((await applyMasterSql(master.port, sql)).map(({ setting }) => setting)).toEqual([])

  // 4: the old data is set aside, and the replica clones.
  const aside = linesOf('upgrades set aside').replace(
    '/var/lib/pg-replica/pgdata',
    `'${join(old.dataDir, '../..')}'`,
  )
  const words = [...agentHost.words, 'sh', '-euc', aside]
  await execa(words[0] ?? '', words.slice(1), { cwd: space.dir })
  const anew = await pair.run()
  await anew.waitForRow(await master.insert())
  expect(anew.log()).toMatch(/cloned/)
  expect(await anew.sql(has)).toHaveLength(1)
  expect(await anew.sql('SELECT system_identifier FROM pg_control_system()')).not.toEqual(identity)
  expect(await anew.sql("SELECT current_setting('server_version_num')::int / 10000 AS major")).toEqual([
    { major: next },
  ])
  expect(await pair.ask('ready')).toBe('yes')
  expect(existsSync(join(old.dataDir, '../../replica.old/data/PG_VERSION'))).toBe(true)
  await stop(anew, agentHost)

  // 5: the old major leaves the model.
  publish([17], first.sandbox)
  const last = await pair.run()
  await last.waitForRow(await master.insert())
  expect(last.log()).not.toMatch(/cloned/)
  await stop(last, agentHost)
  await upgraded.stop()
}

/** The data of the master made that of the next major, by its pg_upgrade; what it leaves out goes along by hand. */
async function upgrade(space: Space, { master, masterHost }: Pair, major: number, next: number) {
  const home = join(space.dir, 'upgraded')
  const [data, log, oldBin] = [join(home, 'data'), join(home, 'log'), join(home, 'bin of the old')]
  mkdirSync(oldBin, { recursive: true })
  await execa('chown', ['-R', `${masterHost.user.uid}:${masterHost.user.gid}`, home])
  for (const name of ['postgres', 'pg_ctl'])
    symlinkSync(`/usr/lib/postgresql/${major}/bin/${name}`, join(oldBin, name))
  // The servers of the lab come without these; those of another release of the same major are as good.
  for (const name of ['pg_controldata', 'pg_resetwal'])
    copyFileSync(
      join(cache, 'roots/bookworm/usr/lib/postgresql', String(major), 'bin', name),
      join(oldBin, name),
    )
  const bin = `/usr/lib/postgresql/${next}/bin`
  const words = [...masterHost.words, ...become(masterHost.user)]
  const run = (...command: string[]) => {
    const all = [...words, ...command]
    return execa(all[0] ?? '', all.slice(1), { cwd: home, all: true })
  }
  await run(
    `${bin}/initdb`,
    '-D',
    data,
    '--no-sync',
    '-U',
    'postgres',
    '-A',
    'trust',
    '--locale=C',
    '-E',
    'UTF8',
  )
  // pg_upgrade of 17 and older needs the same checksums on both sides.
  await run(
    `${bin}/pg_upgrade`,
    '-b',
    oldBin,
    '-B',
    bin,
    '-d',
    master.dataDir,
    '-D',
    data,
    '-U',
    'postgres',
    '--no-sync',
  )
  for (const name of ['postgresql.conf', 'pg_hba.conf'])
    writeFileSync(join(data, name), readFileSync(join(master.dataDir, name)))
  chmodSync(home, 0o755)
  const set = [
    `listen_addresses=127.0.0.1,${masterHost.address}`,
    'unix_socket_directories=',
    'fsync=off',
    'wal_keep_size=256MB',
  ]
  let child: ReturnType<typeof launch> | undefined
  const stopServer = async () => {
    if (child === undefined) return
    signal(await childOf(child), 'SIGINT')
    await child.exit
    child = undefined
  }
  space.track(stopServer)
  return {
    start: async () => {
      child = launch({
        words: [...words, `${bin}/postgres`, '-D', data, ...set.flatMap((one) => ['-c', one])],
        ...{ cwd: home, env: {}, stdout: log, stderr: log },
      })
      await waitFor(
        () => `the upgraded master; its log ends: ${readFileSync(log, 'utf8').slice(-1_000)}`,
        async () => (await master.sql('SELECT 1')).length === 1,
      )
    },
    stop: stopServer,
  }
}

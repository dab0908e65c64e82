import { appendFileSync, existsSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import type { Agent } from '../pair/harness/agent.js'
import { buildFiles } from '../pair/harness/build-script.js'
import { applyMasterSql } from '../pair/harness/master-sql.js'
import { query } from '../pair/harness/query.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { type Cell, openSecond, type Pair, shell, stop } from './cell.js'

/** What pg_rewind asks of the master. */
export const rewindConf = (major: number) => [
  'wal_log_hints = on',
  major < 13 ? 'wal_keep_segments = 16' : 'wal_keep_size = 256MB',
]

/**
 * The replica has what a promoted server never had, and goes back to that one's history; also where a first pg_rewind was
 * interrupted half-way, which no later run takes for data.
 */
export async function liveRewound(
  space: Space,
  pair: Pair,
  cell: Omit<Cell, 'script'>,
  model: ReplicaInput,
): Promise<void> {
  const { major, rewinds } = cell
  const { master, agentHost, second } = pair
  appendFileSync(
    join(master.dataDir, 'pg_hba.conf'),
    'host postgres replicator samenet scram-sha-256\nhost all postgres samenet trust\n',
  )
  await applyMasterSql(master.port, buildFiles(model)['master.sql'] ?? '')
  await master.sql('SELECT pg_reload_conf()')
  await master.sql(
    'CREATE TABLE big AS SELECT n, repeat(md5(n::text), 20) AS body FROM generate_series(1, 5000) AS n',
  )
  const life = await pair.run()
  await life.waitForRow(await master.insert())

  await master.stop()
  const heir = await openSecond(space, pair, major)
  await master.start()
  await master.sql("UPDATE big SET body = 'of the old master' WHERE n % 7 = 0")
  await master.sql('CREATE TABLE lost AS SELECT 1 AS n')
  await life.waitForRow(await master.insert())
  await stop(life, agentHost)
  await master.stop()
  await heir.start()
  await heir.promote()
  await query(second, "UPDATE big SET body = 'of the heir' WHERE n % 11 = 0")
  const insert = async () => {
    const [row] = await query(second, 'INSERT INTO rows (body) VALUES (md5(random()::text)) RETURNING body')
    return String(row?.body)
  }
  const digest =
    "SELECT md5(string_agg(big::text, ',' ORDER BY n)) AS big, to_regclass('lost') IS NULL AS none FROM big"
  const expectEqual = async (agent: Agent) => {
    await agent.waitForRow(await insert())
    expect(await agent.sql(digest)).toEqual(await query(second, digest))
  }
  const [store, kept] = [join(life.sandbox, 'pgdata'), join(life.sandbox, 'kept')]

  if (rewinds === 'interrupted') {
    await execa('cp', ['-a', store, kept])
    const tool = `/usr/lib/postgresql/${major}/bin/pg_rewind`
    // Where the tool may write.
    const mark = join(store, 'half')
    await shell(
      agentHost,
      'mv "$0" "$0.whole" && printf %s "$1" >"$0" && chmod 755 "$0"',
      tool,
      halfWay(tool, mark),
    )
    const half = await pair.run()
    await waitFor(
      () => `pg_rewind to be half done; the log: ${half.log()}`,
      () => existsSync(mark),
    )
    await half.kill()
    expect(existsSync(join(store, 'replica/rewinding'))).toBe(true)
    expect(existsSync(join(store, 'replica/clone.done'))).toBe(false)
    await shell(agentHost, 'mv "$0.whole" "$0"', tool)
    const anew = await pair.run()
    await expectEqual(anew)
    expect(anew.log()).toMatch(/interrupted(.*\n)*.*cloned/)
    await stop(anew, agentHost)
    rmSync(store, { recursive: true })
    renameSync(kept, store)
  }

  const agent = await pair.run()
  await expectEqual(agent)
  if (rewinds === 'impossible') {
    expect(agent.log()).toMatch(/cannot be rewound: there is no pg_rewind in(.*\n)*.*cloned/)
  } else {
    expect(agent.log()).toMatch(/rewinding the data: \d+ MB of \d+ MB(.*\n)*.*rewound: the data is at/)
    expect(agent.log()).not.toMatch(/cloned/)
  }
  await stop(agent, agentHost)
  await heir.stop()
}

/** One that may write no file longer than 64 kB, and so dies as it writes in place; then it stands still. */
const halfWay = (tool: string, mark: string) => `#!/bin/sh
case " $* " in *' -n '*) exec ${tool}.whole "$@" ;; esac
(ulimit -f 128; exec ${tool}.whole "$@") || : >'${mark}'
exec sleep 600
`

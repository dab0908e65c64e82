import { mkdirSync, readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { Agent } from '../pair/harness/agent.js'
import { readPrometheus } from '../pair/harness/prometheus.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { type Cell, type Pair, stop } from './cell.js'

/**
 * Published settings rule beside a master that has its own; a tablespace of the master has a place of its own here, and one
 * that comes later ends the replica; status answers while the server runs, and when it does not.
 */
export async function livePublished(
  space: Space,
  pair: Pair,
  { hasTablespaces }: Pick<Cell, 'hasTablespaces'>,
): Promise<void> {
  const { master, agentHost } = pair
  if (hasTablespaces) await makeTable(space, pair, 'early')
  const life = await pair.run()
  await life.waitForRow(await master.insert())
  expect(life.log()).toMatch(/INFO serve: settings: published \(.*, fetched now\); access rules: published/)
  expect(await life.sql('SHOW work_mem')).toEqual([{ work_mem: '7MB' }])
  if (hasTablespaces) expect(await life.sql('SELECT count(*)::int AS n FROM in_early')).toEqual([{ n: 50 }])
  const links = join(life.dataDir, 'pg_tblspc')
  for (const name of readdirSync(links)) expect(readlinkSync(join(links, name))).not.toContain('space of')
  expect(await pair.ask('ready')).toBe('yes')
  await waitFor('the status to tell of streaming', async () => {
    const { code, told } = await askStatus(pair, life, '--json')
    expect(code, told).toBe(0)
    const status = JSON.parse(told)
    expect(status).toMatchObject({
      role: 'standby',
      upstream: { port: master.port },
      restart: { does: 'reuse' },
    })
    return status.state === 'streaming'
  })
  const { told } = await askStatus(pair, life, '--prometheus')
  const samples = await readPrometheus(told)
  expect(samples.find(({ name }) => name === 'run_rep_streaming')?.value).toBe(1)
  await stop(life, agentHost)
  const down = await askStatus(pair, life, '--json')
  expect(JSON.parse(down.told)).toMatchObject({ role: 'down', state: 'ended', restart: { does: 'reuse' } })

  const next = await pair.run()
  await next.waitForRow(await master.insert())
  expect(next.log()).not.toMatch(/cloned/)
  if (!hasTablespaces) return await stop(next, agentHost)
  await makeTable(space, pair, 'late')
  expect(await next.exit, next.log()).toBe(65)
  expect(next.log()).toMatch(/the tablespace \d+ lies in .*space of late, outside of .*TABLESPACE, exit 65/s)
}

/** A table of 50 rows in a tablespace of its own. */
async function makeTable(space: Space, { master, masterHost }: Pair, name: string): Promise<void> {
  const dir = join(space.dir, `space of ${name}`)
  mkdirSync(dir, { mode: 0o700 })
  await execa('chown', [`${masterHost.user.uid}:${masterHost.user.gid}`, dir])
  await master.sql(`CREATE TABLESPACE ${name} LOCATION '${dir}'`)
  await master.sql(`CREATE TABLE in_${name} TABLESPACE ${name} AS SELECT generate_series(1, 50) AS n`)
}

/** What status prints, and its exit code. */
async function askStatus(
  { run }: Pair,
  { sandbox }: Agent,
  form: string,
): Promise<{ readonly code: number; readonly told: string }> {
  const stdout = join(sandbox, 'stdout')
  const { size } = statSync(stdout)
  const code = await (await run('status', form)).exit
  return { code, told: readFileSync(stdout).subarray(size).toString() }
}

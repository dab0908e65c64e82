import { chmodSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { chownTo, serverUser } from './harness/identity.js'
import { type Master, type MasterOptions, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'

let space: Space
const scripts = { fail: '', reclone: '' }
beforeAll(() => {
  space = openSpace()
  scripts.fail = buildQuickScript(space)
  scripts.reclone = buildQuickScript(space, { onDiverged: 'reclone' })
})
afterAll(() => space.close())

type Policy = keyof typeof scripts

const start = (master: Pick<Master, 'port'>, volume: string, policy: Policy, hidden?: string) =>
  runAgent(space, {
    env: contractFor(space, master, { PGDATA_DIR: volume }),
    script: scripts[policy],
    // As on another host, where there is no such directory.
    ...(hidden ? { mounts: [{ from: emptyDir(), over: hidden }] } : {}),
  })

function emptyDir(): string {
  const dir = mkdtempSync(join(space.dir, 'empty-'))
  chmodSync(dir, 0o755)
  return dir
}

/** A directory for a tablespace, below one that a test can hide. */
function makeLocation(): { readonly home: string; readonly dir: string } {
  const home = emptyDir()
  const dir = join(home, 'space of the master')
  mkdirSync(dir, { mode: 0o700 })
  chownTo(dir, serverUser())
  return { home, dir }
}

let made = 0

/** A tablespace of the master with a table that it goes on writing to. */
async function makeTablespace(master: Master, dir: string): Promise<string> {
  made += 1
  await master.sql(`CREATE TABLESPACE late${made} LOCATION '${dir}'`)
  await master.sql(
    `CREATE TABLE in_late${made} TABLESPACE late${made} AS SELECT generate_series(1, 5000) AS n`,
  )
  await master.sql(`UPDATE in_late${made} SET n = -n`)
  return `in_late${made}`
}

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

/** Links of the replica that lead out of its volume. */
const strays = (agent: Agent) =>
  readdirSync(join(agent.dataDir, 'pg_tblspc')).filter((name) =>
    lstatSync(join(agent.dataDir, 'pg_tblspc', name)).isSymbolicLink(),
  )

async function expectRefused(agent: Agent, words: RegExp): Promise<void> {
  expect(await agent.exit, agent.log()).toBe(65)
  expect(agent.log()).toMatch(words)
  expect(agent.log()).toMatch(/what to do: .*\(TABLESPACE, exit 65\)/)
  await expectNothingLeft(agent)
}

/** The master's own table, read from its disk. */
async function expectSound(master: Master, table: string): Promise<void> {
  await master.sql('CHECKPOINT')
  await master.stop('SIGINT')
  await master.start()
  expect(await master.sql(`SELECT count(*)::int AS n, sum(n)::int AS sum FROM ${table}`)).toEqual([
    { n: 5000, sum: -12_502_500 },
  ])
}

const elsewhere =
  /made a tablespace after the clone, and it has no directory here: \d+ "\/.*space of the master"/

describe.each([
  ['on the same host', false],
  ['on a host without its directory', true],
])('the first tablespace, made after the clone, %s', (_where, isHidden) => {
  testWith(
    ['root', 'namespace'],
    'ends the replica before it has a link to it, and again at each start',
    async () => {
      const master = await startMaster(space)
      const volume = makeVolume(space)
      const { home, dir } = makeLocation()
      const agent = await start(master, volume, 'fail', isHidden ? home : undefined)
      await agent.waitForRow(await master.insert())
      const table = await makeTablespace(master, dir)
      await expectRefused(agent, elsewhere)
      expect(strays(agent)).toEqual([])
      await expectSound(master, table)
      await expectRefused(await start(master, volume, 'fail', isHidden ? home : undefined), elsewhere)
      expect(master.clones()).toBe(1)
    },
  )

  testWith(['root', 'namespace'], 'is mapped by the clone that the policy reclone makes', async () => {
    const master = await startMaster(space)
    const volume = makeVolume(space)
    const { home, dir } = makeLocation()
    const hidden = isHidden ? home : undefined
    const agent = await start(master, volume, 'reclone', hidden)
    await agent.waitForRow(await master.insert())
    await stop(agent)
    const table = await makeTablespace(master, dir)
    const late = await start(master, volume, 'reclone', hidden)
    expect(await late.exit, late.log()).toBe(75)
    expect(late.log()).toMatch(/what to do: .*\(RECLONE, exit 75\)/)
    const next = await start(master, volume, 'reclone', hidden)
    await next.waitForRow(await master.insert())
    expect(await next.sql(`SELECT sum(n)::int AS sum FROM ${table}`)).toEqual([{ sum: -12_502_500 }])
    await stop(next)
    expect(master.clones()).toBe(2)
  })
})

testWith([], 'a log without contexts does not hide the reason', async () => {
  const master = await startMaster(space, { conf: ['log_error_verbosity = terse'] })
  const agent = await start(master, makeVolume(space), 'fail')
  await agent.waitForRow(await master.insert())
  await makeTablespace(master, makeLocation().dir)
  await expectRefused(agent, elsewhere)
})

describe('a further tablespace, where the clone has some', () => {
  const outside =
    /the tablespace \d+ is in \/.*space of the master, outside \/.*: it was made after the clone/

  async function makeStray(policy: Policy, options: MasterOptions = { tablespaces: 1 }) {
    const master = await startMaster(space, options)
    const volume = makeVolume(space)
    const agent = await start(master, volume, policy)
    await agent.waitForRow(await master.insert())
    const { dir } = makeLocation()
    const table = await makeTablespace(master, dir)
    return { master, volume, agent, table }
  }

  testWith([], 'ends the server without a flush, and no other one starts', async () => {
    const { master, volume, agent, table } = await makeStray('fail')
    await expectRefused(agent, outside)
    expect(agent.serverLog()).toMatch(/received immediate shutdown request/)
    await expectSound(master, table)
    const next = await start(master, volume, 'fail')
    await expectRefused(next, outside)
    expect(next.log()).not.toMatch(/starting PostgreSQL/)
    // Nor while the master is away.
    await master.stop()
    const alone = await start(master, volume, 'fail')
    await expectRefused(alone, outside)
    expect(alone.log()).not.toMatch(/starting PostgreSQL/)
  })

  testWith([], 'is mapped by the next clone, if the policy is reclone', async () => {
    const { master, volume, agent, table } = await makeStray('reclone')
    expect(await agent.exit, agent.log()).toBe(75)
    const next = await start(master, volume, 'reclone')
    await next.waitForRow(await master.insert())
    expect(await next.sql(`SELECT sum(n)::int AS sum FROM ${table}`)).toEqual([{ sum: -12_502_500 }])
    await stop(next)
  })
})

testWith([], 'a link that leads nowhere, or to another place, gets no server', async () => {
  const master = await startMaster(space, { tablespaces: 1 })
  const volume = makeVolume(space)
  const agent = await start(master, volume, 'fail')
  await agent.waitForRow(await master.insert())
  await stop(agent)
  for (const target of ['/nowhere', '../pg_wal', join(volume, 'replica/tablespaces/99999')]) {
    symlinkSync(target, join(agent.dataDir, 'pg_tblspc/99999'))
    const next = await start(master, volume, 'reclone')
    await next.waitForLog(/the tablespace 99999 is in .*; cloning again/)
    await next.waitForRow(await master.insert())
    await stop(next)
    expect(existsSync(join(agent.dataDir, 'pg_tblspc/99999'))).toBe(false)
  }
})

testWith([], 'one that is dropped and made again elsewhere, and a clone of a clone', async () => {
  const master = await startMaster(space, { tablespaces: 1 })
  const upper = await start(master, makeVolume(space), 'fail')
  await upper.waitForRow(await master.insert())
  const env = contractFor(space, { port: upper.port })
  const lower = await runAgent(space, { env, script: scripts.fail })
  await lower.waitForRow(await master.insert())
  expect(await lower.sql('SELECT count(*)::int AS n FROM in_space1')).toEqual([{ n: 1000 }])
  await master.sql('DROP TABLE in_space1')
  await master.sql('DROP TABLESPACE space1')
  await lower.waitForRow(await master.insert())
  await stop(lower)
  await stop(upper)
  expect(strays(lower)).toEqual([])
  // A clone without any is cloned from, too, though its directory of links is closed.
  const first = await start(master, makeVolume(space), 'fail')
  await first.waitForRow(await master.insert())
  const second = await runAgent(space, {
    env: contractFor(space, { port: first.port }),
    script: scripts.fail,
  })
  await second.waitForRow(await master.insert())
  await stop(second)
  await stop(first)
})

testWith([], 'one that is made while the copy comes has its place in the next try', async () => {
  const master = await startMaster(space)
  const gate = await openGate(space, master)
  const { dir } = makeLocation()
  gate.hold()
  const volume = makeVolume(space)
  const agent = await start(gate, volume, 'fail')
  await gate.waitForCopy()
  const table = await makeTablespace(master, dir)
  gate.release()
  // The copy brings a link to the directory of the master along, or has read that directory before (of some file systems
  // the newest comes first): then replay meets it, and the next run is the next try.
  const met = await agent
    .waitForLog(
      /WARN clone: pg_basebackup ended with status 1: .*the tablespace \d+ is in .*space of the master/,
    )
    .then(
      () => undefined,
      () => agent.exit,
    )
  if (met !== undefined) expect([met, agent.log()]).toEqual([75, expect.stringMatching(/RECLONE/)])
  const next = met === undefined ? agent : await start(gate, volume, 'fail')
  await next.waitForRow(await master.insert())
  expect(await next.sql(`SELECT sum(n)::int AS sum FROM ${table}`)).toEqual([{ sum: -12_502_500 }])
  await stop(next)
  await expectSound(master, table)
})

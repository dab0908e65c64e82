import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { mountBlockDisk } from './harness/disk.js'
import { openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { signal } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { withSync } from './harness/sync.js'
import { waitFor } from './harness/wait.js'

// run.durability = behind: a replica that answers before its clone is on disk.
let space: Space
let master: Master
let script: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  await master.sql('INSERT INTO rows (body) SELECT md5(n::text) FROM generate_series(1, 20000) AS n')
  script = buildQuickScript(space, { durability: 'behind' }, { postgresql: { majors: [15] } })
})
afterAll(() => space.close())

/** A disk that takes as long as a test likes: the flush of the store waits until it may go on, or fail. */
function slowDisk() {
  const home = mkdtempSync(join(space.dir, 'flush-'))
  chmodSync(home, 0o755)
  const [done, failed] = [join(home, 'done'), join(home, 'failed')]
  const path = withSync(
    space,
    `case "$1 $2" in
  '-f '*/pgdata | '-f '*/volume)
    while [ ! -e ${done} ]; do
      [ ! -e ${failed} ] || exit 1
      sleep 0.05
    done
    ;;
esac
exec /usr/bin/sync "$@"`,
  )
  return { path, goOn: () => writeFileSync(done, ''), fail: () => writeFileSync(failed, '') }
}

interface Held {
  readonly agent: Agent
  readonly env: Environment
  readonly disk: ReturnType<typeof slowDisk>
}

/** A replica that answers, and whose clone is not on disk. */
async function answerFirst(more: Environment = {}, of = script, from = master): Promise<Held> {
  const disk = slowDisk()
  const row = await from.insert()
  const env = { ...contractFor(space, from), ...more }
  const agent = await runAgent(space, { env: { ...env, ...disk.path }, script: of })
  await agent.waitForRow(row)
  return { agent, env, disk }
}

const markOf = ({ dataDir }: Agent) => join(dataDir, '../unflushed')
const setting = async (agent: Agent, name: string) => (await agent.sql(`SHOW ${name}`))[0]?.[name]
const bodies = "SELECT count(*), md5(string_agg(body, '' ORDER BY body)) FROM rows"

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
}

testWith([], 'it answers while the clone is written to disk, and streams only then', async () => {
  const { agent, env, disk } = await answerFirst()
  const { sandbox, port } = agent
  const asked = async (what: string) => {
    const one = await runAgent(space, { env, script, sandbox, port, args: [what], ownLog: true })
    return { code: await one.exit, words: one.log() }
  }
  expect(await setting(agent, 'fsync')).toBe('off')
  expect(existsSync(markOf(agent))).toBe(true)
  expect(await asked('health')).toMatchObject({ code: 0 })
  const ready = await asked('ready')
  expect(ready).toMatchObject({ code: 1 })
  expect(ready.words).toMatch(/not streaming yet: the clone is still written to disk/)

  // Nothing that is here counts as safe for a master that waits for its standbys.
  const row = master.insert()
  expect(await master.standbys()).toEqual([])
  disk.goOn()
  await agent.waitForRow(await row)
  expect(agent.log()).toMatch(/INFO serve: the clone is on disk/)
  expect(await setting(agent, 'fsync')).toBe('on')
  expect(existsSync(markOf(agent))).toBe(false)
  await stop(agent)

  // The next start is one as any.
  const clones = master.clones()
  const again = await runAgent(space, { env, script, sandbox, port })
  await again.waitForRow(await master.insert())
  expect(master.clones()).toBe(clones)
  expect(String(await setting(again, 'config_file'))).toMatch(/replica\/data\/postgresql\.conf$/)
  await stop(again)
})

testWith([], 'a commit that waits for this standby waits until the clone is on disk', async () => {
  // A master of its own: where this fails, nobody else waits.
  const own = await startMaster(space)
  const { agent, disk } = await answerFirst({}, script, own)
  await own.sql("ALTER SYSTEM SET synchronous_standby_names = '*'")
  await own.sql('SELECT pg_reload_conf()')
  let over = false
  const row = own.insert().then((body) => {
    over = true
    return body
  })
  await waitFor('the commit to wait', async () => {
    const rows = await own.sql("SELECT 1 FROM pg_stat_activity WHERE wait_event = 'SyncRep'")
    return rows.length === 1
  })
  expect(over).toBe(false)
  disk.goOn()
  await agent.waitForRow(await row)
  await stop(agent)
})

describe('a run that ends before the clone is on disk', () => {
  for (const how of ['SIGKILL to all', 'SIGTERM to the script'] as const) {
    testWith([], `by ${how} costs no copy: the next one writes it to disk first`, async () => {
      const { agent, env, disk } = await answerFirst()
      if (how === 'SIGKILL to all') {
        await agent.kill()
      } else {
        agent.terminate('SIGTERM', 'script')
        disk.goOn()
        expect(await agent.exit, agent.log()).toBe(0)
      }
      if (!existsSync(markOf(agent))) throw new Error('the mark went with the run')
      const clones = master.clones()
      const { sandbox, port } = agent
      const again = await runAgent(space, { env, script, sandbox, port })
      await again.waitForRow(await master.insert())
      expect(again.log()).toMatch(/INFO configure: writing the clone to disk/)
      expect(existsSync(markOf(agent))).toBe(false)
      expect(master.clones()).toBe(clones)
      expect(await setting(again, 'fsync')).toBe('on')
      await stop(again)
    })
  }

  testWith([], 'with its host costs the copy: it is made anew', async () => {
    const { agent, env } = await answerFirst()
    await agent.kill()
    writeFileSync(markOf(agent), 'another\n')
    const clones = master.clones()
    const { sandbox, port } = agent
    const again = await runAgent(space, { env, script, sandbox, port })
    await again.waitForRow(await master.insert())
    expect(again.log()).toMatch(/the host went down or its disk failed before the clone was on disk/)
    expect(master.clones()).toBe(clones + 1)
    await stop(again)
  })
})

testWith(
  [],
  'a disk that fails behind an answer ends the run, and no later one believes the copy',
  async () => {
    const { agent, env, disk } = await answerFirst({ EXIT_PAUSE: '0' })
    disk.fail()
    expect(await agent.exit, agent.log()).toBe(75)
    expect(agent.log()).toMatch(
      /the copy cannot be written to the disk of .*\n.* data: .*\n.*CLONE_FAILED, exit 75/,
    )
    await expectNothingLeft(agent)
    expect(existsSync(agent.dataDir)).toBe(false)
    const { sandbox, port } = agent
    const again = await runAgent(space, { env, script, sandbox, port })
    await again.waitForRow(await master.insert())
    await stop(again)
  },
)

testWith([], 'a copy that broke off and was made again is as good as any', async () => {
  const gate = await openGate(space, master)
  gate.hold()
  const agent = await runAgent(space, { env: contractFor(space, gate), script })
  await gate.waitForCopy()
  for (const { pid } of agent.descendants().filter(({ args }) => /pg_basebackup -D/.test(args))) {
    signal(pid, 'SIGKILL')
  }
  gate.release()
  await agent.waitForRow(await master.insert())
  expect(agent.log()).toMatch(/the copy was removed; trying again/)
  await agent.waitForLog(/INFO serve: the clone is on disk/)
  await stop(agent)
})

testWith([], 'without a superuser who may log in it starts again, with fsync', async () => {
  const text = readFileSync(script, 'utf8')
  const without = join(space.dir, 'without-superuser.sh')
  writeFileSync(without, text.replace('WHERE rolsuper AND', 'WHERE false AND'))
  const { agent, disk } = await answerFirst({}, without)
  disk.goOn()
  await agent.waitForLog(/could not be told within 5 s: starting again, with fsync/)
  await agent.waitForRow(await master.insert())
  expect(await setting(agent, 'fsync')).toBe('on')
  await stop(agent)
})

testWith(
  [],
  "a master's own fsync in postgresql.auto.conf is left alone, and the clone is flushed first",
  async () => {
    const other = await startMaster(space, { autoConf: ['fsync = on'] })
    const agent = await runAgent(space, { env: contractFor(space, other), script })
    await agent.waitForRow(await other.insert())
    expect(agent.log()).toMatch(/WARN clone: not open to clients until the clone is on disk: .* sets fsync/)
    expect(existsSync(markOf(agent))).toBe(false)
    await stop(agent)
  },
)

describe('after a power cut', () => {
  const needs = ['root', { tool: 'mkfs.ext4' }, { tool: 'perl' }] as const

  testWith(needs, 'a clone that was not on disk is made anew', async () => {
    const volume = await mountBlockDisk(space, { megabytes: 400 })
    const { agent, env } = await answerFirst({ PGDATA_DIR: volume.dir })
    // Its name is on disk already, and what is below it is not: the worst case.
    await execa('sync', [volume.dir])
    await volume.cut()
    await agent.kill()
    await volume.restore()
    expect(readFileSync(markOf(agent), 'utf8')).toMatch(/^[0-9a-f]{8}\n$/)
    const check = ['-q', '-n', '-s', agent.dataDir]
    expect((await execa(`${serverBin}/pg_verifybackup`, check, { reject: false })).exitCode).toBe(1)
    writeFileSync(markOf(agent), 'another\n')
    const clones = master.clones()
    const { sandbox, port } = agent
    const again = await runAgent(space, { env, script, sandbox, port })
    await again.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones + 1)
    expect(await again.sql(bodies)).toEqual(await master.sql(bodies))
    await stop(again)
  })

  testWith(needs, 'one that was on disk is sound', async () => {
    const volume = await mountBlockDisk(space, { megabytes: 400 })
    const { agent, env, disk } = await answerFirst({ PGDATA_DIR: volume.dir })
    disk.goOn()
    await agent.waitForLog(/the clone is on disk/)
    await volume.cut()
    await agent.kill()
    await volume.restore()
    expect(existsSync(markOf(agent))).toBe(false)
    const clones = master.clones()
    const { sandbox, port } = agent
    const again = await runAgent(space, { env, script, sandbox, port })
    await again.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    expect(await again.sql(bodies)).toEqual(await master.sql(bodies))
    await stop(again)
  })
})

testWith([], 'a watcher that dies when the clone is on disk leaves no window to its successor', async () => {
  const agent = await runAgent(space, { env: contractFor(space, master), script })
  await agent.waitForLog(/the clone is on disk/)
  await agent.waitForLog(/: streaming from/)
  const receivers = () => master.sql("SELECT pid FROM pg_stat_replication WHERE application_name LIKE '%@%'")
  const before = await receivers()
  expect(before).toHaveLength(1)
  const file = join(agent.sandbox, 'pgdata/work.1/watcher')
  const watcher = Number(readFileSync(file, 'utf8'))
  signal(watcher, 'SIGKILL')
  await waitFor('another watcher', () => Number(readFileSync(file, 'utf8')) !== watcher)
  await agent.waitForLog(/the watcher of the server was killed: starting another/)
  // Its first looks are over when it says again that this replica streams.
  await waitFor('its word', () => (agent.log().match(/: streaming from/g) ?? []).length > 1)
  await agent.waitForRow(await master.insert())
  expect(agent.log().match(/the clone is on disk/g)).toHaveLength(1)
  expect(await receivers()).toEqual(before)
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

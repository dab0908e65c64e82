import { chmodSync, mkdirSync, readdirSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { chownTo, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

// A clone that would write its log somewhere else, in another format, and for ever.
const hostile = [
  "log_directory = '/tmp/elsewhere'",
  "log_filename = 'other.log'",
  "log_destination = 'csvlog'",
  'logging_collector = off',
  'log_rotation_size = 0',
  'log_truncate_on_rotation = on',
]

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space, { autoConf: hostile })
})
afterAll(() => space.close())

const mebibyte = 1024 * 1024

function listLogs(dir: string): { readonly name: string; readonly size: number; readonly changed: number }[] {
  return readdirSync(dir)
    .map((name) => ({ name, stat: statSync(join(dir, name), { throwIfNoEntry: false }) }))
    .map(({ name, stat }) => ({ name, size: stat?.size ?? 0, changed: stat?.mtimeMs ?? 0 }))
    .sort((a, b) => a.changed - b.changed)
}

testWith([], "PostgreSQL's own log is bounded, and none of it is in standard error", async () => {
  const volume = makeVolume(space)
  const dir = join(volume, 'log')
  mkdirSync(dir)
  chownTo(dir, serverUser())
  // Of runs before this one, and one of somebody else's.
  for (let day = 1; day <= 6; day++) {
    const path = join(dir, `postgresql-2026-01-0${day}T000000.log`)
    writeFileSync(path, 'old\n')
    utimesSync(path, day, day)
  }
  writeFileSync(join(dir, 'notes.log'), 'keep me\n')
  const script = buildQuickScript(space, { logMiB: 4 })
  const env = contractFor(space, master, { PGDATA_DIR: volume })
  const agent = await runAgent(space, { env, script })
  await agent.waitForRow(await master.insert())
  expect(agent.log()).toContain(`the log of PostgreSQL is in ${dir}`)
  const before = agent.log().length

  // An error repeats its statement: each adds about 100 kB. Within one second a file grows beyond its size.
  const noise = `SELECT 1/0 /* ${'x'.repeat(100_000)} */`
  for (let round = 0; round < 200; round++) await agent.sql(noise).catch(() => undefined)
  const seen = () => listLogs(dir).filter(({ name }) => name !== 'notes.log')
  const total = () => seen().reduce((sum, { size }) => sum + size, 0)
  await waitFor(
    () => `at most four files: ${JSON.stringify(seen())}`,
    () => seen().length === 4,
  )
  expect(seen().map(({ name }) => name)).not.toContainEqual(expect.stringContaining('2026-01'))
  expect(total()).toBeGreaterThan(mebibyte)
  expect(total()).toBeLessThan(12 * mebibyte)
  expect(readdirSync(dir)).toContain('notes.log')
  for (const { name } of seen()) expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
  // The newest goes on.
  const size = seen().at(-1)?.size ?? 0
  await agent.sql('SELECT 1/0').catch(() => undefined)
  await waitFor('another line', () => (seen().at(-1)?.size ?? 0) !== size)
  expect(agent.log().length).toBe(before)

  agent.terminate('SIGTERM', 'tree')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
})

testWith([], 'is rotated again after the next file could not be made for a while', async () => {
  const volume = makeVolume(space)
  const env = contractFor(space, master, { PGDATA_DIR: volume })
  const agent = await runAgent(space, { env, script: buildQuickScript(space, { logMiB: 4 }) })
  await agent.waitUntilServing()
  const dir = join(volume, 'log')
  const [first] = readdirSync(dir)
  const noise = `SELECT 1/0 /* ${'x'.repeat(100_000)} */`
  const fill = async () => {
    for (let round = 0; round < 25; round++) await agent.sql(noise).catch(() => undefined)
  }
  chmodSync(dir, 0o500)
  await fill()
  await waitFor('the complaint', () => /could not open log file/.test(agent.serverLog()))
  // The clock was set back: by its time the file that is written to is the oldest.
  for (let day = 1; day <= 5; day++) {
    chmodSync(dir, 0o700)
    writeFileSync(join(dir, `postgresql-2026-01-0${day}T000000.log`), 'newer\n')
  }
  utimesSync(join(dir, first ?? ''), 1, 1)
  await waitFor('the next file', async () => {
    await agent.sql('SELECT 1/0').catch(() => undefined)
    return readdirSync(dir).some((name) => name > (first ?? '') && name !== first)
  })
  agent.terminate('SIGTERM', 'tree')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
})

testWith([], 'a server that cannot start tells why in standard error', async () => {
  const port = await pickPort()
  const taken = createServer().listen(port, '::')
  const agent = await runAgent(space, {
    env: contractFor(space, master),
    script: buildQuickScript(space),
    port,
  })
  expect(await agent.exit).toBe(1)
  taken.close()
  expect(agent.log()).toMatch(/could not bind IPv4 address "0\.0\.0\.0": Address already in use/)
  expect(agent.log()).toMatch(/could not create any TCP\/IP sockets/)
})

testWith([], 'the last words of a server that was killed are told', async () => {
  const agent = await runAgent(space, { env: contractFor(space, master), script: buildQuickScript(space) })
  await agent.waitUntilServing()
  const server = agent.descendants().find(({ args }) => /postgres -D/.test(args))
  const children = agent.descendants().filter(({ ppid }) => ppid === server?.pid)
  const startup = children.find(({ args }) => args.includes('startup'))
  if (startup === undefined) throw new Error('no startup process')
  // Without it a standby is nothing: the server ends by itself.
  process.kill(startup.pid, 'SIGKILL')
  expect(await agent.exit).not.toBe(0)
  expect(agent.log()).toMatch(/WARN serve: \| .*startup process .* was terminated by signal 9/)
  await expectNothingLeft(agent)
})

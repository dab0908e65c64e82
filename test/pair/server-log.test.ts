import { once } from 'node:events'
import { chmodSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { basename, join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { chownTo, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { freeze, signal } from './harness/processes.js'
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

const sizeOf = (path: string) => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** The file that the server writes to. */
function liveLog(agent: Agent): string {
  const text = readFileSync(join(agent.dataDir, 'current_logfiles'), 'utf8')
  return /^stderr (.*)$/m.exec(text)?.[1] ?? ''
}

/** An error repeats its statement, so each adds about 100 kB to the log; with the default, a line. */
async function complain(agent: Agent, bytes = 0): Promise<void> {
  await expect(agent.sql(`SELECT 1/0 /* ${'x'.repeat(bytes)} */`)).rejects.toThrow('division by zero')
}

/** Writes until the server has begun another file. It names them by the second, so it may have to wait for the next. */
async function rotate(agent: Agent): Promise<void> {
  const before = liveLog(agent)
  while (sizeOf(before) < mebibyte) await complain(agent, 100_000)
  await waitFor(`a file after ${before}`, async () => {
    await complain(agent)
    return liveLog(agent) !== before
  })
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

  const written = [liveLog(agent)]
  for (let round = 0; round < 5; round++) {
    await rotate(agent)
    written.push(liveLog(agent))
  }
  const newest = written.slice(-4).map((path) => basename(path))
  await waitFor(
    () => `the newest four files and nothing older: ${readdirSync(dir).join(' ')}`,
    () => isDeepStrictEqual(readdirSync(dir).sort(), ['notes.log', ...newest].sort()),
  )
  for (const name of newest) {
    expect(statSync(join(dir, name)).mode & 0o777).toBe(0o600)
    expect(sizeOf(join(dir, name)), name).toBeLessThan(2 * mebibyte)
  }
  // The newest goes on.
  const live = liveLog(agent)
  const size = sizeOf(live)
  await complain(agent)
  await waitFor('another line', () => sizeOf(live) > size)
  const told = agent.log().slice(before)
  expect(told.replace(/^\S+ INFO serve: (streaming from|caught up) .*\n/gm, '')).toBe('')

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
  const first = liveLog(agent)
  chmodSync(dir, 0o500)
  // Beyond twice its size it is taken for one that is never rotated again.
  while (sizeOf(first) <= 2 * mebibyte) await complain(agent, 100_000)
  await waitFor('the complaint', async () => {
    await complain(agent)
    return /could not open log file/.test(agent.serverLog())
  })
  // The clock was set back: by its time the file that is written to is the oldest. It stays so until that was seen.
  const collector = agent.descendants().find(({ args }) => args.includes('postgres: logger'))
  if (collector === undefined) throw new Error('no collector')
  freeze([collector.pid])
  utimesSync(first, 1, 1)
  chmodSync(dir, 0o700)
  for (let day = 1; day <= 5; day++) {
    writeFileSync(join(dir, `postgresql-2026-01-0${day}T000000.log`), 'newer\n')
  }
  await waitFor('no more than four files', () => readdirSync(dir).length === 4)
  expect(readdirSync(dir)).toContain(basename(first))
  signal(collector.pid, 'SIGCONT')
  await waitFor('the next file', () => liveLog(agent) !== first)
  agent.terminate('SIGTERM', 'tree')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
})

testWith([], 'a port that is taken is told before anything is copied', async () => {
  const port = await pickPort()
  const taken = createServer().listen(port, '::')
  await once(taken, 'listening')
  const agent = await runAgent(space, {
    env: contractFor(space, master),
    script: buildQuickScript(space),
    port,
  })
  expect(await agent.exit).toBe(75)
  taken.close()
  expect(agent.log()).toMatch(
    /ERROR claim: port \d+ of \S+ .*is in use by a process of[^\n]*\n.* data: .*\n.*\(PORT, exit 75\)/,
  )
  expect(agent.log()).not.toContain('cloned')
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

testWith(
  [],
  'of a server that was killed the signal is told last, and nothing of our own reloads',
  async () => {
    const agent = await runAgent(space, { env: contractFor(space, master), script: buildQuickScript(space) })
    await agent.waitForLog(/closed to clients until [\s\S]*INFO serve: open to clients on port/)
    const server = agent.descendants().find(({ args }) => /postgres -D/.test(args))
    if (server === undefined) throw new Error('no server')
    const reloads = /parameter .* cannot be changed without restarting the server/
    await waitFor('the reload that opens it', () => reloads.test(agent.serverLog()))
    process.kill(server.pid, 'SIGKILL')
    expect(await agent.exit, agent.log()).toBe(137)
    expect(agent.log()).not.toMatch(reloads)
    expect(agent.log().trim().split('\n').at(-1)).toMatch(
      /PostgreSQL ended with status 137: it was killed by signal 9, by a person, or by the kernel for want of memory$/,
    )
    await expectNothingLeft(agent)
  },
)

import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Agent, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { startMaster } from './harness/master.js'
import { openRelay } from './harness/relay.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let script: string
beforeAll(() => {
  space = openSpace()
  script = buildQuickScript(space, { receiver: { retryInterval: 1 } })
})
afterAll(() => space.close())

const place = ', timeline 1, at [0-9A-F]+/[0-9A-F]+'

/** The lines of the log that tell of streaming, without their time. */
const linesOf = (agent: Agent) =>
  agent
    .log()
    .split('\n')
    .filter((line) => /: (not )?streaming[ :]|: caught up/.test(line))
    .map((line) => line.replace(/^\S+ /, ''))

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

for (const shell of ['dash', 'bash', 'mksh']) {
  testWith(
    shell === 'dash' ? [] : [{ tool: shell }, 'namespace'],
    `in ${shell} the log says once that it streams, that it has caught up, that it streams no more and why, and that again`,
    async () => {
      const master = await startMaster(space)
      const env = contractFor(space, master)
      const agent = await runAgent(space, { env, script, shell })
      const from = `127\\.0\\.0\\.1:${master.port}`
      const streams = expect.stringMatching(new RegExp(`^INFO serve: streaming from ${from}${place}$`))
      const caughtUp = expect.stringMatching(
        /^INFO serve: caught up after \d+ s: replay is at [0-9A-F]+\/[0-9A-F]+, the master was at [0-9A-F]+\/[0-9A-F]+$/,
      )
      await agent.waitForLog(/caught up/)
      await agent.waitForRow(await master.insert())

      await master.stop()
      await agent.waitForLog(/: streaming from .* has ended/)
      await agent.waitForLog(/not streaming: no master was found/)
      await master.start()
      const row = await master.insert()
      await waitFor('it to have caught up again', () => linesOf(agent).length > 5)
      await agent.waitForRow(row)
      expect(linesOf(agent)).toEqual([
        streams,
        caughtUp,
        expect.stringMatching(
          new RegExp(
            `^WARN serve: streaming from ${from} has ended at [0-9A-F]+/[0-9A-F]+; the server logged: .*FATAL: (?!.*could not connect)`,
          ),
        ),
        expect.stringMatching(/^WARN serve: not streaming: no master was found/),
        streams,
        caughtUp,
      ])
      await stop(agent)
      await master.stop()
    },
  )
}

testWith([], 'of a connection that comes and goes it says the first end, and then how often', async () => {
  // A minute would be long for a test.
  const text = readFileSync(script, 'utf8')
  const hasty = `${script}.hasty`
  writeFileSync(
    hasty,
    text.replace('[ -n "$elapsed" ] && [ "$elapsed" -lt 60 ]', '[ -n "$elapsed" ] && [ "$elapsed" -lt 20 ]'),
  )
  expect(readFileSync(hasty, 'utf8')).not.toBe(text)
  const master = await startMaster(space)
  const relay = await openRelay(space, master.port)
  const agent = await runAgent(space, { env: contractFor(space, { port: relay.port }), script: hasty })
  const from = `streaming from 127\\.0\\.0\\.1:${relay.port}`
  await agent.waitForLog(/caught up/)
  const looks = async () => (await agent.sql('SELECT pid FROM pg_stat_wal_receiver'))[0]?.pid
  const cut = async () => {
    const before = await looks()
    relay.lead(master.port, 'drop')
    await waitFor('another walreceiver', async () => {
      const now = await looks()
      return now !== undefined && now !== before
    })
  }
  await cut()
  await waitFor('the first end, and streaming again', () => linesOf(agent).length >= 5)
  for (let times = 0; times < 3; times += 1) await cut()
  const row = await master.insert()
  await agent.waitForLog(/streaming ended \d+ more times in the last \d+ s/)
  await agent.waitForRow(row)
  const lines = linesOf(agent)
  expect(lines.slice(0, 5)).toEqual([
    expect.stringMatching(new RegExp(`${from}${place}$`)),
    expect.stringMatching(/caught up/),
    expect.stringMatching(new RegExp(`${from} has ended`)),
    expect.stringMatching(new RegExp(`${from}${place}$`)),
    expect.stringMatching(/caught up/),
  ])
  // Where the cuts took longer than a minute, one of them begins a new count.
  const later = lines.slice(5).filter((line) => !/caught up/.test(line))
  const isCount = (line: string) =>
    new RegExp(`${from}${place} \\(streaming ended \\d+ more times in the last \\d+ s\\)$`).test(line)
  expect(later.filter(isCount).length).toBeGreaterThan(0)
  expect(later.length).toBeLessThan(4)
  await stop(agent)
  await master.stop()
})

testWith(
  [],
  'while nothing happens four of five looks ask nothing, and a change is seen all the same',
  async () => {
    const master = await startMaster(space)
    const agent = await runAgent(space, { env: contractFor(space, master), script })
    await agent.waitForLog(/caught up/)
    const file = join(agent.dataDir, '../../status/status.json')
    const asked = () =>
      Date.parse((JSON.parse(readFileSync(file, 'utf8')) as { readonly time: string }).time) / 1000
    // Each look sleeps for a second, so that five seconds between two questions are five looks on a machine of any speed.
    const seen: number[] = []
    await waitFor('three pauses of five looks in a row', () => {
      const last = asked()
      if (last !== seen.at(-1)) seen.push(last)
      const pauses = seen.slice(1).map((one, index) => one - (seen[index] ?? 0))
      return pauses.length >= 3 && pauses.slice(-3).every((pause) => pause >= 5)
    })

    await agent.sql('SELECT pg_wal_replay_pause()')
    await master.insert()
    await agent.waitForLog(/replay is paused/)
    await agent.sql('SELECT pg_wal_replay_resume()')
    await agent.waitForLog(/replay has resumed/)
    await master.stop()
    await agent.waitForLog(/: streaming from .* has ended/)
    await stop(agent)
  },
)

import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { makeNetwork, type Network } from './harness/network.js'
import { processesUnder } from './harness/processes.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let script: string
beforeAll(() => {
  space = openSpace()
  script = buildQuickScript(space, { stallLimit: 30 }, { ready: { by: 'master' } })
})
afterAll(() => space.close())

interface Pair {
  readonly network: Network
  readonly master: Master
  readonly agent: Agent
  ask(what: 'ready' | 'health'): Promise<number>
}

/** A master and a beginning replica, each on a host of its own. */
async function makePair(rate?: number): Promise<Pair> {
  const network = await makeNetwork(space)
  const master = await startMaster(space, { host: network.master })
  await network.setRate(rate ?? 1_000)
  const port = await pickPort()
  await network.replica.expose(port)
  const env = contractFor(space, master, { POSTGRES_MASTER: network.master.address })
  const host = network.replica
  const agent = await runAgent(space, { env, port, script, host })
  const ask = async (what: string) => {
    const { sandbox } = agent
    const asked = await runAgent(space, { env, port, script, sandbox, host, args: [what], ownLog: true })
    return asked.exit
  }
  return { network, master, agent, ask }
}

async function end({ agent }: Pair): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  expect(processesUnder(agent.sandbox)).toEqual([])
}

/** What a clone has written so far, in bytes. */
function cloned(agent: Agent): number {
  const store = join(agent.sandbox, 'pgdata')
  return readdirSync(store, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.startsWith('clone.'))
    .reduce((sum, name) => sum + (statSync(join(store, name), { throwIfNoEntry: false })?.size ?? 0), 0)
}

describe('between two hosts', () => {
  testWith(['network'], 'a pulled cable: alive, readable, not ready; plugged in, it streams', async () => {
    const pair = await makePair()
    const { network, master, agent, ask } = pair
    await agent.waitForRow(await master.insert())
    await waitFor('ready to say yes', async () => (await ask('ready')) === 0)

    await network.setLink('down')
    const row = await master.insert()
    await waitFor('ready to say no', async () => (await ask('ready')) === 1)
    expect(await ask('health')).toBe(0)
    expect(await agent.sql(`SELECT 1 FROM rows WHERE body = '${row}'`)).toEqual([])

    await network.setLink('up')
    await agent.waitForRow(row)
    await waitFor('ready to say yes', async () => (await ask('ready')) === 0)
    await end(pair)
  })

  testWith(['network'], 'a black hole costs the walreceiver seconds an attempt, not minutes', async () => {
    const pair = await makePair()
    const { network, master, agent } = pair
    await agent.waitForRow(await master.insert())
    await network.setBlackHole('on')
    // PGCONNECT_TIMEOUT is 3. The kernel alone would try for two minutes.
    await waitFor(
      'two attempts that were given up',
      () =>
        (agent.serverLog().match(/could not connect to the primary server: .*timed out/g) ?? []).length > 1,
      60_000,
    )
    await network.setBlackHole('off')
    await agent.waitForRow(await master.insert())
    await end(pair)
  })

  testWith(
    ['network', 'heavy'],
    'a black hole in mid-clone is noticed, its copy removed; then it clones again',
    async () => {
      const pair = await makePair(8)
      const { network, master, agent } = pair
      await waitFor('a part of the clone', () => cloned(agent) > 2_000_000)
      await network.setBlackHole('on')
      await agent.waitForLog(/no data arrived for 30 s; the copy was removed; trying again/)
      await network.setRate(1_000)
      await network.setBlackHole('off')
      await agent.waitForRow(await master.insert())
      expect(cloned(agent)).toBe(0)
      await end(pair)
    },
  )

  testWith(
    ['network', 'heavy'],
    'a slow link is not taken for a dead one, though a clone takes longer than the limit',
    async () => {
      const pair = await makePair(4)
      const { network, master, agent } = pair
      const began = Date.now()
      await agent.waitForLog(/cloned \d+ MB/, 400_000)
      expect(Date.now() - began).toBeGreaterThan(30_000)
      expect(agent.log()).not.toMatch(/no data arrived/)
      await network.setRate(undefined)
      await agent.waitForRow(await master.insert())
      await end(pair)
    },
  )
})

import { lstatSync, readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { signal } from './harness/processes.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

const storeOf = (agent: Agent) => join(agent.sandbox, 'pgdata')
const claimsIn = (store: string) => readdirSync(store).filter((name) => name.startsWith('claim.'))

/** Rewrites the claim of a dead run, whose four words are boot, pid namespace, pid and time of start. */
function editClaim(store: string, edit: (words: string[]) => string[]): void {
  const [name] = claimsIn(store)
  const link = join(store, name ?? '')
  const words = readlinkSync(link).split('.')
  rmSync(link)
  symlinkSync(edit(words).join('.'), link)
}

async function finish(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

describe('a second run on the same data directory', () => {
  for (const shell of ['dash', 'bash', 'busybox', 'mksh', 'yash'] as const) {
    const needs = shell === 'dash' ? [] : (['namespace', { tool: shell }] as const)
    testWith(
      needs,
      `is refused with 75 while the first lives, and served after its death, under ${shell}`,
      async () => {
        const env = contractFor(space, master)
        const first = await runAgent(space, { env, shell })
        await first.waitForRow(await master.insert())
        const second = await runAgent(space, { env, shell, sandbox: first.sandbox })
        expect(await second.exit, second.log()).toBe(75)
        expect(second.log()).toMatch(/DATA_IN_USE/)
        expect(second.log()).toContain(`process ID ${first.pid}`)
        await first.waitForRow(await master.insert())

        await first.kill()
        const clones = master.clones()
        const third = await runAgent(space, { env, shell, sandbox: first.sandbox })
        await third.waitForRow(await master.insert())
        expect(master.clones()).toBe(clones)
        // What the keeper and the clock speak by; all that the dead run had is gone.
        const pipes = readdirSync(storeOf(first)).filter((name) => name.startsWith('alive.'))
        expect(pipes.map((name) => name.replace(/^alive(\.[^.]*){4}/, '')).sort()).toEqual([
          '',
          '.ask',
          '.tick',
        ])
        for (const name of pipes) expect(lstatSync(join(storeOf(first), name)).isFIFO(), name).toBe(true)
        await finish(third)
        expect(readdirSync(storeOf(first)).sort()).toEqual(['claim.2', 'log', 'replica', 'status'])
      },
    )
  }

  for (const shell of ['dash', 'bash', 'busybox', 'mksh', 'yash'] as const) {
    testWith(
      ['namespace', { tool: shell }],
      `gives signs of life also when the processes that do it are killed, under ${shell}`,
      async () => {
        const script = buildQuickScript(space, { claimInterval: 1 })
        const agent = await runAgent(space, { env: contractFor(space, master), script, shell })
        await agent.waitForRow(await master.insert())
        const store = storeOf(agent)
        const beat = readdirSync(store).find((name) => /^beat\./.test(name) && !/\.clock$/.test(name)) ?? ''
        const read = () => readFileSync(join(store, beat), 'utf8')
        const waitForBeats = async () => {
          for (const _ of ['one', 'another', 'a third']) {
            const last = read()
            await waitFor('another sign of life', () => read() !== last)
          }
        }
        await waitForBeats()
        const children = () => agent.descendants().filter(({ ppid }) => ppid === agent.pid)
        const clock = children().find(({ args }) => args.startsWith('tail '))
        signal(clock?.pid ?? 0, 'SIGKILL')
        await waitForBeats()

        const watcher = Number(readFileSync(join(store, 'work.1/watcher'), 'utf8'))
        const keeper = children().find(({ pid, args }) => pid !== watcher && /\brun_rep\.sh/.test(args))
        expect(keeper, JSON.stringify(children())).toBeDefined()
        signal(keeper?.pid ?? 0, 'SIGKILL')
        await agent.waitForLog(
          /the process that gives the signs of life of this run was killed: starting another/,
        )
        await waitForBeats()
        await agent.waitForRow(await master.insert())
        // What the watcher had come to, the next one goes on from.
        expect(agent.log().match(/open to clients on port/g) ?? []).toHaveLength(1)
        await finish(agent)
      },
    )
  }

  testWith([], 'is refused while the first clones', async () => {
    const gate = await openGate(space, master)
    const env = contractFor(space, gate)
    gate.hold()
    const first = await runAgent(space, { env })
    await gate.waitForCopy()
    const second = await runAgent(space, { env, sandbox: first.sandbox })
    expect(await second.exit, second.log()).toBe(75)
    gate.release()
    await first.waitForRow(await master.insert())
    await finish(first)
  })
})

describe('a claim', () => {
  testWith([], 'of another boot, or of a number that was given again, is dead', async () => {
    const env = contractFor(space, master)
    let agent = await runAgent(space, { env })
    await agent.waitUntilServing()
    const store = storeOf(agent)
    for (const edit of [
      ([, namespace = '', , start = '']: string[]) => ['0badb007', namespace, String(process.pid), start],
      ([boot = '', namespace = '']: string[]) => [boot, namespace, String(process.pid), '1'],
      ([boot = '']: string[]) => [boot, 'pid1', '1', '1'],
    ]) {
      await agent.kill()
      editClaim(store, edit)
      agent = await runAgent(space, { env, sandbox: agent.sandbox })
      await agent.waitForRow(await master.insert())
    }
    await finish(agent)
  })

  testWith(['namespace'], 'holds across pid namespaces, and dies with its holder', async () => {
    const env = contractFor(space, master)
    const inside = await runAgent(space, { env, pidNamespace: true })
    await inside.waitForRow(await master.insert())
    const outside = await runAgent(space, { env, sandbox: inside.sandbox })
    expect(await outside.exit, outside.log()).toBe(75)
    await inside.waitForRow(await master.insert())
    await inside.kill()
    const next = await runAgent(space, { env, sandbox: inside.sandbox })
    await next.waitForRow(await master.insert())

    const again = await runAgent(space, { env, sandbox: inside.sandbox, pidNamespace: true })
    expect(await again.exit, again.log()).toBe(75)
    await finish(next)
  })

  testWith([], 'has one holder at a time, however many ask and die', async () => {
    const rounds = Number(process.env.CLAIM_ROUNDS ?? 6)
    // Nobody answers there, so a holder waits until it is killed.
    const env = contractFor(space, { port: await pickPort() }, { MASTER_WAIT: '600' })
    const first = await runAgent(space, { env })
    const { sandbox } = first
    const holds = (agent: Agent) => /trying again/.test(agent.log())
    await first.waitForLog(/trying again/)
    let holder = first
    for (let round = 0; round < rounds; round++) {
      const rivals = await Promise.all(
        [1, 2, 3, 4, 5].map(() => runAgent(space, { env, sandbox, ownLog: true })),
      )
      holder.terminate('SIGKILL', 'script')
      await holder.exit
      rivals.push(
        ...(await Promise.all([1, 2, 3].map(() => runAgent(space, { env, sandbox, ownLog: true })))),
      )
      const ended = new Map<Agent, number>()
      for (const rival of rivals) void rival.exit.then((code) => ended.set(rival, code))
      await waitFor(
        () => `one holder: ${rivals.map((rival) => rival.log()).join('\n')}`,
        () => ended.size >= rivals.length - 1 && (ended.size === rivals.length || rivals.some(holds)),
      )
      const holders = rivals.filter((rival) => !ended.has(rival))
      expect(holders.length).toBeLessThanOrEqual(1)
      const others = [...ended].filter(([, code]) => code !== 75)
      expect(others.map(([rival, code]) => `${code}: ${rival.log()}`)).toEqual([])
      expect(rivals.filter(holds).length, 'have held it').toBe(holders.length)
      const [next] = holders
      if (next) holder = next
      else {
        holder = await runAgent(space, { env, sandbox, ownLog: true })
        await holder.waitForLog(/trying again/)
      }
    }
    expect(claimsIn(join(sandbox, 'pgdata'))).toHaveLength(1)
    holder.terminate('SIGTERM', 'script')
    expect(await holder.exit).toBe(143)
  })
})

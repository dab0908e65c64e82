import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { expectNothingLeft, mesosPath, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { become, isRoot, serverUser } from './harness/identity.js'
import { launch } from './harness/launch.js'
import { type Master, startMaster } from './harness/master.js'
import { killTree, signal } from './harness/processes.js'
import { openSession } from './harness/query.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

const shells = ['dash', 'bash', 'busybox'] as const

describe('a replica with an idle client (D13)', () => {
  for (const shell of shells) {
    for (const whom of ['script', 'tree'] as const) {
      const needs = shell === 'dash' ? [] : (['namespace', shell] as const)
      testWith(needs, `ends cleanly on SIGTERM to the ${whom}, under ${shell}`, async () => {
        const agent = await runAgent(space, { env: contractFor(space, master), shell })
        await agent.waitForRow(await master.insert())
        const client = await openSession(agent.port)
        agent.terminate('SIGTERM', whom)
        expect(await agent.exit, agent.log()).toBe(0)
        await client.close()
        expect(agent.log()).not.toMatch(/immediate shutdown/)
        expect(await agent.state()).toBe('shut down in recovery')
        await expectNothingLeft(agent)
        if (isRoot)
          expect(readdirSync(join(agent.sandbox, 'pgdata'))).toEqual([
            expect.stringMatching(/^claim\.\d+$/),
            'log',
            'replica',
          ])
      })
    }
  }

  testWith(
    [],
    'ends cleanly also where the server waits for processes that it does not tell to end',
    async () => {
      const agent = await runAgent(space, { env: contractFor(space, master) })
      await agent.waitForRow(await master.insert())
      const client = await openSession(agent.port)
      const find = (title: string) => agent.descendants().find(({ args }) => args.includes(title))
      const end = (title: string) => {
        const found = find(title)
        if (found === undefined) throw new Error(`no ${title}`)
        signal(found.pid, 'SIGTERM')
        return found
      }
      // What a signal to the whole tree does, in one of the orders in which it may arrive.
      end('/postgres -D')
      const writer = end('background writer')
      await waitFor('another background writer', () => {
        const other = find('background writer')
        return other !== undefined && other.pid !== writer.pid
      })
      end('startup')
      await waitFor('the end of the startup process', () => find('startup') === undefined)
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
      await client.close()
      expect(agent.log()).not.toMatch(/immediate shutdown/)
      expect(await agent.state()).toBe('shut down in recovery')
      await expectNothingLeft(agent)
    },
  )

  testWith([], 'ends cleanly on SIGINT, and on three SIGTERM in a row', async () => {
    for (const names of [['SIGINT'], ['SIGTERM', 'SIGTERM', 'SIGTERM']] as const) {
      const agent = await runAgent(space, { env: contractFor(space, master) })
      await agent.waitForRow(await master.insert())
      for (const name of names) agent.terminate(name, 'script')
      expect(await agent.exit, agent.log()).toBe(0)
      expect(await agent.state()).toBe('shut down in recovery')
      await expectNothingLeft(agent)
    }
  })

  testWith(
    [],
    'hands on the outcome of a server that was killed, and starts again without a copy',
    async () => {
      const env = contractFor(space, master)
      const agent = await runAgent(space, { env })
      await agent.waitForRow(await master.insert())
      const clones = master.clones()
      const postmaster = agent.descendants().find((one) => one.args.includes('/postgres -D'))
      signal(postmaster?.pid ?? 0, 'SIGKILL')
      expect(await agent.exit, agent.log()).toBe(137)
      const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
      await again.waitForRow(await master.insert())
      expect(master.clones()).toBe(clones)
      again.terminate('SIGTERM', 'script')
      expect(await again.exit).toBe(0)
    },
  )

  testWith([], 'starts again without a copy after SIGKILL of everything', async () => {
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env })
    await agent.waitForRow(await master.insert())
    const clones = master.clones()
    agent.terminate('SIGKILL', 'tree')
    expect(await agent.exit).toBe(137)
    const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
    await again.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    again.terminate('SIGTERM', 'script')
    expect(await again.exit).toBe(0)
  })

  testWith(
    [],
    'starts where postmaster.pid names a live stranger of the same user, as after a reboot',
    async () => {
      const env = contractFor(space, master)
      const agent = await runAgent(space, { env })
      await agent.waitForRow(await master.insert())
      const file = join(agent.dataDir, 'postmaster.pid')
      const lines = readFileSync(file, 'utf8').split('\n')
      agent.terminate('SIGKILL', 'tree')
      await agent.exit

      const discard = '/dev/null'
      const words = [...become(serverUser()), 'sleep', '600']
      const stranger = launch({
        words,
        cwd: space.dir,
        env: { PATH: mesosPath },
        stdout: discard,
        stderr: discard,
      })
      writeFileSync(file, [stranger.pid, ...lines.slice(1)].join('\n'))
      const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
      await again.waitForRow(await master.insert())
      again.terminate('SIGTERM', 'script')
      expect(await again.exit, again.log()).toBe(0)
      process.kill(stranger.pid, 'SIGKILL')
      await stranger.exit
    },
  )
})

describe('a clone', () => {
  for (const shell of shells) {
    for (const whom of ['script', 'tree'] as const) {
      const needs = shell === 'dash' ? [] : (['namespace', shell] as const)
      testWith(needs, `is ended and removed on SIGTERM to the ${whom}, under ${shell} (D15)`, async () => {
        const slow = await startMaster(space)
        const agent = await runAgent(space, { env: contractFor(space, slow), shell })
        await waitForCopy(agent.descendants)
        slow.freeze()
        agent.terminate('SIGTERM', whom)
        expect(await agent.exit, agent.log()).toBe(143)
        slow.thaw()
        await expectNothingLeft(agent)
        expect(readdirSync(join(agent.sandbox, 'pgdata'))).toEqual(['claim.1'])
        await slow.stop()
      })
    }
  }

  testWith([], 'that was killed is removed by the next run, which then serves (D16)', async () => {
    const slow = await startMaster(space)
    const env = contractFor(space, slow)
    const agent = await runAgent(space, { env })
    await waitForCopy(agent.descendants)
    slow.freeze()
    killTree(agent.pid, 'SIGKILL')
    expect(await agent.exit).toBe(137)
    expect(existsSync(agent.dataDir)).toBe(false)
    slow.thaw()
    const again = await runAgent(space, { env, sandbox: agent.sandbox })
    await again.waitForRow(await slow.insert())
    again.terminate('SIGTERM', 'script')
    expect(await again.exit, again.log()).toBe(0)
    expect(readdirSync(join(agent.sandbox, 'pgdata'))).toEqual([
      expect.stringMatching(/^claim\.\d+$/),
      'log',
      'replica',
    ])
  })

  async function waitForCopy(descendants: () => { readonly args: string }[]): Promise<void> {
    await waitFor('pg_basebackup', () => descendants().some((one) => /pg_basebackup .*-D/.test(one.args)))
  }
})

describe('a wait', () => {
  for (const shell of shells) {
    const needs = shell === 'dash' ? [] : (['namespace', shell] as const)
    testWith(needs, `for an absent master ends at once on SIGTERM, under ${shell}`, async () => {
      const env = contractFor(space, { port: await pickPort() }, { MASTER_WAIT: '3600' })
      const agent = await runAgent(space, { env, shell })
      await agent.waitForLog(/trying again[\s\S]*trying again/)
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(143)
      await expectNothingLeft(agent)
    })

    testWith(
      needs,
      `before a permanent failure ends at once on SIGTERM and keeps its code, under ${shell}`,
      async () => {
        const PGPASSFILE = join(space.dir, 'nowhere')
        const env = contractFor(space, master, { PGPASSFILE, EXIT_PAUSE: '3600' })
        const agent = await runAgent(space, { env, shell })
        await agent.waitForLog(/pausing/)
        agent.terminate('SIGTERM', 'script')
        expect(await agent.exit, agent.log()).toBe(77)
        await expectNothingLeft(agent)
      },
    )
  }
})

describe('a replica with 1 GB of dirty buffers', () => {
  testWith(['heavy'], 'ends within the grace and without QUIT', async () => {
    const big = await startMaster(space, {
      conf: [
        'shared_buffers = 1200MB',
        'max_wal_size = 8GB',
        'wal_keep_size = 4GB',
        'checkpoint_timeout = 1h',
        'bgwriter_lru_maxpages = 0',
      ],
    })
    const agent = await runAgent(space, { env: contractFor(space, big) })
    await agent.waitForRow(await big.insert())
    await big.sql(
      "CREATE UNLOGGED TABLE seed AS SELECT repeat('x', 1000) AS filler FROM generate_series(1, 1000)",
    )
    await big.sql('CREATE TABLE bulk (filler text)')
    for (let i = 0; i < 10; i++) {
      await big.sql('INSERT INTO bulk SELECT filler FROM seed CROSS JOIN generate_series(1, 100)')
    }
    // Only a checkpoint of the master gives the replica a point to flush to when it ends.
    await big.sql('CHECKPOINT')
    await agent.waitForRow(await big.insert())
    const start = Date.now()
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    // The default model's shutdown.fast; its kill grace is longer.
    expect(Date.now() - start).toBeLessThan(90_000)
    expect(agent.log()).not.toMatch(/immediate shutdown/)
    const points = [...agent.serverLog().matchAll(/restartpoint complete: wrote (\d+) buffers/g)]
    const wrote = points.at(-1)?.[1]
    expect(Number(wrote), 'dirty pages of 8 kB at the end').toBeGreaterThan(120_000)
    expect(await agent.state()).toBe('shut down in recovery')
  })
})

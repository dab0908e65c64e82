import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect } from 'vitest'
import { waitFor } from '../pair/harness/wait.js'
import { expectCleanEnd, expectNothingLeft, type Scene, testScene } from './scenario.js'

const shipped = readFileSync(new URL('../../marathon.json', import.meta.url), 'utf8')

describe('the shipped app', () => {
  testScene('byte for byte: a first clone', { agents: [{ stdin: 'data' }] }, async (scene) => {
    const { file, marathon, master, web, deploy, single, listening, agents } = scene
    expect(file).toBe(shipped)
    await deploy()
    const replica = single()
    await scene.waitForRow(replica)
    const { task, port } = replica
    expect(task.sandbox.length).toBeGreaterThan(200)
    expect(web.requests()).toContain('/postgres/run_rep.sh 200')
    expect(master.clones()).toBe(1)
    expect(await master.walsenders()).toMatchObject([
      { application_name: `postgres-replication@agent1:${port}`, state: 'streaming' },
    ])
    const [agent] = agents
    if (agent === undefined) throw new Error('no agent')
    // --enforce_container_ports would end a task that listens anywhere else.
    expect(new Set(await listening(agent))).toEqual(new Set([`0.0.0.0:${port}`, `[::]:${port}`]))
    expect(existsSync(join(task.sandbox, 'stdin-was-read'))).toBe(false)
    // All that have it share one place in it.
    expect(readFileSync(`/proc/${task.pid}/fdinfo/0`, 'utf8')).toMatch(/^pos:\t0$/m)
    expect(marathon.events.filter(({ update }) => update.state === 'TASK_RUNNING')).toHaveLength(2)

    await task.kill()
    await expectCleanEnd(scene, replica)
    expect(await scene.state(replica)).toBe('shut down in recovery')
  })

  testScene('a second agent, after the first one is lost', { agents: [{}, {}] }, async (scene) => {
    const { marathon, master, agents, deploy, single } = scene
    await deploy()
    const first = single()
    await first.agent.cutPower()
    await marathon.advance(100)
    await marathon.advanceUntil('deployed again', () => marathon.isDeployed())
    const second = single()
    expect(second.agent).toBe(agents.find((agent) => agent !== first.agent))
    expect(second.instance.id).not.toBe(first.instance.id)
    await scene.waitForRow(second)
    expect(master.clones()).toBe(2)
  })

  testScene(
    'the agent is drained: a clean end there, and a replica elsewhere',
    { agents: [{}, {}] },
    async (scene) => {
      const { marathon, deploy, single, connect } = scene
      await deploy()
      const first = single()
      const close = await connect(first)
      await first.agent.drain()
      close()
      await expectCleanEnd(scene, first)
      expect(first.task.updates.at(-1)).toMatchObject({ state: 'TASK_KILLED', isEscalated: false })
      expect(await scene.state(first)).toBe('shut down in recovery')
      await marathon.advanceUntil('deployed again', () => marathon.isDeployed())
      expect(single().agent).not.toBe(first.agent)
      await scene.waitForRow(single())
    },
  )

  testScene(
    'killed while it clones, by both launchers',
    { model: { app: { instances: 2 } }, agents: [{ launcher: 'linux' }, { launcher: 'posix' }] },
    async (scene) => {
      const { marathon, file, running } = scene
      await scene.slowDown(20)
      marathon.post(file)
      await waitFor('two clones that grow', () => {
        const clones = marathon.runningTasks().filter(({ sandbox }) => cloneOf(sandbox))
        return clones.length === 2
      })
      const replicas = running()
      await Promise.all(replicas.map(({ task }) => task.kill()))
      for (const replica of replicas) {
        await expectCleanEnd(scene, replica)
        expect(replica.task.updates.at(-1)).toMatchObject({ state: 'TASK_KILLED', isEscalated: false })
        // Nothing is left for the week that Mesos keeps the sandbox.
        const kept = readdirSync(join(replica.task.sandbox, 'pgdata')).filter(
          (name) => !/^claim\.\d+$/.test(name),
        )
        expect(kept).toEqual([])
      }
    },
  )
})

describe('a container that has too little memory', () => {
  testScene(
    'is destroyed as a whole, and the next task streams',
    { model: { app: { mem: 192 } } },
    async (scene) => {
      const { marathon, deploy, single, ask } = scene
      await deploy()
      const first = single()
      const greedy = "SELECT length(string_agg(repeat(n::text, 100), '')) FROM generate_series(1, 3000000) n"
      await expect(ask(first.agent, first.port, greedy)).rejects.toThrow()
      await expectNothingLeft(scene, first)
      expect(first.task.updates.at(-1)).toMatchObject({
        state: 'TASK_FAILED',
        message: 'Memory limit exceeded',
      })
      await streamAgain(scene, marathon.now() + 30)
    },
  )
})

async function streamAgain({ marathon, single, waitForRow }: Scene, notBefore: number): Promise<void> {
  await marathon.advanceUntil('deployed again', () => marathon.isDeployed())
  expect(single().instance.since).toBeGreaterThanOrEqual(notBefore)
  await waitForRow(single())
}

function cloneOf(sandbox: string): string | undefined {
  const store = join(sandbox, 'pgdata')
  if (!existsSync(store)) return undefined
  const clone = readdirSync(store).find((name) => name.startsWith('clone.'))
  return clone !== undefined && existsSync(join(store, clone, 'data/base')) ? clone : undefined
}

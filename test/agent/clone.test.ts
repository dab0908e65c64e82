import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect } from 'vitest'
import { signal } from '../pair/harness/processes.js'
import { waitFor } from '../pair/harness/wait.js'
import { patience } from './marathon.js'
import { expectCleanEnd, type Scene, testScene } from './scenario.js'

const shipped = readFileSync(new URL('../../marathon.json', import.meta.url), 'utf8')

testScene(
  'the shipped app, byte for byte: a first clone, and another one elsewhere when its agent is lost',
  { agents: [{}, {}] },
  async (scene) => {
    const { file, marathon, master, web, deploy, single, listening, agents } = scene
    expect(file).toBe(shipped)
    await deploy()
    const first = single()
    await scene.waitForRow(first)
    await scene.waitForStreams()
    const { task, port, agent } = first
    expect(task.sandbox.length).toBeGreaterThan(200)
    expect(web.requests()).toContain('/postgres/run_rep.sh 200')
    // --enforce_container_ports would end a task that listens anywhere else.
    expect(new Set(await listening(agent))).toEqual(new Set([`0.0.0.0:${port}`, `[::]:${port}`]))
    // All that have it share one place in it, and nobody reads it.
    expect(readFileSync(`/proc/${task.pid}/fdinfo/0`, 'utf8')).toMatch(/^pos:\t0$/m)
    expect(marathon.instances).toMatchObject([{ incarnation: 1 }])
    expect(master.clones()).toBe(1)

    await agent.cutPower()
    await marathon.advance(100)
    await marathon.advanceUntil('deployed again', () => marathon.isDeployed())
    const second = single()
    expect(second.agent).toBe(agents.find((one) => one !== agent))
    expect(second.instance.id).not.toBe(first.instance.id)
    await scene.waitForRow(second)
    expect(master.clones()).toBe(2)
  },
)

testScene('killed while it clones', {}, async (scene) => {
  await holdCopy(scene)
  const replica = scene.single()
  replica.task.kill()
  await expectCleanEnd(scene, replica)
  // Nothing but how it ended is left for the week that Mesos keeps the sandbox.
  const kept = readdirSync(join(replica.task.sandbox, 'pgdata')).filter(
    (name) => !/^(claim\.\d+|status)$/.test(name),
  )
  expect(kept).toEqual([])
})

// The time passes on the virtual clock, on which the health checks are run; that of the script goes on.
testScene(
  'a clone of a quarter of an hour is left alone by the health check of the shipped file',
  { model: { run: { stallLimit: 86_400 } } },
  async (scene) => {
    const { file, marathon, master, single } = scene
    expect(JSON.parse(file).healthChecks).toEqual(JSON.parse(shipped).healthChecks)
    const goOn = await holdCopy(scene)
    await marathon.advance(900)
    expect(single().instance).toMatchObject({ incarnation: 1, isHealthy: false })
    goOn()
    await marathon.advanceUntil('deployed', () => marathon.isDeployed())
    await scene.waitForRow(single())
    expect(marathon.instances).toMatchObject([{ incarnation: 1 }])
    expect(master.clones()).toBe(1)
  },
)

// Posts the file and stops the walsender of the copy that follows; gives the way to let it go on.
async function holdCopy({ file, marathon, master, running, slowDown }: Scene): Promise<() => void> {
  // At this rate it takes minutes.
  await slowDown(2)
  marathon.post(file)
  await waitFor('a copy', () => running().some(({ task }) => hasClone(task.sandbox)), patience)
  // The latest: the script looked at the size of a copy before.
  const backups = "SELECT pid FROM pg_stat_replication WHERE state = 'backup' ORDER BY backend_start DESC"
  const [copy] = await master.sql(backups)
  expect(signal(Number(copy?.pid), 'SIGSTOP')).toBe(true)
  await slowDown(1000)
  return () => signal(Number(copy?.pid), 'SIGCONT')
}

function hasClone(sandbox: string): boolean {
  const store = join(sandbox, 'pgdata')
  const names = existsSync(store) ? readdirSync(store) : []
  return names.some((name) => name.startsWith('clone.') && existsSync(join(store, name, 'data/base')))
}

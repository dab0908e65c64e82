import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { type Capability, serverBin, testWith } from '../pair/harness/capability.js'
import { clusterState } from '../pair/harness/control.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import type { Agent, AgentTask } from './agent.js'
import { type DataCentre, type DataCentreOptions, openDataCentre } from './data-centre.js'
import { type Instance, type Marathon, openMarathon, patience } from './marathon.js'

/** A data centre with a published model, and what a test asks of it. */
export interface Scene extends DataCentre {
  readonly marathon: Marathon
  /** The marathon.json of the model. */
  readonly file: string
  /** Posts the file and waits until Marathon calls it deployed. */
  deploy(): Promise<void>
  /** The only instance, with its task. */
  single(): Running
  running(): Running[]
  /** Waits until a new row of the master is on that replica. */
  waitForRow(running: Running): Promise<void>
  /** Waits until the master streams to each replica that runs and to no other, by their names. */
  waitForStreams(): Promise<void>
  /** What pg_controldata says of its cluster. */
  state(running: Running): Promise<string | undefined>
  /** Opens a connection that stays and does nothing, until the scene ends. */
  connect(running: Running): Promise<void>
  /** What the master's host lets out, in megabits a second. */
  slowDown(megabits: number): Promise<void>
}

export interface Running {
  readonly instance: Instance
  readonly task: AgentTask
  readonly agent: Agent
  readonly port: number
  /** PGDATA of the replica. */
  readonly dataDir: string
}

export interface SceneOptions extends DataCentreOptions {
  readonly model?: ReplicaInput
}

const needs: readonly Capability[] = ['root', 'network', 'cgroup', 'nginx', { tool: 'curl' }]

/** Declares a test that has a data centre of its own. */
export function testScene(title: string, options: SceneOptions, body: (scene: Scene) => Promise<void>): void {
  testWith(
    needs,
    title,
    async ({ onTestFinished }) => {
      const space = openSpace()
      // After a timeout, too, when the body still waits.
      onTestFinished(() => space.close(), patience)
      await body(await openScene(space, options))
    },
    2 * patience,
  )
}

/** Opens a data centre that lasts as long as the space. */
export async function openScene(space: Space, options: SceneOptions): Promise<Scene> {
  const centre = await openDataCentre(space, options)
  const { master, ask } = centre
  const file = centre.publish(options.model ?? {})
  const marathon = openMarathon(centre.agents)
  const running = () =>
    marathon.instances.flatMap((instance): Running[] => {
      const { agent, task, volume } = instance
      if (agent === undefined || task === undefined) return []
      const store =
        volume === undefined ? join(task.sandbox, 'pgdata') : agent.volumeDir(marathon.app(), volume)
      return [{ instance, task, agent, port: task.ports[0] ?? 0, dataDir: join(store, 'replica/data') }]
    })
  return {
    ...centre,
    marathon,
    file,
    running,
    deploy: async () => {
      marathon.post(file)
      await marathon.advanceUntil('deployed', () => marathon.isDeployed())
      // Who is called healthy takes connections, at once.
      for (const { agent, port } of running())
        expect(await ask(agent, port, 'SELECT pg_is_in_recovery()')).toEqual(['t'])
    },
    single: () => {
      const [only, ...more] = running()
      expect(more).toEqual([])
      if (only === undefined) throw new Error('nothing runs')
      return only
    },
    waitForRow: async ({ agent, port, task }) => {
      const row = await master.insert()
      await waitFor(
        () => `the row on ${agent.hostname}:${port}; the log:\n${task.output('stderr')}`,
        async () => (await ask(agent, port, `SELECT 1 FROM rows WHERE body = '${row}'`)).length === 1,
        patience,
      )
    },
    waitForStreams: async () => {
      const names = () =>
        running()
          .map(({ agent, port }) => `postgres-replication@${agent.hostname}:${port}`)
          .sort()
      let senders: string[] = []
      await waitFor(
        () => `streams to ${names()}; the master sends to ${senders}`,
        async () => {
          senders = (await master.walsenders()).map((row) => String(row.application_name)).sort()
          if (senders.join() !== names().join()) return false
          // The WAL beside a copy goes to the same name, and streams, too: only the replica knows what it is.
          for (const { agent, port } of running()) {
            const [status] = await ask(agent, port, 'SELECT status FROM pg_stat_wal_receiver')
            if (status !== 'streaming') return false
          }
          return true
        },
        patience,
      )
    },
    state: ({ dataDir }) => clusterState(dataDir),
    connect: async ({ agent, port }) => {
      const [word = '', ...words] = [...agent.host.words, `${serverBin}/psql`, '-X', '-q', '-h', '127.0.0.1']
      const name = `idle${process.hrtime.bigint()}`
      const address = `dbname=postgres user=postgres port=${port} application_name=${name}`
      const child = spawn(word, [...words, '-d', address], { stdio: ['pipe', 'ignore', 'ignore'] })
      space.track(() => void child.stdin.destroy())
      const sql = `SELECT 1 FROM pg_stat_activity WHERE application_name = '${name}'`
      await waitFor('the idle client', async () => (await ask(agent, port, sql)).length === 1, patience)
    },
    slowDown: async (megabits) => {
      const rate = `qdisc replace dev eth0 root tbf rate ${megabits}mbit burst 32kb latency 400ms`
      const [word = '', ...words] = centre.masterHost.words
      await execa(word, [...words, 'tc', ...rate.split(' ')])
    },
  }
}

/** Fails when a process of that task is left, or something listens on its port. */
export async function expectNothingLeft(scene: Scene, { agent, task, port }: Running): Promise<void> {
  await task.destroyed
  const others = task.others().map(({ pid, ppid, state, args }) => `${pid} ${ppid} ${state} ${args}`)
  expect(others).toEqual([])
  expect(await scene.listening(agent)).not.toContainEqual(expect.stringMatching(`:${port}$`))
}

/** The same, and that the task had ended all by itself, in time, so that the launcher found nothing to end. */
export async function expectCleanEnd(scene: Scene, running: Running): Promise<void> {
  await expectNothingLeft(scene, running)
  const left = running.task.left().map(({ pid, args }) => `${pid} ${args}`)
  expect(left, 'left to the launcher').toEqual([])
  expect(running.task.updates.at(-1)).toMatchObject({ state: 'TASK_KILLED', isEscalated: false })
}

/** Waits until another task of the only instance is healthy. */
export async function nextTask({ marathon, single }: Scene, { instance, task }: Running): Promise<Running> {
  await marathon.advanceUntil(
    'the next task',
    () => marathon.isDeployed() && marathon.instances[0]?.task !== task,
  )
  expect(single().instance.id === instance.id).toBe(instance.volume !== undefined)
  return single()
}

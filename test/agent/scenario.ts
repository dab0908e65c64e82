import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { ReplicaInput } from '../../generator/model/replica.js'
import { type Capability, serverBin, testWith } from '../pair/harness/capability.js'
import { clusterState } from '../pair/harness/control.js'
import { descendantsOf, type Process, signal } from '../pair/harness/processes.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import type { Agent, Task } from './agent.js'
import { type DataCentre, type DataCentreOptions, openDataCentre } from './data-centre.js'
import type { Instance } from './instance.js'
import { type Marathon, openMarathon } from './marathon.js'

/** A data centre with a published model, and what a test asks of it. */
export interface Scene extends DataCentre {
  readonly marathon: Marathon
  /** The marathon.json of the model. */
  readonly file: string
  /** Posts the file, or another one, and waits until Marathon calls it deployed. */
  deploy(file?: string): Promise<void>
  /** The only instance, with its task. */
  single(): Running
  running(): Running[]
  /** Waits until a new row of the master is on that replica. */
  waitForRow(running: Running): Promise<void>
  /** What pg_controldata says of its cluster. */
  state(running: Running): Promise<string | undefined>
  /** Opens a connection that stays and does nothing; gives the way to end it. */
  connect(running: Running): Promise<() => void>
  /** The processes of a task below the one that Mesos watches. */
  processes(running: Running): Process[]
  /** What the master's host lets out, in megabits a second. */
  slowDown(megabits: number): Promise<void>
}

export interface Running {
  readonly instance: Instance
  readonly task: Task
  readonly agent: Agent
  readonly port: number
  /** PGDATA of the replica. */
  readonly dataDir: string
}

export interface SceneOptions extends DataCentreOptions {
  readonly model?: ReplicaInput
  readonly needs?: readonly Capability[]
}

/** Declares a test that has a data centre of its own. */
export function testScene(
  title: string,
  options: SceneOptions,
  body: (scene: Scene) => Promise<void>,
  limit?: number,
): void {
  const needs: readonly Capability[] = ['root', 'network', 'cgroup', 'nginx', ...(options.needs ?? [])]
  testWith(
    needs,
    title,
    async ({ onTestFinished }) => {
      const space = openSpace()
      // After a timeout, too, when the body still waits.
      onTestFinished(() => space.close())
      await body(await openScene(space, options))
    },
    limit,
  )
}

/** Opens a data centre that lasts as long as the space. */
export async function openScene(space: Space, options: SceneOptions): Promise<Scene> {
  const centre = await openDataCentre(space, options)
  return makeScene(space, centre, centre.publish(options.model ?? {}))
}

function makeScene(space: Space, centre: DataCentre, file: string): Scene {
  const { agents, master, ask } = centre
  const marathon = openMarathon(agents)
  const running = () =>
    marathon.instances.flatMap((instance): Running[] => {
      const { agent, task } = instance
      if (agent === undefined || task === undefined) return []
      const [path, uuid] = Object.entries(instance.volumes)[0] ?? []
      const store =
        path === undefined || uuid === undefined
          ? join(task.sandbox, 'pgdata')
          : agent.volume(marathon.app(), path, uuid)
      return [{ instance, task, agent, port: task.ports[0] ?? 0, dataDir: join(store, 'replica/data') }]
    })
  return {
    ...centre,
    marathon,
    file,
    running,
    deploy: async (other = file) => {
      marathon.post(other)
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
      )
    },
    state: ({ dataDir }) => clusterState(dataDir),
    connect: async ({ agent, port }) => {
      const [word = '', ...words] = [...agent.host.words, `${serverBin}/psql`, '-X', '-q', '-h', '127.0.0.1']
      const name = `idle${process.hrtime.bigint()}`
      const address = `dbname=postgres user=postgres port=${port} application_name=${name}`
      const child = spawn(word, [...words, '-d', address], { stdio: ['pipe', 'ignore', 'ignore'] })
      space.track(() => void child.stdin.destroy())
      await waitFor('the idle client', async () => {
        const sql = `SELECT 1 FROM pg_stat_activity WHERE application_name = '${name}'`
        return (await ask(agent, port, sql)).length === 1
      })
      return () => child.stdin.end()
    },
    processes: ({ task }) => {
      const { pid } = task
      return pid === undefined ? [] : descendantsOf(pid)
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
  let isDestroyed = false
  void task.destroyed.then(() => {
    isDestroyed = true
  })
  const told = () => task.updates.map(({ state, message }) => `${state} ${message ?? ''}`).join('; ')
  const left = () => task.orphans().map(({ pid, ppid, state, args }) => `${pid} ${ppid} ${state} ${args}`)
  await waitFor(
    () => [`the end of the container; ${told()}`, ...left(), task.output('stderr')].join('\n'),
    () => isDestroyed,
  )
  expect(left()).toEqual([])
  expect(await scene.listening(agent)).not.toContainEqual(expect.stringMatching(`:${port}$`))
}

/** The same, and that the task had ended all by itself, so that the launcher found nothing to end. */
export async function expectCleanEnd(scene: Scene, running: Running): Promise<void> {
  await expectNothingLeft(scene, running)
  const left = running.task.leftToLauncher().map(({ pid, args }) => `${pid} ${args}`)
  expect(left, 'left to the launcher').toEqual([])
}

/** Sends a signal to the processes of a list. */
export function signalEach(processes: readonly Process[], name: NodeJS.Signals): void {
  for (const { pid } of processes) signal(pid, name)
}

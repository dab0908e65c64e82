import { expect } from 'vitest'
import { expectCleanEnd, expectNothingLeft, testScene } from './scenario.js'

const shells = ['dash', 'bash', 'busybox']
const launchers = ['linux', 'posix'] as const
const agents = shells.flatMap((shell) => launchers.map((launcher) => ({ shell, launcher })))

testScene(
  'killed while it serves an idle client, under dash, bash and BusyBox, by both launchers: a fast shutdown in time',
  { agents, model: { app: { instances: agents.length } }, master: { conf: ['max_wal_senders = 20'] } },
  async (scene) => {
    const { deploy, running, connect, marathon } = scene
    await deploy()
    const replicas = running()
    const clients = await Promise.all(replicas.map(connect))
    marathon.scale(0)
    const seen = replicas.map(async (replica) => {
      await expectCleanEnd(scene, replica)
      const last = replica.task.updates.at(-1)
      return [
        replica.agent.hostname,
        last?.state,
        last?.message,
        last?.isEscalated,
        await scene.state(replica),
      ]
    })
    const clean = ['TASK_KILLED', 'Command exited with status 0', false, 'shut down in recovery']
    expect((await Promise.all(seen)).sort()).toEqual(
      agents.map((_, index) => [`agent${index + 1}`, ...clean]),
    )
    for (const close of clients) close()
  },
)

// What the first word of cmd is for: Mesos watches the shell that it starts. dash stays in front of the last command,
// dies of the SIGTERM, and all the rest is killed a second later, whatever the kill grace says.
testScene(
  'without exec, under dash, Mesos takes the end of the shell for the end of the task',
  {},
  async (scene) => {
    const { file, deploy, single, connect } = scene
    await deploy(JSON.stringify({ ...JSON.parse(file), cmd: 'sh run_rep.sh' }))
    const replica = single()
    const close = await connect(replica)
    await replica.task.kill()
    await expectNothingLeft(scene, replica)
    close()
    expect(replica.task.updates.at(-1)).toMatchObject({ message: 'Command terminated with signal SIGTERM' })
  },
)

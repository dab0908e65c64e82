import { expect } from 'vitest'
import { replicatorPassword } from '../pair/harness/passfile.js'
import { signal } from '../pair/harness/processes.js'
import { isTerminal } from './agent.js'
import { expectNothingLeft, nextTask, testScene } from './scenario.js'

const greedy = "SELECT length(string_agg(repeat(n::text, 100), '')) FROM generate_series(1, 3000000) n"

testScene(
  'too little memory: the task ends as a whole, and the next one streams',
  { model: { task: { mem: 192 } } },
  async (scene) => {
    const { deploy, single, ask } = scene
    await deploy()
    const first = single()
    await expect(ask(first.agent, first.port, greedy)).rejects.toThrow()
    await expectNothingLeft(scene, first)
    expect(first.task.updates.at(-1)).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Memory limit exceeded',
    })
    await scene.waitForRow(await nextTask(scene, first))
  },
)

// Marathon's pauses are by the virtual clock, that of the script itself is not.
const hasty = { run: { exitPause: 0 } }
testScene(
  'a master that refuses: each task comes later than the one before',
  { model: hasty },
  async (scene) => {
    const { file, marathon, master, single } = scene
    const setPassword = (text: string) =>
      master.sql(`ALTER ROLE replicator PASSWORD '${text.replaceAll("'", "''")}'`)
    await setPassword('another')
    marathon.post(file)
    const updates = () => marathon.events.map(({ update }) => update)
    const ends = () => updates().filter(isTerminal)
    await marathon.advanceUntil('three failures', () => ends().length === 3)
    await setPassword(replicatorPassword)
    await marathon.advanceUntil('deployed', () => marathon.isDeployed())
    await scene.waitForRow(single())
    const refused = { state: 'TASK_FAILED', message: 'Command exited with status 77' }
    expect(ends()).toMatchObject([refused, refused, refused])
    const starts = updates().filter(({ state, healthy }) => state === 'TASK_RUNNING' && healthy === undefined)
    const pauses = ends().map(({ at }, index) => (starts[index + 1]?.at ?? 0) - at)
    expect(pauses).toEqual([30, 60, 120])
    expect(master.clones()).toBe(1)
  },
)

// The check itself takes its five seconds each time, so one failure has to do in place of five.
const model = { task: { health: { maxFailures: 1 } } }
testScene('a server that hangs is ended by its health check', { model }, async (scene) => {
  const { deploy, marathon, single } = scene
  await deploy()
  const first = single()
  const server = first.task.others().find(({ args }) => /^\S*\/postgres -D/.test(args))
  expect(signal(server?.pid ?? 0, 'SIGSTOP')).toBe(true)
  // There is one every 30 s.
  await marathon.advance(30)
  await expectNothingLeft(scene, first)
  expect(first.task.updates.at(-1)).toMatchObject({
    ...{ state: 'TASK_KILLED', healthy: false, isEscalated: false },
    message: 'Command exited with status 0',
  })
  expect(await scene.state(first)).toBe('shut down in recovery')
  await scene.waitForRow(await nextTask(scene, first))
})

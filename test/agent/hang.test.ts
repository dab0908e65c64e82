import { expect } from 'vitest'
import { testScene } from './scenario.js'

// The check itself takes its five seconds each time, so two failures have to do in place of five.
const model = { app: { health: { maxFailures: 2 } } }
testScene('a server that hangs is ended by its health check', { model }, async (scene) => {
  const { deploy, marathon, single, processes } = scene
  await deploy()
  const first = single()
  const server = processes(first).find(({ args }) => /^\S*postgres -D/.test(args))
  if (server === undefined) throw new Error('no server')
  process.kill(server.pid, 'SIGSTOP')

  // Every 30 s.
  await marathon.advance(30)
  expect(single().task).toBe(first.task)
  expect(first.instance.isHealthy).toBe(false)
  await marathon.advance(30)
  await marathon.advanceUntil('the kill', () => marathon.instances[0] !== first.instance, 0)
  const killed = marathon.events.find(({ update }) => update.state === 'TASK_KILLED')
  expect(killed?.update).toMatchObject({ healthy: false, isEscalated: false })
  expect(await scene.state(first)).toBe('shut down in recovery')

  await marathon.advanceUntil('deployed again', () => marathon.isDeployed())
  // One that its health check has killed costs no delay.
  expect(single().instance.since).toBe(killed?.at)
  await scene.waitForRow(single())
})

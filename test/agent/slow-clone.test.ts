import { describe, expect } from 'vitest'
import { testScene } from './scenario.js'

// A line so slow that the clone takes longer than what the test has to look at; the half hour passes on the virtual
// clock, on which the health checks are run.
const megabits = 2
const halfAnHour = 1800

describe('a clone of half an hour', () => {
  testScene('is left alone by the health check of the shipped file', {}, async (scene) => {
    const { file, marathon, master, single } = scene
    await scene.slowDown(megabits)
    marathon.post(file)
    await marathon.advance(halfAnHour)
    expect(single().instance).toMatchObject({ incarnation: 1, isHealthy: false })
    expect(single().task.output('stderr')).not.toMatch(/cloned \d+ MB/)
    await scene.slowDown(1000)
    await marathon.advanceUntil('deployed', () => marathon.isDeployed())
    await scene.waitForRow(single())
    expect(marathon.instances).toMatchObject([{ incarnation: 1 }])
    expect(master.clones()).toBe(1)
  })

  testScene("is ended again and again by Marathon's defaults", {}, async (scene) => {
    const { file, marathon } = scene
    await scene.slowDown(megabits)
    const { healthChecks, ...rest } = JSON.parse(file)
    const [{ protocol, command }] = healthChecks
    marathon.post(JSON.stringify({ ...rest, healthChecks: [{ protocol, command }] }))
    // Checks at 15, 75 … 255 s fall into the grace of 300 s; those at 315, 375 and 435 s are the three failures.
    await marathon.advance(434)
    expect(marathon.events.map(({ update }) => update.state)).not.toContain('TASK_KILLED')
    await marathon.advance(1)
    await marathon.advanceUntil(
      'the kill',
      () => marathon.instances.some(({ task }) => task === undefined),
      0,
    )
    expect(marathon.events.at(-1)?.update).toMatchObject({ state: 'TASK_KILLED', healthy: false, at: 435 })
  })
})

import { afterAll, beforeAll, expect } from 'vitest'
import { missing, testWith } from '../pair/harness/capability.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { blows, draw, seed, shellsToTry, steps } from './draw.js'
import { type Outcome, undergo } from './ordeal.js'
import { openStage, type Stage } from './stage.js'

// npm run test:crash -- --runs N --seed S [--only K] [--shells "S…"] (test/crash/run.sh)
const runs = Number(process.env.CRASH_RUNS ?? 12)
const only = process.env.CRASH_ONLY
const shells = shellsToTry.filter((tool) => !missing({ tool }))

let space: Space
let stage: Stage
beforeAll(() => {
  space = openSpace()
  stage = openStage(space)
})
afterAll(async () => {
  await stage.close()
  await space.close()
})

testWith(
  ['root', 'namespace'],
  `killed anywhere and run again, it streams: ${runs} runs, seed ${seed}`,
  async () => {
    const numbers = only === undefined ? Array.from({ length: runs }, (_, index) => index) : [Number(only)]
    const outcomes: Outcome[] = []
    const failures: string[] = []
    for (const number of numbers) {
      const drawn = draw(seed, number, shells)
      try {
        outcomes.push(await undergo(space, stage, drawn))
      } catch (error) {
        failures.push(`seed ${seed}, ${error instanceof Error ? error.message : String(error)}`)
        process.stdout.write(`${failures.at(-1)}\n`)
      }
    }
    process.stdout.write(`${report(numbers.length, outcomes)}\n`)
    expect(failures).toEqual([])
  },
  300_000 + runs * 300_000,
)

function report(count: number, outcomes: readonly Outcome[]): string {
  const times = outcomes.map(({ milliseconds }) => milliseconds).sort((a, b) => a - b)
  const hits = outcomes.flatMap((outcome) => outcome.hits)
  const table = blows.map((blow) => {
    const counts = steps.map((step) => hits.filter((hit) => hit.blow === blow && hit.step === step).length)
    return `${blow.padEnd(20)}${counts.map((n) => String(n).padStart(6)).join('')}`
  })
  return [
    `crash sweep, seed ${seed}: ${count} runs, ${outcomes.length} converged, ${hits.length} blows;`,
    `streams again after ${times[times.length >> 1]} ms (median), ${times.at(-1)} ms (worst)`,
    `${'blow while in'.padEnd(20)}${steps.map((step) => step.slice(0, 5).padStart(6)).join('')}`,
    ...table,
  ].join('\n')
}

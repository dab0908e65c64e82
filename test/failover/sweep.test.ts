import { afterAll, beforeAll, expect } from 'vitest'
import { testWith } from '../pair/harness/capability.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { blows, draw } from './draw.js'
import { type Outcome, undergo } from './ordeal.js'

// npm run test:failover -- --runs N --seed S [--only K] (test/failover/run.sh)
const runs = Number(process.env.FAILOVER_RUNS ?? 20)
const seed =
  process.env.FAILOVER_SEED === 'new'
    ? Math.floor(Math.random() * 1_000_000)
    : Number(process.env.FAILOVER_SEED ?? 1)
const only = process.env.FAILOVER_ONLY

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

testWith(
  ['root', 'namespace', 'network'],
  `whatever happens to its masters, it follows the right one or refuses rightly: ${runs} runs, seed ${seed}`,
  async () => {
    const numbers = only === undefined ? Array.from({ length: runs }, (_, index) => index) : [Number(only)]
    const outcomes: Outcome[] = []
    const failures: string[] = []
    const queue = [...numbers]
    const work = async () => {
      for (let number = queue.shift(); number !== undefined; number = queue.shift()) {
        const room = openSpace()
        try {
          outcomes.push(await undergo(room, draw(seed, number)))
        } catch (error) {
          failures.push(`seed ${seed}, ${error instanceof Error ? error.message : String(error)}`)
          process.stdout.write(`${failures.at(-1)}\n`)
        } finally {
          await room.close()
        }
      }
    }
    // They wait for timeouts most of the time.
    await Promise.all([work(), work(), work()])
    process.stdout.write(`${report(numbers.length, outcomes)}\n`)
    expect(failures).toEqual([])
  },
  600_000 + runs * 300_000,
)

function report(count: number, outcomes: readonly Outcome[]): string {
  const struck = outcomes.flatMap((outcome) => outcome.struck)
  const ends = outcomes.flatMap((outcome) => outcome.ends)
  const counts = blows.map((blow) => `${blow} ${struck.filter((one) => one === blow).length}`)
  return [
    `failover sweep, seed ${seed}: ${count} runs, ${outcomes.length} ended as they should;`,
    `replicas: ${ends.filter((end) => end === 'follows').length} follow, ${ends.filter((end) => end === 'refuses').length} refuse`,
    `blows: ${counts.join(', ')}`,
  ].join('\n')
}

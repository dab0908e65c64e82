import { builtinSteps } from '../../generator/model/builtin-steps.js'
import { pickOne, randomOf } from '../random.js'

/** What happens to a life of the script at one instant. */
export const blows = [
  'kill script',
  'kill pg_basebackup',
  'kill postmaster',
  'kill everything',
  'TERM script',
  'TERM everything',
  'stop, then kill',
  'stop, then go on',
] as const
export type Blow = (typeof blows)[number]

export const sources = ['master', 'tablespace', 'cascade'] as const
export type Source = (typeof sources)[number]

/** Every step of the script, in its order; a blow falls right before one of them, or some milliseconds after it began. */
export const steps: readonly string[] = builtinSteps.map(({ name }) => name)

/** What /bin/sh may be: `--shells` of test/crash/run.sh. */
export const shellsToTry: readonly string[] = (
  process.env.CRASH_SHELLS ?? 'dash bash busybox mksh yash'
).split(' ')

/** By this one three runs meet each blow and each source. */
const seedOfThinSlice = 1339

/** A few runs are always the same, so that what they say depends on the script alone; `new` is for many. */
export const seed =
  process.env.CRASH_SEED === 'new'
    ? Math.floor(Math.random() * 1_000_000)
    : Number(process.env.CRASH_SEED ?? seedOfThinSlice)

/** Each run begins at another step, so that few runs hit them all; where most is at stake comes first. */
const gravest = ['clone', 'serve', 'configure']
const firstSteps = [...gravest, ...steps.filter((step) => !gravest.includes(step))]

export interface Strike {
  readonly blow: Blow
  readonly step: string
  readonly delay: number
  /** Milliseconds before the next run begins, or for which the tree is stopped. */
  readonly pause: number
}

export interface Draw {
  readonly number: number
  readonly source: Source
  readonly shell: string
  /** Each task has a sandbox of its own, and the data lies on a volume; else all is in one sandbox. */
  readonly hasVolume: boolean
  /** The number in a stale postmaster.pid is given to a stranger of the same user. */
  readonly hasStranger: boolean
  /** It answers before its clone is on disk (run.durability). */
  readonly answersFirst: boolean
  readonly strikes: readonly Strike[]
}

/** The same for the same seed and number, whatever else was drawn. */
export function draw(seed: number, number: number, shells: readonly string[]): Draw {
  const random = randomOf(seed * 100_003 + number)
  const pick = <T>(items: readonly T[]): T => pickOne(random, items)
  const first = firstSteps[number % firstSteps.length] ?? 'serve'
  const strikes = Array.from({ length: 1 + Math.floor(random() * 3) }, (_, index): Strike => {
    const blow = pick(blows.filter((one) => index === 0 || one !== 'kill pg_basebackup'))
    const aimed = index === 0 ? first : pick(steps)
    const step = blow === 'kill pg_basebackup' ? 'clone' : blow === 'kill postmaster' ? 'serve' : aimed
    const width = pick([1, 5, 60, step === 'serve' ? 2_500 : 500])
    return {
      blow,
      step,
      delay: Math.floor(random() * width),
      pause: pick([0, 0, Math.floor(random() * 600)]),
    }
  })
  return {
    number,
    source: pick(['master', 'master', 'tablespace', 'cascade'] as const),
    shell: random() < 0.5 ? 'dash' : pick(shells),
    hasVolume: random() < 0.5,
    hasStranger: random() < 0.5,
    answersFirst: random() < 0.5,
    strikes,
  }
}

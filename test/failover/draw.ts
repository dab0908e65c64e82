import { pickOne, randomOf } from '../random.js'

/** What happens to a fleet at one instant. */
export const blows = [
  'write',
  'forget WAL',
  'crash, promote',
  'split, promote',
  'isolate, promote',
  'stop, promote',
  'crash, start',
  'old one returns',
  'rebuild',
  'freeze',
  'thaw',
  'cut replica',
  'join replica',
  'cut server',
  'join server',
  'kill replica',
  'restart replica',
  'move',
] as const
export type Blow = (typeof blows)[number]

/** Each as often as it stands here: what a fleet lives through most, is a promotion of some kind. */
const urn: readonly Blow[] = [
  ...blows,
  ...(['write', 'write', 'crash, promote', 'split, promote', 'isolate, promote', 'stop, promote'] as const),
  ...(['old one returns', 'old one returns', 'restart replica', 'kill replica', 'rebuild'] as const),
]

export interface Draw {
  readonly number: number
  readonly servers: number
  readonly policies: readonly ['fail' | 'reclone', 'fail' | 'reclone']
  readonly slots: boolean
  /** Only then may WAL be gone. */
  readonly forgets: boolean
  /** The order of the hosts that each replica is given. */
  readonly order: readonly number[]
  readonly blows: readonly { readonly blow: Blow; readonly at: number; readonly pause: number }[]
}

/** The same for the same seed and number, whatever else was drawn. */
export function draw(seed: number, number: number): Draw {
  const random = randomOf(seed * 100_003 + number)
  const pick = <T>(items: readonly T[]): T => pickOne(random, items)
  const servers = pick([2, 3])
  const policy = () => pick(['fail', 'reclone'] as const)
  const forgets = random() < 0.3
  const order = Array.from({ length: servers }, (_, index) => index)
  if (random() < 0.5) order.reverse()
  const count = 3 + Math.floor(random() * 5)
  return {
    number,
    servers,
    policies: [policy(), policy()],
    slots: random() < 0.4,
    forgets,
    order,
    blows: Array.from({ length: count }, () => ({
      blow: pick(forgets ? urn : urn.filter((blow) => blow !== 'forget WAL')),
      at: Math.floor(random() * 6),
      pause: pick([0, 0, 300, 1_500, 4_000]),
    })),
  }
}

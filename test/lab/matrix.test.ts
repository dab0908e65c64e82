import { afterEach, beforeEach, describe, expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { buildQuickScript } from '../pair/harness/build-script.js'
import { testWith } from '../pair/harness/capability.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import {
  archiveOf,
  followPromoted,
  hostsOf,
  live,
  liveBehind,
  liveFromArchive,
  liveWithoutSlot,
  liveWithSlots,
  openPair,
} from './cell.js'
import { cells } from './cells.js'
import { expectControl } from './control.js'
import { partsOf } from './host.js'
import { liveSafely } from './libpq.js'
import { livePublished } from './published.js'
import { record, versionsOf } from './record.js'
import { liveRewound } from './rewound.js'
import { liveUpgraded } from './upgraded.js'

// npm run test:matrix (test/lab/run.sh); within npm test the slice, and the part that CI names.
const wanted = process.env.MATRIX_GROUPS?.split(' ')
const part = process.env.MATRIX_PART?.split(' ') ?? []
const chosen = cells.filter(({ group, isSlice }) =>
  wanted ? wanted.includes(group) : isSlice || part.includes(group),
)

let space: Space
beforeEach(() => {
  space = openSpace()
})
afterEach(() => space.close())

describe.each([...new Set(chosen.map(({ group }) => group))])('%s', (group) => {
  for (const cell of chosen.filter((one) => one.group === group)) {
    testWith(
      [{ lab: Object.values(hostsOf(cell)).flatMap(partsOf) }],
      cell.name,
      async () => {
        const model: ReplicaInput = cell.isArchived
          ? { ...cell.model, restore: { from: 'directory', path: archiveOf(space) } }
          : { ...cell.model }
        const pair = await openPair(space, {
          ...cell,
          script: buildQuickScript(space, { onCollation: 'refuse', ...cell.model?.run }, model),
        })
        const versions = await versionsOf(cell, pair)
        if (cell.major < 12) await expectControl(pair, cell.major)
        if (cell.isRefused) {
          const [code, words] = cell.isRefused
          const life = await pair.run()
          expect(await life.exit, life.log()).toBe(code)
          expect(life.log()).toMatch(words)
          if (cell.locale === undefined) expect(life.log()).not.toMatch(/pg_basebackup/)
        } else if (cell.isDelayed) {
          await liveBehind(pair, cell)
        } else if (cell.isArchived) {
          await liveFromArchive(pair)
        } else if (cell.isPublished) {
          await livePublished(space, pair, cell)
        } else if (cell.upgradesTo !== undefined) {
          await liveUpgraded(space, pair, cell.major, cell.upgradesTo)
        } else if (cell.keepsSlots) {
          await liveWithSlots(pair)
        } else if (cell.losesSlot) {
          await liveWithoutSlot(pair, cell.major)
        } else if (cell.rewinds) {
          await liveRewound(space, pair, cell, model)
        } else if (pair.tls) {
          await liveSafely(pair, pair.tls, cell)
        } else {
          await live(pair, cell)
          if (cell.isFollowing) await followPromoted(space, pair, cell.major)
        }
        record(cell, versions)
      },
      600_000,
    )
  }
})

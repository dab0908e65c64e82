import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, listTree, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'
import { copyVolume, makeReplica, makeVolume } from './harness/volume.js'

let space: Space
let master: Master
let stopped: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  stopped = await makeReplica(space, master)
})
afterAll(() => space.close())

const start = (PGDATA_DIR: string) => runAgent(space, { env: contractFor(space, master, { PGDATA_DIR }) })

async function finish(agent: Agent): Promise<void> {
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

/** What a volume, a file server, a kernel, a desktop or an operator puts there. */
const files = ['.nfs000000000001', 'core.123', '.DS_Store', 'aquota.user', '.notes', 'core', '#recycle']
const directories = ['.snapshot', '.Trash', 'lost+found', '@eaDir', '.Trash-1000', 'replica.old']

function litter(volume: string): string[] {
  for (const name of files) writeFileSync(join(volume, name), 'not ours')
  for (const name of directories) {
    mkdirSync(join(volume, name))
    writeFileSync(join(volume, name, 'inside'), 'not ours')
  }
  return [...files, ...directories]
}

const strangers = (volume: string, names: readonly string[]) =>
  listTree(volume).filter((line) => names.some((name) => line.startsWith(name)))

describe('what is not ours and not in the way is left alone and told,', () => {
  testWith([], 'beside a finished replica, whatever its name', async () => {
    const volume = await copyVolume(space, stopped)
    const names = [...litter(volume), 'notes.txt', 'other']
    writeFileSync(join(volume, 'notes.txt'), 'not ours')
    mkdirSync(join(volume, 'other'))
    const before = strangers(volume, names)
    const clones = master.clones()
    const agent = await start(volume)
    await finish(agent)
    expect(master.clones()).toBe(clones)
    expect(agent.log()).toMatch(/files that this script did not make are left alone in .*: .*core\.123/)
    expect(agent.log().match(/left alone/g)).toHaveLength(1)
    expect(strangers(volume, names)).toEqual(before)
  })

  testWith([], 'in a new volume, where the names come by themselves', async () => {
    const volume = makeVolume(space)
    const names = litter(volume)
    const before = strangers(volume, names)
    await finish(await start(volume))
    expect(strangers(volume, names)).toEqual(before)
  })
})

testWith(
  [],
  'the command by which the log advises to move it away, clones again on the same volume',
  async () => {
    const volume = await copyVolume(space, stopped)
    writeFileSync(join(volume, 'replica/data/PG_VERSION'), '14\n')
    const refused = await start(volume)
    expect(await refused.exit, refused.log()).toBe(65)
    const [, advised = ''] = /run "(mv [^"]+)" and restart the task to clone again/.exec(refused.log()) ?? []
    await execa('sh', ['-c', advised], { cwd: '/' })
    const clones = master.clones()
    await finish(await start(volume))
    expect(master.clones()).toBe(clones + 1)
    expect(readFileSync(join(volume, 'replica.old/data/PG_VERSION'), 'utf8')).toBe('14\n')
    expect(readdirSync(volume).sort()).toEqual([
      expect.stringMatching(/^claim\./),
      'log',
      'replica',
      'replica.old',
      'status',
    ])
  },
)

describe('what is in the way is refused with 65 and not touched:', () => {
  const cases: readonly [string, (volume: string) => void, RegExp][] = [
    [
      'a directory that somebody uses, without a trace of us',
      (volume) => {
        mkdirSync(join(volume, 'Documents'))
        writeFileSync(join(volume, '.profile'), '')
      },
      /contains .*Documents and nothing of this script: PGDATA_DIR must be a directory of its own/,
    ],
    [
      'a data directory that this script did not make',
      (volume) => writeFileSync(join(volume, 'PG_VERSION'), '15\n'),
      /is itself a data directory/,
    ],
    [
      'a replica that is not ours',
      (volume) => mkdirSync(join(volume, 'replica')),
      /replica is not a clone that this script finished/,
    ],
    [
      'a directory called as a claim',
      (volume) => mkdirSync(join(volume, 'claim.5')),
      /this script did not make .*claim\.5/,
    ],
    [
      'a directory called as a sign of life',
      (volume) => mkdirSync(join(volume, 'beat.5')),
      /this script did not make .*beat\.5/,
    ],
    [
      'a file called as the log',
      (volume) => writeFileSync(join(volume, 'log'), ''),
      /this script did not make .*log/,
    ],
  ]
  for (const [title, make, words] of cases) {
    testWith([], title, async () => {
      const volume = makeVolume(space)
      make(volume)
      const tree = listTree(volume)
      const agent = await start(volume)
      expect(await agent.exit, agent.log()).toBe(65)
      expect(agent.log()).toMatch(words)
      expect(listTree(volume)).toEqual(tree)
    })
  }
})

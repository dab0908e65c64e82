import {
  chmodSync,
  chownSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { findUser, serverUser } from './harness/identity.js'
import { launch } from './harness/launch.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

/** A task that root starts, as whom it finds the directory for its data. */
const start = (PGDATA_DIR: string, over: Environment = {}, args: readonly string[] = []) =>
  runAgent(space, { env: contractFor(space, master, { PGDATA_DIR, ...over }), args })

async function finish(agent: Agent): Promise<void> {
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

/** An empty directory that belongs to somebody. */
function makeDir(owner: { uid: number; gid: number }, mode = 0o755): string {
  const dir = mkdtempSync(join(space.dir, 'place-'))
  chownSync(dir, owner.uid, owner.gid)
  chmodSync(dir, mode)
  return dir
}
const root = { uid: 0, gid: 0 }

describe('as root, a directory for the data', () => {
  testWith(['root'], 'that is missing, in a place of root, is made and handed over', async () => {
    const dir = join(makeDir(root), 'far', 'away')
    await finish(await start(dir))
    expect(statSync(dir).uid).toBe(serverUser().uid)
    expect(statSync(join(dir, '..')).uid).toBe(0)
  })

  testWith(['root'], 'that is empty and of root, as a new volume, is handed over', async () => {
    const dir = makeDir(root)
    mkdirSync(join(dir, 'lost+found'), { mode: 0o700 })
    await finish(await start(dir))
    expect(statSync(dir).uid).toBe(serverUser().uid)
    expect(statSync(join(dir, 'lost+found')).uid).toBe(0)
  })

  testWith(
    ['root'],
    "that a link of root's own leads to is handed over, and the link stays root's",
    async () => {
      const dir = makeDir(root)
      const link = join(makeDir(root), 'link')
      symlinkSync(dir, link)
      await finish(await start(link))
      expect(statSync(dir).uid).toBe(serverUser().uid)
      expect(lstatSync(link).uid).toBe(0)
    },
  )

  testWith(['root'], 'that is missing, in a place of RUN_USER, is made by RUN_USER', async () => {
    const dir = join(makeDir(serverUser()), 'a', 'b')
    await finish(await start(dir))
    expect(statSync(join(dir, '..')).uid).toBe(serverUser().uid)
  })

  const sticky = 0o1777
  for (const [title, owner, mode] of [
    ['RUN_USER', serverUser, 0o755],
    ['anybody (sticky)', () => root, sticky],
    ['anybody', () => root, 0o777],
  ] as const) {
    for (const below of ['', '/below'] as const) {
      testWith(['root'], `that a link in a place of ${title} leads to${below} is not: 77`, async () => {
        const target = makeDir(root)
        const place = makeDir(owner(), mode)
        symlinkSync(target, join(place, 'link'))
        const agent = await start(join(place, `link${below}`))
        expect(await agent.exit, agent.log()).toBe(77)
        expect(agent.log()).toMatch(/DATA_DIR/)
        expect(statSync(target).uid).toBe(0)
        expect(readdirSync(target)).toEqual([])
      })
    }
  }

  testWith(['root'], "that a link of root's leads to, by a place of RUN_USER, is not: 77", async () => {
    const place = makeDir(serverUser())
    const target = join(place, 'empty')
    mkdirSync(target)
    const link = join(makeDir(root), 'link')
    symlinkSync(target, link)
    const agent = await start(link)
    expect(await agent.exit, agent.log()).toBe(77)
    expect(statSync(target).uid).toBe(0)
  })

  testWith(
    ['root'],
    'that a link takes the place of, again and again, is never a directory of root',
    async () => {
      const target = makeDir(root)
      const place = makeDir(serverUser())
      const { uid, gid } = serverUser()
      const swap = `cd ${place} && while :; do mkdir -p data; rmdir data; ln -s ${target} data; rm data; done`
      const rival = launch({
        words: ['setpriv', `--reuid=${uid}`, `--regid=${gid}`, '--clear-groups', '--', 'sh', '-c', swap],
        cwd: '/',
        env: { PATH: process.env.PATH ?? '' },
        stdout: '/dev/null',
        stderr: '/dev/null',
      })
      space.track(() => {
        process.kill(rival.pid, 'SIGKILL')
      })
      for (let round = 0; round < 5; round++) {
        const agent = await start(join(place, 'data'), { EXIT_PAUSE: '0' })
        // Root's part is over then.
        await agent.waitForLog(/found in|exit \d+\)/)
        agent.terminate('SIGTERM', 'script')
        await agent.exit
        expect(statSync(target).uid).toBe(0)
      }
      expect(readdirSync(target)).toEqual([])
    },
  )
})

describe('health, ready and preflight as root', () => {
  testWith(['root', 'nobody'], 'answer as RUN_USER, and touch nothing that has their names', async () => {
    const agent = await runAgent(space, { env: contractFor(space, master) })
    await agent.waitForRow(await master.insert())
    const { sandbox, port } = agent
    const nobody = findUser('nobody') ?? root
    const tmp = makeDir(root, 0o1777)
    const prey = makeDir(serverUser())
    writeFileSync(join(prey, 'prey'), 'mine')
    const env = contractFor(space, master, { TMPDIR: tmp })
    // Of each number that comes next, one way or the other.
    for (let pid = agent.pid; pid < agent.pid + 3000; pid++) {
      const name = join(tmp, `run_rep.${pid}`)
      if (pid % 2 === 0) symlinkSync(prey, name)
      else {
        mkdirSync(name)
        writeFileSync(join(name, 'run_rep.mark'), '')
        chownSync(name, nobody.uid, nobody.gid)
      }
    }
    const before = readdirSync(tmp).length
    for (const args of [['health'], ['ready'], ['preflight']]) {
      const asked = await runAgent(space, { env, sandbox, port, args, ownLog: true })
      expect(await asked.exit, asked.log()).toBe(0)
    }
    expect(existsSync(join(prey, 'prey'))).toBe(true)
    expect(readdirSync(prey)).toEqual(['prey'])
    expect(readdirSync(tmp)).toHaveLength(before)
    await finish(agent)
  })
})

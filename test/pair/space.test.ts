import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, listTree, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Disk, mountDisk } from './harness/disk.js'
import { openGate } from './harness/gate.js'
import { serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let master: Master
const scripts = { fail: '', reclone: '' }
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  scripts.fail = buildQuickScript(space)
  scripts.reclone = buildQuickScript(space, { onDiverged: 'reclone' })
})
afterAll(() => space.close())

const start = (disk: Disk, policy: keyof typeof scripts = 'fail', of: Pick<Master, 'port'> = master) =>
  runAgent(space, { env: contractFor(space, of, { PGDATA_DIR: disk.dir }), script: scripts[policy] })

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

async function makeReplica(disk: Disk): Promise<void> {
  const agent = await start(disk)
  await agent.waitForRow(await master.insert())
  await stop(agent)
}

async function expectFull(agent: Agent, words: RegExp): Promise<void> {
  expect(await agent.exit, agent.log()).toBe(73)
  expect(agent.log()).toMatch(words)
  expect(agent.log()).toMatch(/what to do: .*\(NO_SPACE, exit 73\)/)
  await expectNothingLeft(agent)
}

/** Our clones, and not what each run leaves: its claim, and what its server logged. */
const copies = (disk: Disk) => readdirSync(disk.dir).filter((name) => !/^(claim\.\d+|log|status)$/.test(name))

describe('before a clone', () => {
  testWith(['root'], 'a disk that is too small is 73 at once', async () => {
    const disk = await mountDisk(space, { megabytes: 60 })
    const clones = master.clones()
    await expectFull(await start(disk), /has only \d+ MB left; \d+ MB are needed/)
    expect(master.clones()).toBe(clones)
    expect(copies(disk)).toEqual([])
  })

  testWith(['root'], 'a disk with too few inodes is 73 at once', async () => {
    const disk = await mountDisk(space, { megabytes: 300, inodes: 800 })
    const clones = master.clones()
    await expectFull(await start(disk), /has only \d+ inodes left; a clone needs at least \d+/)
    expect(master.clones()).toBe(clones)
    expect(copies(disk)).toEqual([])
  })

  testWith(
    ['root'],
    'preflight, which does not ask how large it will be, says so of one too small for any',
    async () => {
      const disk = await mountDisk(space, { megabytes: 40 })
      const env = contractFor(space, master, { PGDATA_DIR: disk.dir })
      const agent = await runAgent(space, { env, args: ['preflight'] })
      await expectFull(agent, /MB are needed/)
      expect(copies(disk)).toEqual([])
    },
  )

  testWith(['root'], 'what an unfinished clone took is given back first', async () => {
    const disk = await mountDisk(space, { megabytes: 200 })
    const left = join(disk.dir, 'clone.4')
    mkdirSync(join(left, 'data'), { recursive: true })
    writeFileSync(join(left, 'run_rep.mark'), '')
    await execa('dd', ['if=/dev/zero', `of=${join(left, 'data/big')}`, 'bs=1M', 'count=150'], {
      stdio: 'ignore',
    })
    await execa('chown', ['-R', serverUser().name, left])
    const agent = await start(disk)
    await agent.waitForRow(await master.insert())
    await stop(agent)
    expect(copies(disk)).toEqual(['replica'])
  })
})

describe('a disk that becomes full', () => {
  testWith(
    ['root'],
    'while it is cloned to is 73, and the copy is removed; with room the next run streams',
    async () => {
      const disk = await mountDisk(space, { megabytes: 300 })
      const gate = await openGate(space, master)
      gate.hold()
      const agent = await start(disk, 'fail', gate)
      await gate.waitForCopy()
      await disk.fill(1)
      gate.release()
      await expectFull(agent, /No space left on device/)
      expect(copies(disk)).toEqual([])
      await disk.free()
      const next = await start(disk, 'fail', gate)
      await next.waitForRow(await master.insert())
      await stop(next)
    },
  )

  testWith(
    ['root'],
    'while a replica serves is 73; with room the next run streams without a copy',
    async () => {
      const disk = await mountDisk(space, { megabytes: 300 })
      const agent = await start(disk)
      await agent.waitForRow(await master.insert())
      const clones = master.clones()
      await disk.fill()
      for (let file = 0; file < 4; file += 1) {
        await master.insert()
        await master.sql('SELECT pg_switch_wal()')
      }
      await expectFull(agent, /MB left/)
      // Nor does the next run begin what cannot go on.
      await expectFull(await start(disk), /MB/)
      await disk.free()
      const next = await start(disk)
      await next.waitForRow(await master.insert())
      await stop(next)
      expect(master.clones()).toBe(clones)
    },
  )

  testWith(['root'], 'to the last inode is 73, and nothing is lost', async () => {
    const disk = await mountDisk(space, { megabytes: 300, inodes: 4_000 })
    await makeReplica(disk)
    const clones = master.clones()
    const names: string[] = []
    try {
      for (;;) {
        const name = join(disk.root, `inode-${names.length}`)
        writeFileSync(name, '')
        names.push(name)
      }
    } catch (error) {
      expect(String(error)).toMatch(/ENOSPC/)
    }
    const tree = listTree(join(disk.dir, 'replica'))
    await expectFull(await start(disk), /inode/)
    expect(listTree(join(disk.dir, 'replica'))).toEqual(tree)
    await execa('rm', ['-f', ...names])
    const next = await start(disk)
    await next.waitForRow(await master.insert())
    await stop(next)
    expect(master.clones()).toBe(clones)
  })
})

describe('data that is to be replaced', () => {
  testWith(['root'], 'goes before its replacement comes if there is no room for both', async () => {
    const disk = await mountDisk(space, { megabytes: 100 })
    await makeReplica(disk)
    writeFileSync(join(disk.dir, 'replica/outdated'), 'the data is behind\n1\nreclone\n')
    const agent = await start(disk, 'reclone')
    await agent.waitForLog(/no room for two copies/)
    await agent.waitForRow(await master.insert())
    await stop(agent)
    expect(copies(disk)).toEqual(['replica'])
  })

  testWith(['root'], 'stays if there would be no room without it either', async () => {
    const disk = await mountDisk(space, { megabytes: 110 })
    await makeReplica(disk)
    writeFileSync(join(disk.dir, 'replica/outdated'), 'the data is behind\n1\nreclone\n')
    await disk.fill(2)
    const tree = listTree(join(disk.dir, 'replica'))
    await expectFull(await start(disk, 'reclone'), /MB of old data; \d+ MB are needed/)
    expect(listTree(join(disk.dir, 'replica'))).toEqual(tree)
  })
})

describe('the agent', () => {
  testWith(['root'], 'whose disk is read-only is told so, and its data is kept', async () => {
    const disk = await mountDisk(space, { megabytes: 300 })
    await makeReplica(disk)
    const tree = listTree(disk.dir)
    await disk.remount('ro')
    const agent = await start(disk)
    expect(await agent.exit, agent.log()).toBe(77)
    expect(agent.log()).toMatch(/may not write to .*Read-only file system/)
    expect(listTree(disk.dir)).toEqual(tree)
    await disk.remount('rw')
    const next = await start(disk)
    await next.waitForRow(await master.insert())
    await stop(next)
  })

  testWith(['root', 'namespace'], 'whose /dev/shm is too small uses System V shared memory', async () => {
    const disk = await mountDisk(space, { megabytes: 300 })
    const small = await mountDisk(space, { megabytes: 1 })
    const agent = await runAgent(space, {
      env: contractFor(space, master, { PGDATA_DIR: disk.dir }),
      mounts: [{ from: small.root, over: '/dev/shm' }],
    })
    await agent.waitForRow(await master.insert())
    expect(agent.log()).toMatch(/\/dev\/shm has only/)
    expect(await agent.sql('SHOW dynamic_shared_memory_type')).toEqual([
      { dynamic_shared_memory_type: 'sysv' },
    ])
    await stop(agent)
  })
})

import {
  chmodSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, listTree, mesosPath, runAgent, script } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { query } from './harness/query.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { copyVolume, makeReplica, makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
/** A volume with a replica that was stopped; each test takes a copy. */
let stopped: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  stopped = await makeReplica(space, master)
})
afterAll(() => space.close())

const start = (PGDATA_DIR: string, of: Pick<Master, 'port'> = master) =>
  runAgent(space, { env: contractFor(space, of, { PGDATA_DIR }) })

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  expect(await agent.state()).toBe('shut down in recovery')
}

/** All but what a run that is refused tells of itself. */
const listData = (volume: string) => listTree(volume).filter((line) => !/^status(\/early)? /.test(line))

const settled = [expect.stringMatching(/^claim\.\d+$/), 'log', 'replica', 'status']

describe('a place without data', () => {
  testWith(['root'], 'is served also from a directory that only root may enter', async () => {
    const closed = mkdtempSync(join(space.dir, 'closed-'))
    chmodSync(closed, 0o700)
    const PGDATA_DIR = makeVolume(space)
    const port = await pickPort()
    const env = { PATH: mesosPath, ...contractFor(space, master, { PGDATA_DIR, PORT0: String(port) }) }
    const sh = (args: readonly string[]) =>
      execa('sh', [script, ...args], { cwd: closed, env, extendEnv: false, reject: false })
    for (const _ of ['clones', 'reuses']) {
      const run = sh([])
      const row = await master.insert()
      await waitFor('the row', async () => {
        if (run.exitCode !== null) throw new Error(`it ended with ${run.exitCode}`)
        return (await query(port, 'SELECT 1 FROM rows WHERE body = $1', [row])).length === 1
      })
      await waitFor('it to be ready', async () => {
        const { exitCode, stderr } = await sh(['ready'])
        if (exitCode !== 0) throw new Error(stderr)
        return true
      })
      run.kill('SIGTERM')
      const { exitCode, stderr } = await run
      expect(exitCode, stderr).toBe(0)
    }
  })

  testWith(
    ['namespace'],
    'that is a mount point keeps being one, and PGDATA is a 0700 part of it',
    async () => {
      // What is mounted can be neither renamed nor removed.
      const disk = makeVolume(space)
      const PGDATA_DIR = makeVolume(space)
      const inode = statSync(disk).ino
      const env = contractFor(space, master, { PGDATA_DIR })
      const clones = master.clones()
      for (const _ of ['clones', 'reuses']) {
        const agent = await runAgent(space, { env, mounts: [{ from: disk, over: PGDATA_DIR }] })
        await agent.waitForRow(await master.insert())
        agent.terminate('SIGTERM', 'script')
        expect(await agent.exit, agent.log()).toBe(0)
      }
      expect(master.clones()).toBe(clones + 1)
      expect(readdirSync(disk)).toEqual(settled)
      expect(statSync(disk).ino).toBe(inode)
      expect(statSync(join(disk, 'replica/data')).mode & 0o777).toBe(0o700)
      expect(readdirSync(PGDATA_DIR)).toEqual([])
    },
  )

  testWith([], 'that is a symbolic link to a volume stays a link, and is followed', async () => {
    const volume = makeVolume(space)
    const link = join(space.dir, 'link')
    symlinkSync(volume, link)
    const agent = await start(link)
    await agent.waitForRow(await master.insert())
    await stop(agent)
    expect(lstatSync(link).isSymbolicLink()).toBe(true)
    expect(readdirSync(volume)).toEqual(settled)
  })
})

describe('what is not ours, or not a replica, is refused with 65 and not touched:', () => {
  const replace = (path: string, from: RegExp, to: string) =>
    writeFileSync(path, readFileSync(path, 'utf8').replace(from, to))

  const before: readonly [string, (volume: string) => void, RegExp][] = [
    [
      'a directory with our mark and a strange name',
      (volume) => {
        mkdirSync(join(volume, 'clone.old'))
        writeFileSync(join(volume, 'clone.old/run_rep.mark'), '')
      },
      /this script did not make .*clone\.old/,
    ],
    [
      'a file with the name of a claim',
      (volume) => writeFileSync(join(volume, 'claim.900'), ''),
      /this script did not make .*claim\.900/,
    ],
    [
      'a replica without clone.done',
      (volume) => unlinkSync(join(volume, 'replica/clone.done')),
      /replica is not a clone that this script finished/,
    ],
    [
      'a replica with a damaged clone.done',
      (volume) => replace(join(volume, 'replica/clone.done'), /system_identifier=\d+/, 'system_identifier='),
      /replica is not a clone that this script finished/,
    ],
    [
      'a replica that is a link to one elsewhere',
      (volume) => {
        renameSync(join(volume, 'replica'), `${volume}-elsewhere`)
        symlinkSync(`${volume}-elsewhere`, join(volume, 'replica'))
      },
      /replica is not a clone that this script finished/,
    ],
    [
      'a replica of another major than it was cloned as',
      (volume) => writeFileSync(join(volume, 'replica/data/PG_VERSION'), '14\n'),
      /belongs to PostgreSQL 14, but was cloned as 15/,
    ],
  ]
  for (const [title, change, words] of before) {
    testWith([], title, async () => {
      const volume = await copyVolume(space, stopped)
      change(volume)
      const tree = listData(volume)
      const agent = await start(volume)
      expect(await agent.exit, agent.log()).toBe(65)
      expect(agent.log()).toMatch(words)
      expect(listData(volume)).toEqual(tree)
    })
  }

  testWith(['root', 'nobody'], 'data of a foreign owner', async () => {
    const volume = await copyVolume(space, stopped)
    await execa('chown', ['-R', 'nobody', join(volume, 'replica/data')])
    const tree = listData(volume)
    const agent = await start(volume)
    expect(await agent.exit, agent.log()).toBe(65)
    expect(listData(volume)).toEqual(tree)
  })

  testWith([], 'a replica of another system than its master', async () => {
    const volume = await copyVolume(space, stopped)
    const other = await startMaster(space, { isStranger: true })
    await expectReplicaRefused(
      volume,
      /system identifier is \d+, but the data here has \d+[\s\S]*DATA_IDENTITY/,
      other,
    )
    await other.stop()
  })

  testWith(
    [],
    'a replica of another system than its master, also where nobody is to be waited for',
    async () => {
      const PGDATA_DIR = await copyVolume(space, stopped)
      const other = await startMaster(space, { isStranger: true })
      const agent = await runAgent(space, {
        env: contractFor(space, other, { PGDATA_DIR, MASTER_WAIT: '0' }),
      })
      expect(await agent.exit, agent.log()).toBe(65)
      expect(agent.log()).toMatch(/DATA_IDENTITY/)
      await other.stop()
    },
  )

  testWith(['root'], 'not for the sake of data that was replaced, and cannot be removed', async () => {
    const PGDATA_DIR = await copyVolume(space, stopped)
    const replaced = join(PGDATA_DIR, 'clone.0')
    await execa('cp', ['-a', '--', join(PGDATA_DIR, 'replica'), replaced])
    writeFileSync(join(replaced, 'run_rep.mark'), '')
    // Somebody was there as root.
    mkdirSync(join(replaced, 'data/base/root'), { mode: 0o700 })
    writeFileSync(join(replaced, 'data/base/root/file'), '')
    for (const _ of ['once', 'twice']) {
      const agent = await runAgent(space, { env: contractFor(space, master, { PGDATA_DIR }) })
      await agent.waitForRow(await master.insert())
      expect(agent.log()).toMatch(/INFO claim: removing .*clone\.0, data that was replaced/)
      expect(agent.log()).toMatch(/WARN claim: cannot remove all of .*clone\.0: .*root.*/)
      await stop(agent)
    }
    await execa('rm', ['-rf', '--', join(replaced, 'data/base/root')])
    const agent = await runAgent(space, { env: contractFor(space, master, { PGDATA_DIR }) })
    await agent.waitForRow(await master.insert())
    expect(existsSync(replaced)).toBe(false)
    await stop(agent)
  })

  testWith([], 'data of another architecture', async () => {
    const volume = await copyVolume(space, stopped)
    // The other byte order, as pg_control.h has its fields.
    const file = join(volume, 'replica/data/global/pg_control')
    const bytes = readFileSync(file)
    bytes.subarray(0, 8).swap64()
    bytes.subarray(8, 288).swap32()
    writeFileSync(file, bytes)
    await expectReplicaRefused(volume, /is \d+, but it was \d+ when cloned[\s\S]*DATA_IDENTITY/)
  })

  testWith([], 'data that was put in the place of our clone, of another system', async () => {
    const volume = await copyVolume(space, stopped)
    const other = await startMaster(space, { isStranger: true })
    copyFileSync(join(other.dataDir, 'global/pg_control'), join(volume, 'replica/data/global/pg_control'))
    await other.stop()
    await expectReplicaRefused(volume, /but it was \d+ when cloned[\s\S]*DATA_IDENTITY/)
  })

  for (const state of ['in production', 'shut down'] as const) {
    testWith([], `a directory that ran as a master, its state "${state}"`, async () => {
      const volume = await copyVolume(space, stopped)
      if (state === 'shut down') await master.stop()
      copyFileSync(join(master.dataDir, 'global/pg_control'), join(volume, 'replica/data/global/pg_control'))
      if (state === 'shut down') await master.start()
      await expectReplicaRefused(
        volume,
        new RegExp(`has run as a master: its state is "${state}"[\\s\\S]*GATE`),
      )
    })
  }

  async function expectReplicaRefused(volume: string, words: RegExp, of = master): Promise<void> {
    const tree = listTree(join(volume, 'replica'))
    const agent = await start(volume, of)
    expect(await agent.exit, agent.log()).toBe(65)
    expect(agent.log()).toMatch(words)
    expect(listTree(join(volume, 'replica'))).toEqual(tree)
    await expectNothingLeft(agent)
  }
})

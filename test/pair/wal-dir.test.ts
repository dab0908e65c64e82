import {
  existsSync,
  lchownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Agent, expectNothingLeft, listTree, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { mountDisk } from './harness/disk.js'
import { openGate } from './harness/gate.js'
import { serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'
import { withSync } from './harness/sync.js'
import { copyVolume, makeVolume } from './harness/volume.js'

// clone.walDir: pg_wal on another disk.
let space: Space
let master: Master
let walDir: string
const scripts = { own: '', behind: '', elsewhere: '', usual: '' }
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  // In a directory of RUN_USER's, who makes it.
  walDir = join(makeVolume(space), 'wal')
  const postgresql = { majors: [15 as const] }
  const build = (run: Parameters<typeof buildQuickScript>[1], dir?: string) =>
    buildQuickScript(
      space,
      { dataDir: '/srv/pg', onDiverged: 'reclone', ...run },
      { postgresql, ...(dir ? { clone: { walDir: dir } } : {}) },
    )
  scripts.own = build({}, walDir)
  scripts.behind = build({ durability: 'behind' }, walDir)
  scripts.elsewhere = build({}, `${walDir}-moved`)
  scripts.usual = build({})
})
afterAll(() => space.close())

interface Options {
  readonly script?: keyof typeof scripts
  readonly from?: Pick<Master, 'port'>
  readonly env?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** What is mounted over walDir. */
  readonly disk?: string
}

const start = (volume: string, { script = 'own', from = master, env, args, disk }: Options = {}) =>
  runAgent(space, {
    env: { ...contractFor(space, from, { PGDATA_DIR: volume }), ...env },
    script: scripts[script],
    ...(args ? { args } : {}),
    ...(disk ? { mounts: [{ from: disk, over: walDir }] } : {}),
  })

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
}

async function serve(volume: string, options: Options = {}): Promise<string> {
  const agent = await start(volume, options)
  await agent.waitForRow(await master.insert())
  await stop(agent)
  return agent.log()
}

async function expectRefused(volume: string, code: number, words: RegExp, options: Options = {}) {
  const agent = await start(volume, options)
  expect(await agent.exit, agent.log()).toBe(code)
  expect(agent.log()).toMatch(words)
  await expectNothingLeft(agent)
}

/** The directory that a replica's WAL lies in. */
const homeOf = (volume: string) => readlinkSync(join(volume, 'replica/run_rep.wal'))
const homes = () =>
  (existsSync(walDir) ? readdirSync(walDir) : []).filter((name) => name.startsWith('replica.')).sort()
const isWal = (name: string) => /^[0-9A-F]{24}$/.test(name)
const copies = (volume: string) => readdirSync(volume).filter((name) => /^(replica|clone)/.test(name))

testWith([], 'each replica has a directory of its own there, which stays its own', async () => {
  const [first, second] = [makeVolume(space), makeVolume(space)]
  const one = await start(first)
  await one.waitForRow(await master.insert())
  writeFileSync(join(walDir, 'of a stranger'), 'kept')
  const home = homeOf(first)
  expect(home.startsWith(`${walDir}/replica.`)).toBe(true)
  expect(readlinkSync(join(first, 'replica/data/pg_wal'))).toBe(`${home}/pg_wal`)
  expect(readdirSync(join(home, 'pg_wal')).some(isWal)).toBe(true)

  const two = await start(second)
  await two.waitForRow(await master.insert())
  expect(homeOf(second)).not.toBe(home)
  await stop(two)
  await stop(one)

  // A restart takes what is there; data that is replaced takes its WAL along, and no other.
  const clones = master.clones()
  expect(await serve(first)).toMatch(new RegExp(`INFO claim: pg_wal lies in ${home}`))
  expect(master.clones()).toBe(clones)
  expect(homeOf(first)).toBe(home)
  writeFileSync(join(first, 'replica/outdated'), 'the data is behind\n1\nreclone\n')
  await serve(first)
  expect(existsSync(home)).toBe(false)
  expect(homes()).toEqual([homeOf(first), homeOf(second)].map((path) => path.slice(walDir.length + 1)).sort())
  expect(readFileSync(join(walDir, 'of a stranger'), 'utf8')).toBe('kept')
})

testWith([], 'a copy that is killed leaves nothing there that the next run does not remove', async () => {
  const volume = makeVolume(space)
  const before = homes()
  const gate = await openGate(space, master)
  gate.hold()
  const agent = await start(volume, { from: gate })
  await gate.waitForCopy()
  expect(homes().length).toBe(before.length + 1)
  await agent.kill()
  gate.release()
  expect(homes().length).toBe(before.length + 1)
  await serve(volume)
  expect(copies(volume)).toEqual(['replica'])
  expect(homes().filter((name) => !before.includes(name))).toEqual([homeOf(volume).slice(walDir.length + 1)])
})

testWith([], 'between any two steps of making it, too; what is not marked is left alone', async () => {
  const volume = makeVolume(space)
  const made = (number: number, more: (home: string) => void) => {
    const clone = join(volume, `clone.${number}`)
    const home = join(walDir, `replica.${number}.made.by.a.test`)
    mkdirSync(clone)
    writeFileSync(join(clone, 'run_rep.mark'), '')
    symlinkSync(home, join(clone, 'run_rep.wal'))
    more(home)
    for (const path of [clone, join(clone, 'run_rep.mark'), join(clone, 'run_rep.wal'), home]) {
      if (existsSync(path)) lchownSync(path, serverUser().uid, serverUser().gid)
    }
    return home
  }
  const none = made(1, () => {})
  const empty = made(2, (home) => mkdirSync(home))
  const foreign = made(3, (home) => {
    mkdirSync(join(home, 'pg_wal'), { recursive: true })
    symlinkSync('run_rep.inode.1', join(home, 'run_rep.mark'))
  })
  const log = await serve(volume)
  expect(log).toMatch(
    /WARN claim: left alone, since it is not marked as that of .*clone\.3: .*replica\.3\.made/,
  )
  expect(copies(volume)).toEqual(['replica'])
  expect([none, empty, foreign].map((home) => existsSync(home))).toEqual([false, false, true])
  expect(readdirSync(foreign).sort()).toEqual(['pg_wal', 'run_rep.mark'])
  rmSync(foreign, { recursive: true })
})

testWith(
  [],
  'without its WAL data is refused and kept; where the disk comes back in another place it is found',
  async () => {
    const volume = makeVolume(space)
    await serve(volume)
    const clones = master.clones()
    const home = homeOf(volume)
    const tree = () =>
      listTree(join(volume, 'replica')).filter((line) => !/^(data\/pg_wal|run_rep\.wal)\//.test(line))
    const before = tree()
    renameSync(walDir, `${walDir}-moved`)
    mkdirSync(walDir, { mode: 0o777 })
    lchownSync(walDir, serverUser().uid, serverUser().gid)
    await expectRefused(volume, 65, /pg_wal of .* lies in .*, which is not there: is its disk mounted/)
    expect(tree()).toEqual(before)
    const status = await start(volume, { args: ['status'] })
    await status.exit
    expect(readFileSync(join(status.sandbox, 'stdout'), 'utf8')).toMatch(/WAL_DIR/)

    await serve(volume, { script: 'elsewhere' })
    expect(readlinkSync(join(volume, 'replica/data/pg_wal'))).toBe(
      `${home.replace(walDir, `${walDir}-moved`)}/pg_wal`,
    )
    rmSync(walDir, { recursive: true })
    renameSync(`${walDir}-moved`, walDir)
    await serve(volume)
    expect(readlinkSync(join(volume, 'replica/data/pg_wal'))).toBe(`${home}/pg_wal`)

    renameSync(join(home, 'pg_wal'), join(home, 'saved'))
    mkdirSync(join(home, 'pg_wal'))
    await expectRefused(volume, 65, /holds no WAL/)
    rmSync(join(home, 'pg_wal'), { recursive: true })
    renameSync(join(home, 'saved'), join(home, 'pg_wal'))
    await serve(volume)
    expect(master.clones()).toBe(clones)
  },
)

testWith([], 'a copy of the data directory does not share the WAL of the original', async () => {
  const volume = makeVolume(space)
  await serve(volume)
  const copy = await copyVolume(space, volume)
  await expectRefused(
    copy,
    65,
    /lies in .*, which is not marked as that of .*: it is empty, or of the data that .* is a copy of/,
  )
  // Nor does it take that WAL along when it is replaced.
  writeFileSync(join(copy, 'replica/outdated'), 'the data is behind\n1\nreclone\n')
  await serve(copy)
  expect(homeOf(copy)).not.toBe(homeOf(volume))
  const clones = master.clones()
  await serve(volume)
  expect(master.clones()).toBe(clones)
})

testWith(
  ['root'],
  'nor does a snapshot, which has the inodes of the original, while that is here',
  async () => {
    const volume = makeVolume(space)
    await serve(volume)
    const snapshot = (await mountDisk(space, { megabytes: 300 })).dir
    await execa('cp', ['-a', `${volume}/.`, snapshot])
    const mark = join(homeOf(volume), 'run_rep.mark')
    const { ino } = statSync(join(snapshot, 'replica'))
    rmSync(mark)
    symlinkSync(`run_rep.inode.${ino}`, mark)
    await expectRefused(snapshot, 65, /which is not marked as that of .*\n.* data: .*\n.*WAL_DIR/)

    renameSync(volume, `${volume}-gone`)
    const clones = master.clones()
    await serve(snapshot)
    expect(master.clones()).toBe(clones)
    expect(homeOf(snapshot)).toBe(homeOf(`${volume}-gone`))
  },
)

testWith([], 'a model that says otherwise moves nothing by itself', async () => {
  const volume = makeVolume(space)
  const clones = master.clones()
  await serve(volume, { script: 'usual' })
  expect(await serve(volume)).toMatch(
    /WARN claim: pg_wal of this replica lies in .*, and not in .* \(clone\.walDir\): only a clone puts it there/,
  )
  expect(existsSync(join(volume, 'replica/run_rep.wal'))).toBe(false)
  expect(master.clones()).toBe(clones + 1)

  const other = makeVolume(space)
  await serve(other)
  const tree = listTree(join(other, 'replica'))
  await expectRefused(other, 65, /pg_wal of .* lies in .*, and this model has no clone\.walDir/, {
    script: 'usual',
  })
  expect(listTree(join(other, 'replica'))).toEqual(tree)
})

testWith(['root'], 'a directory that cannot be used is told before anything is written', async () => {
  const volume = makeVolume(space)
  const own = mkdtempSync(join(space.dir, 'of-root-'))
  const build = (dir: string) => buildQuickScript(space, { dataDir: '/srv/pg' }, { clone: { walDir: dir } })
  for (const [dir, words] of [
    [join(own, 'wal'), /cannot make the directory|may not write to/],
    [join(volume, 'replica/wal'), /lies in PGDATA_DIR/],
  ] as const) {
    const agent = await runAgent(space, {
      env: contractFor(space, master, { PGDATA_DIR: volume }),
      script: build(dir),
      // The first is root's, below one that others may write to.
    })
    expect(await agent.exit, agent.log()).toBe(77)
    expect(agent.log()).toMatch(words)
    expect(copies(volume).filter((name) => name !== 'replica')).toEqual([])
  }
})

testWith(['root', 'namespace'], 'its disk is told by name when it is too small, or full', async () => {
  const [small, large] = [
    await mountDisk(space, { megabytes: 40 }),
    await mountDisk(space, { megabytes: 200 }),
  ]
  const volume = makeVolume(space)
  mkdirSync(walDir, { recursive: true })
  await expectRefused(volume, 73, new RegExp(`${walDir} has only \\d+ MB left; \\d+ MB are needed`), {
    disk: small.dir,
  })
  expect(copies(volume)).toEqual([])

  const agent = await start(volume, { disk: large.dir })
  await agent.waitForRow(await master.insert())
  await large.fill()
  for (let file = 0; file < 4; file += 1) {
    await master.insert()
    await master.sql('SELECT pg_switch_wal()')
  }
  expect(await agent.exit, agent.log()).toBe(73)
  expect(agent.log()).toMatch(new RegExp(`${walDir}/replica\\.\\S* has \\d+ MB left`))
  await expectNothingLeft(agent)
  await large.free()
  const clones = master.clones()
  await serve(volume, { disk: large.dir })
  expect(master.clones()).toBe(clones)
})

testWith([], 'both file systems are flushed, and an error of either costs the copy', async () => {
  const [calls, failing] = [join(makeVolume(space), 'calls'), join(space.dir, 'wal-disk-fails')]
  const { PATH = '' } = withSync(
    space,
    `printf '%s\\n' "$*" >>${calls}
case "$*" in
  *' ${walDir}/'*) [ ! -e ${failing} ] || exit 1 ;;
esac
exec /usr/bin/sync "$@"`,
  )
  const volume = makeVolume(space)
  const before = homes()
  const first = await start(volume, { script: 'behind', env: { PATH } })
  await first.waitForLog(/the clone is on disk/)
  await stop(first)
  const home = homeOf(volume)
  const told = readFileSync(calls, 'utf8').split('\n')
  expect(told).toContain(`-f ${volume} ${home}`)
  expect(told.some((line) => line.includes(`${home}/pg_wal/0`))).toBe(true)

  writeFileSync(failing, '')
  const other = makeVolume(space)
  const agent = await start(other, { script: 'behind', env: { PATH } })
  expect(await agent.exit, agent.log()).toBe(75)
  expect(agent.log()).toMatch(
    new RegExp(`cannot be written to the disk of ${other} or that of ${walDir}/replica`),
  )
  expect(copies(other)).toEqual([])
  expect(homes().filter((name) => !before.includes(name))).toEqual([home.slice(walDir.length + 1)])
  await expectNothingLeft(agent)
})

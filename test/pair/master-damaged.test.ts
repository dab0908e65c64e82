import { chmodSync, closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { become, chownTo, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let script: string
beforeAll(() => {
  space = openSpace()
  script = buildQuickScript(space)
})
afterAll(() => space.close())

const run = (master: Pick<Master, 'port'>, more: Partial<Parameters<typeof runAgent>[1]> = {}) =>
  runAgent(space, { env: contractFor(space, master), script, ...more })

/** One table, and where its file is on the disk of the master. */
async function makeTable(master: Master): Promise<string> {
  await master.sql(
    "CREATE TABLE victim AS SELECT g, repeat('x', 500) AS t FROM generate_series(1, 2000) AS g",
  )
  await master.sql('CHECKPOINT')
  const [row] = await master.sql("SELECT pg_relation_filepath('victim') AS path")
  return join(master.dataDir, String(row?.path))
}

async function checksummed(options: Parameters<typeof startMaster>[1] = {}): Promise<Master> {
  const master = await startMaster(space, { isStranger: true, ...options })
  await master.stop('SIGINT')
  const words = [...become(serverUser()), `${serverBin}/pg_checksums`, '--enable', '-N', '-D', master.dataDir]
  await execa(words[0] ?? '', words.slice(1))
  await master.start()
  return master
}

async function expectTold(agent: Agent, words: RegExp, copies: number, master: Master): Promise<void> {
  expect(await agent.exit, agent.log()).toBe(65)
  expect(agent.log()).toMatch(words)
  expect(agent.log()).toMatch(/what to do: .*\(MASTER_FILES, exit 65\)/)
  expect(master.clones()).toBe(copies)
  await expectNothingLeft(agent)
}

describe.each([
  ['English', false],
  ['German', true],
] as const)('a master that speaks %s', (_language, german) => {
  testWith(
    german ? ['localedef'] : [],
    'with a damaged page costs one copy, and the file is named',
    async () => {
      const master = await checksummed({ german })
      const file = await makeTable(master)
      const page = openSync(file, 'r+')
      writeSync(page, 'ZZZZ', 9000)
      closeSync(page)
      await expectTold(
        await run(master),
        new RegExp(`is damaged.*base/\\d+/${file.split('/').pop()}`),
        1,
        master,
      )
    },
  )

  testWith(
    ['root', ...(german ? (['localedef'] as const) : [])],
    'with a file that it cannot read is told with its name, and when that is mended it is cloned',
    async () => {
      const master = await startMaster(space, { german })
      const file = await makeTable(master)
      chmodSync(file, 0)
      // Words that nobody knows are believed when they are said again.
      await expectTold(
        await run(master),
        new RegExp(`cannot read a file that must be copied: .*base/\\d+/${file.split('/').pop()}`),
        german ? 2 : 1,
        master,
      )
      chmodSync(file, 0o600)
      const agent = await run(master)
      await agent.waitForRow(await master.insert())
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
    },
  )
})

testWith(['root'], 'a directory that the master cannot read costs no copy at all', async () => {
  const master = await startMaster(space)
  mkdirSync(join(master.dataDir, 'of-root'), { mode: 0o700 })
  await expectTold(await run(master), /cannot read a file that must be copied: .*\.\/of-root/, 0, master)
})

testWith([], 'a name, or the way of a tablespace, that is too long for a copy is told once', async () => {
  const named = await startMaster(space)
  const name = join(named.dataDir, 'n'.repeat(120))
  writeFileSync(name, '')
  chownTo(name, serverUser())
  await expectTold(await run(named), /too long for tar format/, 1, named)

  const spaced = await startMaster(space)
  const dir = join(space.dir, 'l'.repeat(120))
  mkdirSync(dir, { mode: 0o700 })
  chownTo(dir, serverUser())
  await spaced.sql(`CREATE TABLESPACE long LOCATION '${dir}'`)
  await expectTold(await run(spaced), /too long for tar format/, 1, spaced)
})

testWith([], 'special files, and a tablespace within the data of the master, are no reason', async () => {
  const master = await startMaster(space)
  await execa('mkfifo', [join(master.dataDir, 'fifo')])
  const dir = join(master.dataDir, 'inside')
  mkdirSync(dir, { mode: 0o700 })
  chownTo(dir, serverUser())
  chownTo(join(master.dataDir, 'fifo'), serverUser())
  await master.sql(`CREATE TABLESPACE inside LOCATION '${dir}'`)
  await master.sql('CREATE TABLE in_inside TABLESPACE inside AS SELECT generate_series(1, 1000) AS n')
  const agent = await run(master)
  await agent.waitForRow(await master.insert())
  expect(await agent.sql('SELECT count(*)::int AS n FROM in_inside')).toEqual([{ n: 1000 }])
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

/** What pg_basebackup prints, in the words of its releases; real ones are hard to have at will. */
const table: readonly (readonly [string, string, number, string, number])[] = [
  [
    'EIO on the master',
    'backup failed: ERROR:  could not read file "./base/5/2": Input/output error',
    65,
    'MASTER_FILES',
    1,
  ],
  [
    'an old client',
    'final receive failed: ERROR:  could not open file "./base/5/2": Permission denied',
    65,
    'MASTER_FILES',
    1,
  ],
  [
    'files at their limit',
    'backup failed: ERROR:  could not open file "./base/5/2": Too many open files',
    75,
    'CLONE_FAILED',
    3,
  ],
  [
    'an administrator',
    'backup failed: FATAL:  terminating connection due to administrator command',
    75,
    'CLONE_FAILED',
    3,
  ],
  ['a lost connection', 'could not read COPY data: SSL SYSCALL error: EOF detected', 75, 'CLONE_FAILED', 3],
  [
    'WAL that is gone',
    'could not receive data from WAL stream: ERROR:  requested WAL segment 000000010000000000000003 has already been removed',
    75,
    'CLONE_FAILED',
    3,
  ],
  [
    'a full disk of the master',
    'backup failed: ERROR:  could not write to file "x": No space left on device',
    75,
    'CLONE_FAILED',
    3,
  ],
  [
    'a full disk here',
    'could not write to file "STAGING/data/base/5/2": No space left on device',
    73,
    'NO_SPACE',
    1,
  ],
  ['a quota here', 'could not write to file "STAGING/data/base/5/2": Disk quota exceeded', 73, 'NO_SPACE', 1],
  ['EIO here', 'could not write to file "STAGING/data/base/5/2": Input/output error', 75, 'CLONE_FAILED', 1],
  [
    'a file size limit here',
    'could not write to file "STAGING/data/base/5/2": File too large',
    77,
    'DATA_DIR',
    1,
  ],
  [
    'a disk here that became read-only',
    'could not create file "STAGING/data/base/5/2": Read-only file system',
    77,
    'DATA_DIR',
    1,
  ],
]

testWith(['root', 'namespace'], 'each of these words costs as many copies as it deserves', async () => {
  const master = await startMaster(space)
  const real = `${serverBin}/pg_basebackup`
  // Nobody waits for the pauses between the tries.
  const sleep = join(space.dir, 'short-sleep')
  writeFileSync(sleep, '#!/bin/sh\nexec /usr/bin/perl -e "select undef, undef, undef, 0.05"\n')
  chmodSync(sleep, 0o755)
  for (const [title, words, code, id, copies] of table) {
    const fake = join(space.dir, 'fake')
    const text = `#!/bin/sh
case $1 in --version) echo 'pg_basebackup (PostgreSQL) 15.18'; exit ;; esac
printf '%s\\n' 'pg_basebackup: error: ${words}' | sed "s|STAGING|\${2%/data}|" >&2
exit 1
`
    writeFileSync(fake, text)
    chmodSync(fake, 0o755)
    const agent = await run(master, {
      mounts: [
        { from: fake, over: real },
        { from: sleep, over: '/usr/bin/sleep' },
      ],
    })
    expect(await agent.exit, `${title}:\n${agent.log()}`).toBe(code)
    expect(agent.log(), title).toMatch(new RegExp(`what to do: .*\\(${id}, exit ${code}\\)`))
    expect((agent.log().match(/the copy was removed; trying again/g) ?? []).length + 1, title).toBe(copies)
  }
})

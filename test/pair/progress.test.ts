import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, expect } from 'vitest'
import { runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'
import { withSync } from './harness/sync.js'
import { makeVolume } from './harness/volume.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

/** A script whose minutes have a second or five, so that nobody waits for them. */
function hastyScript(
  run: Parameters<typeof buildQuickScript>[1] = {},
  rest: Parameters<typeof buildQuickScript>[2] = {},
): string {
  const path = buildQuickScript(space, run, rest)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, text.replace('nap 60', 'nap 1').replaceAll(' -ge 60 ]', ' -ge 2 ]'))
  return path
}

testWith([], 'a copy says how far it is, and asks no file for it where the kernel tells', async () => {
  const gate = await openGate(space, master)
  gate.hold(4 * 1024 * 1024)
  const du = mkdtempSync(join(space.dir, 'du-'))
  chmodSync(du, 0o777)
  writeFileSync(join(du, 'du'), `#!/bin/sh\n: >${du}/called\n`)
  chmodSync(join(du, 'du'), 0o755)
  const { PATH = '' } = process.env
  const env = { ...contractFor(space, gate), PATH: `${du}:${PATH}` }
  const agent = await runAgent(space, { env, script: hastyScript() })
  await agent.waitForLog(/INFO clone: copied [1-9]\d* of \d+ MB/)
  gate.release()
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  expect(existsSync(join(du, 'called'))).toBe(false)
})

testWith(['root', 'namespace'], 'so does the look at the copy, with what has been read of it', async () => {
  const home = mkdtempSync(join(space.dir, 'verify-'))
  chmodSync(home, 0o755)
  const [real, fake, on] = [join(home, 'pg_verifybackup'), join(home, 'fake'), join(home, 'on')]
  const tool = `${serverBin}/pg_verifybackup`
  copyFileSync(tool, real)
  symlinkSync(`${serverBin}/pg_waldump`, join(home, 'pg_waldump'))
  const wait = `while [ "$1" != --version ] && [ ! -e ${on} ]; do sleep 0.1; done`
  writeFileSync(fake, `#!/bin/sh\n${wait}\nexec ${real} "$@"\n`)
  chmodSync(fake, 0o755)
  const agent = await runAgent(space, {
    env: contractFor(space, master),
    script: hastyScript({}, { postgresql: { verifyClone: 'bytes' } }),
    mounts: [{ from: fake, over: tool }],
  })
  await agent.waitForLog(/INFO clone: pg_verifybackup is checking the copy: \d+ of \d+ MB/)
  writeFileSync(on, '')
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

testWith([], 'so does a disk that takes its time, and the master before it begins', async () => {
  const go = join(mkdtempSync(join(space.dir, 'go-')), 'on')
  chmodSync(join(go, '..'), 0o777)
  const slow = withSync(
    space,
    `case "$1 $2" in '-f '*/pgdata) while [ ! -e ${go} ]; do sleep 0.2; done ;; esac\nexec /usr/bin/sync "$@"`,
  )
  const env = { ...contractFor(space, master), ...slow }
  const agent = await runAgent(space, { env, script: hastyScript() })
  await agent.waitForLog(/INFO clone: waiting until the copy is on disk/)
  writeFileSync(go, '')
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)

  const frozen = await startMaster(space)
  const script = hastyScript({}, { clone: { checkpoint: 'spread' } })
  await frozen.sql("ALTER SYSTEM SET checkpoint_timeout = '10min'")
  await frozen.sql('SELECT pg_reload_conf()')
  // So much to write that its own pace takes minutes.
  await frozen.sql('CREATE TABLE big AS SELECT g, md5(g::text) FROM generate_series(1, 20000) AS g')
  const waiting = await runAgent(space, { env: contractFor(space, frozen), script })
  await waiting.waitForLog(/INFO choose_data: waiting for .* to tell its size/)
  waiting.terminate('SIGTERM', 'script')
  expect(await waiting.exit, waiting.log()).toBe(143)
})

testWith([], 'so does a server that replays and lets nobody in yet', async () => {
  const of = await startMaster(space)
  const volume = makeVolume(space)
  const script = hastyScript()
  const env = contractFor(space, of, { PGDATA_DIR: volume })
  const agent = await runAgent(space, { env, script })
  await agent.waitForRow(await of.insert())
  await of.sql('CHECKPOINT')
  await of.sql('CREATE TABLE more AS SELECT g, md5(g::text) FROM generate_series(1, 400000) AS g')
  await agent.waitForRow(await of.insert())
  // What is on its disk now needs the WAL up to here.
  await agent.sql('CHECKPOINT')
  await agent.kill()
  await of.stop()
  const { stdout } = await execa(`${serverBin}/pg_controldata`, ['-D', agent.dataDir])
  const first = /REDO WAL file: +(\w+)/.exec(stdout)?.[1] ?? ''
  const wal = join(agent.dataDir, 'pg_wal')
  const later = readdirSync(wal).filter((name) => /^[0-9A-F]{24}$/.test(name) && name > first)
  expect(later).not.toEqual([])
  for (const name of later) rmSync(join(wal, name))
  const closed = await runAgent(space, { env, script, port: agent.port })
  await closed.waitForLog(
    /INFO serve: not open to clients yet: replaying .* at least up to [0-9A-F]+\/[0-9A-F]+/,
  )
  closed.terminate('SIGTERM', 'script')
  await closed.exit
})

import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent, script } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { printedFiles, startConfigServer } from './harness/config-server.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { openSession } from './harness/query.js'
import { openSpace, type Space } from './harness/space.js'
import { makeReplica } from './harness/volume.js'

// One whole life in each layout; `npm test` has no other tests with real pairs than these, and a few crashes.
let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

/** Clone, streaming, every process killed, a restart without a copy, a clean end beside an idle client. */
async function live(master: Master, env: Readonly<Record<string, string>>): Promise<Agent> {
  const before = await master.insert()
  const first = await runAgent(space, { env })
  await first.waitForRow(before)
  await first.waitForRow(await master.insert())
  expect(await first.sql('SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }])
  await expect(first.sql('CREATE TABLE mine ()')).rejects.toThrow(/read-only transaction/)
  const { sandbox, port } = first
  const health = await runAgent(space, { env, sandbox, port, args: ['health'], ownLog: true })
  expect(await health.exit, health.log()).toBe(0)
  await first.kill()

  const second = await runAgent(space, { env, sandbox, port })
  await second.waitForRow(await master.insert())
  expect(master.clones()).toBe(1)
  const client = await openSession(port)
  second.terminate('SIGTERM', 'tree')
  expect(await second.exit, second.log()).toBe(0)
  await client.close()
  expect(await second.state()).toBe('shut down in recovery')
  await expectNothingLeft(second)
  return second
}

testWith([], 'a whole life beside a master with its configuration in the data directory', async () => {
  const master = await startMaster(space)
  await live(master, contractFor(space, master))
})

testWith(
  ['debian', 'nginx'],
  'a whole life beside one in the Debian layout, with CONFIG_URL (D2-D5)',
  async () => {
    const master = await startMaster(space, { layout: 'debian', conf: ['max_connections = 150'] })
    const server = await startConfigServer(space, printedFiles)
    const agent = await live(master, contractFor(space, master, { CONFIG_URL: server.url }))
    expect(server.requests()).toEqual(['/conf/postgresql.conf 200', '/conf/pg_hba.conf 200'])
    const file = (name: string) => readFileSync(join(agent.dataDir, name), 'utf8')
    expect(file('pg_hba.conf')).toBe(readFileSync('dist/conf/pg_hba.conf', 'utf8'))
  },
)

// By a script that somebody edited, so that no rule for steps is in the way: what counts is the look before the start.
testWith(
  [],
  'whatever becomes of the marker after all other looks, nothing is started without it',
  async () => {
    const master = await startMaster(space)
    const volume = await makeReplica(space, master)
    const edited = join(space.dir, 'edited.sh')
    const text = readFileSync(script, 'utf8')
    writeFileSync(
      edited,
      text.replace(
        /^ {2}with_settings start_server\n(?= {2}serving=yes\n {2}start_watcher)/m,
        '  rm -f -- "$pgdata"/*.signal\n$&',
      ),
    )
    expect(readFileSync(edited, 'utf8')).not.toBe(text)
    const env = contractFor(space, master, { PGDATA_DIR: volume, EXIT_PAUSE: '0' })
    const agent = await runAgent(space, { env, script: edited })
    expect(await agent.exit, agent.log()).toBe(65)
    expect(agent.log()).toMatch(
      /standby\.signal is missing in .*: without it the server would be a second master/,
    )
    expect(agent.log()).not.toContain('checked: a standby')
    expect(existsSync(join(volume, 'replica/data/postmaster.pid'))).toBe(false)
    expect(await agent.state()).toBe('shut down in recovery')
  },
)

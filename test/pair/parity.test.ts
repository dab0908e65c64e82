import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'
import { makeReplica } from './harness/volume.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

/** What a standby must not have less of than its master (PostgreSQL, "Hot Standby", administrator's overview). */
const raised = {
  max_connections: 90,
  max_worker_processes: 12,
  max_wal_senders: 14,
  max_prepared_transactions: 5,
  max_locks_per_transaction: 80,
}

testWith([], 'what the master raises restarts the replica by itself, without a copy (D6)', async () => {
  const master = await startMaster(space)
  const agent = await runAgent(space, { env: contractFor(space, master), script: buildQuickScript(space) })
  await agent.waitForRow(await master.insert())
  for (const [name, value] of Object.entries(raised)) {
    await master.sql(`ALTER SYSTEM SET ${name} = ${value}`)
    await master.stop()
    await master.start()
    await agent.waitForLog(new RegExp(`the master raised ${name} from \\d+ to ${value}: starting again`))
    await agent.waitForRow(await master.insert())
    expect(await agent.sql(`SELECT current_setting('${name}')::int AS value`)).toEqual([{ value }])
  }
  expect(master.clones()).toBe(1)
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
})

testWith([], 'a value is asked of the server once, and anew when a file has changed', async () => {
  const master = await startMaster(space)
  const volume = await makeReplica(space, master)
  const file = join(volume, 'replica/values')
  const startWith = async () => {
    const agent = await runAgent(space, { env: contractFor(space, master, { PGDATA_DIR: volume }) })
    await agent.waitForRow(await master.insert())
    const [row] = await agent.sql("SELECT current_setting('max_connections')::int AS value")
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    return row?.value
  }
  const kept = readFileSync(file, 'utf8')
  expect(kept).toMatch(/\nend\n$/)
  const told = /^max_connections=(\d+)$/m.exec(kept)?.[1]
  const more = Number(told) + 7
  writeFileSync(file, kept.replace(`max_connections=${told}`, `max_connections=${more}`))
  expect(await startWith()).toBe(more)
  // Half of it, as a host that goes down may leave it.
  writeFileSync(
    file,
    kept.replace(`max_connections=${told}`, `max_connections=${more}`).replace(/end\n$/, ''),
  )
  expect(await startWith()).toBe(Number(told))
  appendFileSync(join(volume, 'replica/data/postgresql.conf'), `max_connections = ${Number(told) + 3}\n`)
  expect(await startWith()).toBe(Number(told) + 3)
})

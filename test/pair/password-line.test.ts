import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { chownTo, serverUser } from './harness/identity.js'
import { startMaster } from './harness/master.js'
import { replicatorPassword } from './harness/passfile.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

/** The line of a password file as README.md shows it, with a host, a port and a password of this test. */
function printLine(host: string, port: number): string {
  const [shown] = /^ *postgres01:5432:\S+:…$/m.exec(readFileSync('README.md', 'utf8')) ?? []
  if (shown === undefined) throw new Error('README.md shows no line of a password file for postgres01')
  const password = replicatorPassword.replace(/[\\:]/g, '\\$&')
  return shown
    .trim()
    .replace('postgres01:5432:', `${host}:${port}:`)
    .replace('…', () => password)
}

testWith(
  [],
  "with no other line than README's a replica clones, is ready while nothing happens, and starts again",
  async () => {
    const master = await startMaster(space)
    const file = join(space.dir, 'readme-passfile')
    writeFileSync(file, `${printLine('127.0.0.1', master.port)}\n`)
    chmodSync(file, 0o600)
    chownTo(file, serverUser())
    const env: Environment = contractFor(space, master, { PGPASSFILE: file })

    const first = await runAgent(space, { env })
    await first.waitUntilServing()
    const { sandbox, port } = first
    // Nobody writes: not a row comes after the copy.
    const becomesReady = () =>
      waitFor('ready to be 0', async () => {
        const asked = await runAgent(space, { env, sandbox, port, args: ['ready'], ownLog: true })
        if ((await asked.exit) !== 0) throw new Error(asked.log())
        return true
      })
    await becomesReady()
    first.terminate('SIGTERM', 'script')
    expect(await first.exit, first.log()).toBe(0)

    const second = await runAgent(space, { env, sandbox, port })
    await second.waitUntilServing()
    await becomesReady()
    expect(master.clones()).toBe(1)
    await second.waitForRow(await master.insert())
    second.terminate('SIGTERM', 'script')
    expect(await second.exit, second.log()).toBe(0)
    await master.stop()
  },
)

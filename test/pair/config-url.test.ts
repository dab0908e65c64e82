import { chmodSync, copyFileSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, runAgent } from './harness/agent.js'
import { serverBin, testWith } from './harness/capability.js'
import { printedFiles, type Served, startConfigServer, startSilentServer } from './harness/config-server.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, pickPort, type Space } from './harness/space.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space, { layout: 'debian' })
})
afterAll(() => space.close())

/** Runs with that CONFIG_URL until the end, which must come before a copy. */
async function expectExit(code: number, CONFIG_URL: string): Promise<Agent> {
  const before = master.clones()
  const agent = await runAgent(space, { env: contractFor(space, master, { CONFIG_URL, MASTER_WAIT: '2' }) })
  expect(await agent.exit, agent.log()).toBe(code)
  expect(master.clones(), 'base backups').toBe(before)
  return agent
}

async function serve(files: Served): Promise<string> {
  return (await startConfigServer(space, files)).url
}

const printed = (name: string) => readFileSync(`dist/conf/${name}`, 'utf8')

describe('a CONFIG_URL that is of no use costs no copy (D7, D9-D11)', () => {
  testWith(['debian', 'nginx'], '404 for postgresql.conf is 78', async () => {
    const agent = await expectExit(78, await serve({ 'pg_hba.conf': printed('pg_hba.conf') }))
    expect(agent.log()).toMatch(/postgresql\.conf.*404/)
  })

  testWith(['debian', 'nginx'], '404 for pg_hba.conf is 78', async () => {
    const agent = await expectExit(78, await serve({ 'postgresql.conf': printed('postgresql.conf') }))
    expect(agent.log()).toMatch(/pg_hba\.conf.*404/)
  })

  testWith(['debian', 'nginx'], 'a page of HTML with status 200 is 78', async () => {
    const url = (await serve(printedFiles)).replace(/conf$/, 'page')
    expect((await expectExit(78, url)).log()).toMatch(/postgresql\.conf/)
  })

  testWith(['debian', 'nginx'], 'a page of HTML in place of pg_hba.conf is 78', async () => {
    const page = '<!DOCTYPE html>\n<html><body>Please log in</body></html>\n'
    const url = await serve({ 'postgresql.conf': printed('postgresql.conf'), 'pg_hba.conf': page })
    expect((await expectExit(78, url)).log()).toMatch(/pg_hba\.conf/)
  })

  testWith(['debian', 'nginx'], 'an empty pg_hba.conf is 78', async () => {
    await expectExit(78, await serve({ 'postgresql.conf': printed('postgresql.conf'), 'pg_hba.conf': '' }))
  })

  testWith(['debian', 'nginx'], 'a setting that 15 does not know is 78, with file and line', async () => {
    const conf = "# of 2015\nmax_connections = 100\nwal_keep_segments = 8\nstats_temp_directory = 'x'\n"
    const url = await serve({ 'postgresql.conf': conf, 'pg_hba.conf': printed('pg_hba.conf') })
    const log = (await expectExit(78, url)).log()
    expect(log).toMatch(/wal_keep_segments/)
    expect(log).toMatch(/postgresql\.conf.*line 3/)
  })

  testWith(['debian', 'nginx'], 'a value that 15 does not take is 78', async () => {
    const conf = 'max_connections = many\n'
    const url = await serve({ 'postgresql.conf': conf, 'pg_hba.conf': printed('pg_hba.conf') })
    expect((await expectExit(78, url)).log()).toMatch(/max_connections/)
  })

  testWith(['debian', 'nginx'], 'a certificate that is not on this agent is 78', async () => {
    const conf =
      "ssl = on\nssl_cert_file = '/nonexistent/snakeoil.pem'\nssl_key_file = '/nonexistent/snakeoil.key'\n"
    const url = await serve({ 'postgresql.conf': conf, 'pg_hba.conf': printed('pg_hba.conf') })
    expect((await expectExit(78, url)).log()).toMatch(/snakeoil/)
  })

  testWith(['debian'], 'a server that refuses connections is 75', async () => {
    const agent = await expectExit(75, `http://127.0.0.1:${await pickPort()}/conf`)
    expect(agent.log()).toMatch(/CONFIG_URL/)
  })

  testWith(['debian'], 'a server that says nothing is 75', async () => {
    const { url } = await startSilentServer(space)
    expect((await expectExit(75, url)).log()).toMatch(/no usable answer within \d+ s for .* timed out/)
  })
})

testWith(['debian', 'nginx'], 'a locale of the configuration that is not here is C instead', async () => {
  // No newline at its end.
  const conf = `${printed('postgresql.conf')}lc_messages = 'xx_XX.UTF-8'`
  const url = await serve({ 'postgresql.conf': conf, 'pg_hba.conf': printed('pg_hba.conf') })
  const agent = await runAgent(space, { env: contractFor(space, master, { CONFIG_URL: url }) })
  await agent.waitForRow(await master.insert())
  expect(await agent.sql('SHOW lc_messages')).toEqual([{ lc_messages: 'C' }])
  expect(agent.log().match(/the locale of lc_messages is not installed here; using C/g)).toHaveLength(1)
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

testWith(
  ['debian', 'nginx'],
  'a library that is not here costs no copy, wherever it is looked for',
  async () => {
    const url = (lines: string) =>
      serve({
        'postgresql.conf': `${printed('postgresql.conf')}\n${lines}`,
        'pg_hba.conf': printed('pg_hba.conf'),
      })
    const missing = await expectExit(78, await url("shared_preload_libraries = 'no_such_thing'\n"))
    expect(missing.log()).toMatch(
      /names no_such_thing, which is not on this agent\n.* data: .*\n.*LIBRARY_MISSING/,
    )

    const libraries = join(space.dir, 'libraries')
    mkdirSync(libraries)
    copyFileSync(join(serverBin, '../lib/auth_delay.so'), join(libraries, 'elsewhere.so'))
    const path = `dynamic_library_path = '${libraries}:$libdir'\n`
    const CONFIG_URL = await url(`${path}shared_preload_libraries = 'elsewhere'\n`)
    const agent = await runAgent(space, { env: contractFor(space, master, { CONFIG_URL }) })
    await agent.waitForRow(await master.insert())
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
  },
)

testWith(
  ['debian', 'nginx'],
  'a configuration that cannot be put into the data directory is 77',
  async () => {
    const env = contractFor(space, master, { CONFIG_URL: await serve(printedFiles) })
    const first = await runAgent(space, { env })
    await first.waitForRow(await master.insert())
    first.terminate('SIGTERM', 'script')
    expect(await first.exit, first.log()).toBe(0)
    rmSync(join(first.dataDir, 'postgresql.conf'))
    chmodSync(first.dataDir, 0o500)
    const next = await runAgent(space, { env, sandbox: first.sandbox })
    expect(await next.exit, next.log()).toBe(77)
    expect(next.log()).toMatch(/cannot write .*\/postgresql\.conf\n.* data: .*\n.*DATA_DIR/)
  },
)

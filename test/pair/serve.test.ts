import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { inFolder } from '../commands/cli.js'
import { startServe } from '../commands/serving.js'
import { runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space, { layout: 'debian' })
})
afterAll(() => space.close())

testWith(['debian'], 'an agent takes the script and the configuration from serve, and streams', async () => {
  const model = {
    master: { hosts: ['127.0.0.1'], port: master.port },
    postgresql: { majors: [15], settings: { work_mem: '5MB' } },
    run: { onCollation: 'ignore' },
  }
  await inFolder({ 'replica.config.json': JSON.stringify(model) }, async ({ dir }) => {
    const { running, url } = await startServe(dir)
    const script = join(space.dir, 'served.sh')
    writeFileSync(script, await (await fetch(`${url}/run_rep.sh`)).text())
    const env = contractFor(space, master, { CONFIG_URL: `${url}/conf` })
    const agent = await runAgent(space, { env, script })
    await agent.waitForRow(await master.insert())
    expect(await agent.sql('SHOW work_mem')).toEqual([{ work_mem: '5MB' }])
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    running.kill('SIGTERM')
    const { exitCode, stderr } = await running
    expect(exitCode).toBe(0)
    expect(stderr).toMatch(/ GET \/conf\/postgresql\.conf 200 /)
    expect(stderr).toMatch(/ GET \/conf\/pg_hba\.conf 200 /)
  })
})

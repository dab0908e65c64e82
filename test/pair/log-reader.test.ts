import { execFileSync, spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { isAlive, signal } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

for (const shell of ['dash', 'bash', 'busybox', 'mksh', 'yash'] as const) {
  testWith(['root', 'namespace', { tool: shell }], `who reads the log may die, under ${shell}`, async () => {
    // A supervisor that hands the log to another program, which writes it into files.
    const pipe = join(space.dir, `log-${shell}`)
    execFileSync('mkfifo', ['-m', '666', pipe])
    const reader = spawn('sh', ['-c', `exec cat <${pipe} >${pipe}.read`], { stdio: 'ignore' })
    space.track(() => {
      reader.kill('SIGKILL')
    })
    const agent = await runAgent(space, {
      env: contractFor(space, master),
      script: buildQuickScript(space),
      shell,
      within: ['sh', '-c', `exec "$@" 2>${pipe}`, 'sh'],
    })
    await agent.waitForRow(await master.insert())
    const read = () => readFileSync(`${pipe}.read`, 'utf8')
    await waitFor('the log to be read', () => /streaming from/.test(read()))
    const end = new Promise((resolve) => reader.once('exit', resolve))
    reader.kill('SIGKILL')
    await end
    // Each of these has something to say from now on: the server is asked again, a watcher dies, and the run ends.
    const watchers = () =>
      agent.descendants().filter(({ args, ppid }) => ppid === agent.pid && /\bsh\b/.test(args))
    const helpers = watchers().map(({ pid }) => pid)
    const watcher = helpers.at(-1) ?? 0
    signal(watcher, 'SIGKILL')
    await waitFor('another watcher', () => watchers().some(({ pid }) => !helpers.includes(pid)))
    expect(isAlive(agent.pid)).toBe(true)
    await agent.waitForRow(await master.insert())
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit).toBe(0)
    await expectNothingLeft(agent)
  })
}

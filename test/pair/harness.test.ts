import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { processesUnder } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

// Where the harness was wrong in silence, the other files would pass and prove nothing.

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

describe('an agent', () => {
  async function runStub(
    lines: readonly string[],
    options: Partial<Parameters<typeof runAgent>[1]> = {},
  ): Promise<Agent> {
    const script = join(space.dir, `stub-${Math.random()}.sh`)
    writeFileSync(script, `${lines.join('\n')}\n`)
    return runAgent(space, { env: {}, script, ...options })
  }

  test('gives the script nothing but the contract, and its code back', async () => {
    const agent = await runStub(['env >&2', 'exit 42'], { env: { CONFIG_URL: 'http://x' } })
    expect(await agent.exit).toBe(42)
    const names = agent
      .log()
      .match(/^\w+(?==)/gm)
      ?.filter((name) => !['PWD', 'OLDPWD', '_', 'SHLVL'].includes(name))
    expect(names?.sort()).toEqual(
      ['CONFIG_URL', 'HOST', 'LIBPROCESS_PORT', 'MARATHON_APP_ID', 'MESOS_DIRECTORY', 'MESOS_SANDBOX']
        .concat(['MESOS_TASK_ID', 'PATH', 'PORT', 'PORT0', 'PORTS'])
        .sort(),
    )
  })

  test('sees an orphan that the script leaves behind', async () => {
    const agent = await runStub(['sleep 300 &', 'exit 0'])
    expect(await agent.exit).toBe(0)
    await expect(expectNothingLeft(agent)).rejects.toThrow(/processes left/)
  })

  test('signals the whole tree, children of other sessions too', async () => {
    const agent = await runStub(['setsid sleep 300 &', 'sleep 300 & wait; echo no >&2'])
    const sleepers = () => agent.descendants().filter(({ args }) => args === 'sleep 300')
    await waitFor('both children', () => sleepers().length === 2)
    agent.terminate('SIGTERM', 'tree')
    expect(await agent.exit).toBe(143)
    // The one that we wait for can be the first to be gone.
    await waitFor('the end of both', () => processesUnder(agent.sandbox).length === 0)
    await expectNothingLeft(agent)
  })

  for (const [shell, probe] of [
    ['bash', 'echo "$BASH_VERSION" >&2'],
    ['busybox', 'busybox | head -n 1 >&2; readlink /proc/$$/exe >&2'],
  ] as const) {
    testWith(['namespace', shell], `can have ${shell} as its /bin/sh`, async () => {
      const agent = await runStub([probe], { shell, longPath: true })
      expect(await agent.exit).toBe(0)
      expect(agent.log()).toMatch(shell === 'bash' ? /^5\./ : /BusyBox v1[\s\S]*\/(busybox|dash)\n$/)
      expect(agent.sandbox.length).toBeGreaterThan(200)
    })
  }
})

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Agent, mesosPath, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { writePassfile } from './harness/passfile.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
let script: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  script = buildQuickScript(space)
})
afterAll(() => space.close())

let ears = 0

/** In the place of systemd-notify a tool that writes down what it is told, and where to. */
function makeEar(): { readonly env: Environment; heard(): string[] } {
  ears += 1
  const dir = join(space.dir, `ear-${ears}`)
  const record = join(space.dir, `heard-${ears}`)
  writeFileSync(record, '')
  chmodSync(record, 0o666)
  const tool = join(dir, 'systemd-notify')
  mkdirSync(dir)
  writeFileSync(tool, `#!/bin/sh\nprintf '%s\\n' "$NOTIFY_SOCKET: $*" >>${record}\n`)
  chmodSync(tool, 0o755)
  return {
    env: { PATH: `${dir}:${mesosPath}`, NOTIFY_SOCKET: '/run/an ear' },
    heard: () => readFileSync(record, 'utf8').split('\n').filter(Boolean),
  }
}

const ready = (agent: Agent) => `/run/an ear: READY=1 STATUS=open to clients on port ${agent.port}`

for (const shell of [undefined, 'bash', 'busybox', 'mksh', 'yash']) {
  testWith(
    shell === undefined ? [] : [{ tool: shell }, 'namespace'],
    `under ${shell ?? 'dash'} a supervisor that listens hears what a run does, and once that clients are let in; the server does not know of it`,
    async () => {
      const { env, heard } = makeEar()
      const agent = await runAgent(space, {
        ...(shell === undefined ? {} : { shell }),
        ...{ script, env: { ...contractFor(space, master), ...env } },
      })
      await waitFor(
        () => `it to be told: ${heard().join('\n')}\n${agent.log()}`,
        () => heard().includes(ready(agent)),
      )
      await agent.waitForRow(await master.insert())
      await waitFor('it to be told that it streams', () => heard().length > 3)
      expect(heard()).toEqual([
        expect.stringMatching(/: STATUS=127\.0\.0\.1:\d+ has \d+ MB to clone/),
        expect.stringMatching(/: STATUS=starting PostgreSQL 15 as /),
        ready(agent),
        expect.stringMatching(/: STATUS=streaming from 127\.0\.0\.1:\d+, timeline 1, at /),
      ])
      const server = Number(readFileSync(join(agent.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0])
      const environment = readFileSync(`/proc/${server}/environ`, 'utf8')
      expect(environment).toContain('LC_ALL=')
      expect(environment).not.toContain('NOTIFY_SOCKET')
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
    },
  )
}

testWith(
  [],
  'it hears why a run failed, in one line; a tool that cannot tell it changes nothing',
  async () => {
    const { env, heard } = makeEar()
    const passfile = writePassfile(join(space.dir, 'wrong-passfile'), serverUser(), [{ password: 'wrong' }])
    const refused = contractFor(space, master, { EXIT_PAUSE: '0', PGPASSFILE: passfile })
    const told = await runAgent(space, { script, env: { ...refused, ...env } })
    expect(await told.exit, told.log()).toBe(77)
    expect(heard()).toEqual([
      expect.stringMatching(/: STATUS=the master refuses the role replicator: .*authentication/),
    ])
    // A tool that fails, and the real one, whose socket is nobody's.
    for (const PATH of [`${env.PATH}`, mesosPath]) {
      if (PATH !== mesosPath)
        writeFileSync(join(PATH.split(':')[0] ?? '', 'systemd-notify'), '#!/bin/sh\nexit 1\n')
      const again = await runAgent(space, { script, env: { ...refused, ...env, PATH } })
      expect(await again.exit, again.log()).toBe(77)
    }
  },
)

testWith([], 'a run that starts again with what the master raised tells it again', async () => {
  const { env, heard } = makeEar()
  const agent = await runAgent(space, { script, env: { ...contractFor(space, master), ...env } })
  await waitFor('it to be told', () => heard().includes(ready(agent)))
  await master.sql('ALTER SYSTEM SET max_connections = 70')
  await master.stop()
  await master.start()
  await agent.waitForLog(/the master raised max_connections from 60 to 70: starting again with that value/)
  await waitFor(
    () => `it to be told again: ${heard().join('\n')}`,
    () => heard().filter((one) => one === ready(agent)).length === 2,
  )
  expect(existsSync(join(agent.dataDir, 'standby.signal'))).toBe(true)
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript, buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { makeNetwork } from './harness/network.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

/** Holds a port of an address as long as the space is open, or until it is closed. */
async function hold(port: number, host: string): Promise<Server> {
  const server = createServer((socket) => socket.destroy())
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, ipv6Only: true }, resolve)
  })
  space.track(() => void server.close())
  return server
}

const release = (server: Server) => new Promise((resolve) => server.close(resolve))

interface Asked {
  readonly code: number
  readonly words: string
}

/** Asks as a scheduler would, by another process in the sandbox of the task. */
async function ask(agent: Agent, env: Environment, what: string, options: object = {}): Promise<Asked> {
  const { sandbox, port } = agent
  const asked = await runAgent(space, { env, sandbox, port, args: [what], ownLog: true, ...options })
  const code = await asked.exit
  return { code, words: asked.log() }
}

const oneLine = /^[^\n]+ ERROR health: [^\n]+\n$/

/** A script that waits before it serves until `go` is called, so that somebody else may come first. */
function buildWaiting(run: ReplicaInput['run'] = {}) {
  const marks = mkdtempSync(join(space.dir, 'marks-'))
  chmodSync(marks, 0o777)
  const body = `
step_wait() {
  printf '' >"$MARKS/waits"
  while [ ! -e "$MARKS/go" ]; do
    sleep 1
  done
}
`
  const steps = [{ name: 'wait', doc: 'waits', file: './wait.sh', before: 'serve' }]
  return {
    model: { env: { MARKS: { type: 'absolute_path' } }, steps, run } as object,
    files: { './wait.sh': body },
    marks,
    waits: () => waitFor('the step to wait', () => existsSync(join(marks, 'waits'))),
    go: () => writeFileSync(join(marks, 'go'), ''),
  }
}

describe('before the copy', () => {
  testWith([], 'a second cluster on 127.0.0.1 is 75, named, and no copy is made', async () => {
    const port = await pickPort()
    const other = await startMaster(space, { port, isStranger: true })
    const clones = master.clones()
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env, port })
    expect(await agent.exit, agent.log()).toBe(75)
    expect(agent.log()).toMatch(
      new RegExp(
        `ERROR claim: port ${port} of 0\\.0\\.0\\.0 \\(\\*\\) is in use by process \\d+ \\(postgres, in .*/data\\)`,
      ),
    )
    expect(agent.log()).toMatch(/\(PORT, exit 75\)/)
    expect(master.clones()).toBe(clones)
    expect((await ask(agent, env, 'preflight')).code).toBe(75)
    await other.stop()
    const next = await runAgent(space, { env, port, sandbox: agent.sandbox })
    await next.waitForRow(await master.insert())
    // Beside a replica that runs it is ours.
    expect(await ask(next, env, 'preflight')).toMatchObject({ code: 0 })
    next.terminate('SIGTERM', 'script')
    expect(await next.exit, next.log()).toBe(0)
    await expectNothingLeft(next)
  })

  for (const [listen, address] of [
    [['127.0.0.1'], '127.0.0.1'],
    [['localhost'], '127.0.0.1'],
    [['0.0.0.0'], '127.0.0.2'],
    [['*'], '::1'],
    [['127.0.0.1', '::1'], '::1'],
  ] as const) {
    testWith([], `${address} is taken from a replica on ${listen}: 75`, async () => {
      const port = await pickPort()
      const server = await hold(port, address)
      const script = buildQuickScript(space, { listen: [...listen] })
      const agent = await runAgent(space, { env: contractFor(space, master), port, script })
      expect(await agent.exit, agent.log()).toBe(75)
      expect(agent.log()).toMatch(/is in use by (process \d+|a process of the user)/)
      await release(server)
    })
  }

  testWith([], 'an address that a replica does not listen on may be taken', async () => {
    const port = await pickPort()
    const server = await hold(port, '127.0.0.2')
    const script = buildQuickScript(space, { listen: ['127.0.0.1'] })
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env, port, script })
    await agent.waitForRow(await master.insert())
    expect((await ask(agent, env, 'health')).code).toBe(0)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await release(server)
  })

  testWith([], 'an address of another host, and a name that is none, are 78', async () => {
    for (const [address, words] of [
      ['10.99.99.99', /10\.99\.99\.99 is not an address of this host/],
      ['nobody-has-it.invalid', /nobody-has-it\.invalid has no address here/],
    ] as const) {
      const script = buildQuickScript(space, { listen: ['127.0.0.1', address] })
      const clones = master.clones()
      const agent = await runAgent(space, { env: contractFor(space, master), script })
      expect(await agent.exit, agent.log()).toBe(78)
      expect(agent.log()).toMatch(words)
      expect(agent.log()).toMatch(/\(LISTEN, exit 78\)/)
      expect(master.clones()).toBe(clones)
    }
  })
})

describe('at the start of the server', () => {
  for (const onCollation of ['refuse', 'ignore'] as const) {
    testWith([], `who took 127.0.0.1 meanwhile is found: 75, run.onCollation ${onCollation}`, async () => {
      const waiting = buildWaiting({ watchInterval: 1, onCollation, listen: ['127.0.0.2', '127.0.0.1'] })
      const script = buildScript(space, waiting.model, waiting.files)
      const env = contractFor(space, master, { MARKS: waiting.marks })
      const agent = await runAgent(space, { env, script })
      await waiting.waits()
      const server = await hold(agent.port, '127.0.0.1')
      waiting.go()
      expect(await agent.exit, agent.log()).toBe(75)
      expect(agent.log()).toMatch(/port \d+ of 127\.0\.0\.1 is in use by/)
      expect(agent.log()).toMatch(/\(PORT, exit 75\)/)
      expect(await agent.state()).toBe('shut down in recovery')
      await expectNothingLeft({ ...agent, port: await pickPort() })
      await release(server)
    })
  }

  testWith([], 'a server that could bind nothing at all is 75, too, and not a bare 1', async () => {
    const waiting = buildWaiting({ watchInterval: 1, listen: ['127.0.0.1'] })
    const script = buildScript(space, waiting.model, waiting.files)
    const agent = await runAgent(space, {
      env: contractFor(space, master, { MARKS: waiting.marks }),
      script,
    })
    await waiting.waits()
    const server = await hold(agent.port, '127.0.0.1')
    waiting.go()
    expect(await agent.exit, agent.log()).toBe(75)
    expect(agent.log()).toMatch(/\(PORT, exit 75\)/)
    await release(server)
  })

  testWith([], 'without a /proc that tells, the log of the server does', async () => {
    const waiting = buildWaiting({ watchInterval: 1, listen: ['127.0.0.2', '127.0.0.1'] })
    const script = buildScript(space, waiting.model, waiting.files)
    const text = readFileSync(script, 'utf8')
    const blind = text.replace('[ -r "/proc/$1/net/tcp" ] && list_sockets "$1"', 'false')
    expect(blind).not.toBe(text)
    writeFileSync(script, blind)
    const agent = await runAgent(space, {
      env: contractFor(space, master, { MARKS: waiting.marks }),
      script,
    })
    await waiting.waits()
    const server = await hold(agent.port, '127.0.0.1')
    waiting.go()
    expect(await agent.exit, agent.log()).toBe(75)
    expect(agent.log()).toMatch(/could not bind port \d+ of 127\.0\.0\.1; see the lines with that address in/)
    await release(server)
  })
})

describe('health', () => {
  testWith([], 'says no where another server has one of the addresses', async () => {
    const waiting = buildWaiting({
      watchInterval: 1,
      onCollation: 'ignore',
      listen: ['127.0.0.2', '127.0.0.1'],
    })
    const script = buildScript(space, waiting.model, waiting.files)
    // As if nobody had looked before.
    const text = readFileSync(script, 'utf8')
    const blind = text.replace('decide "$port_failure" "$port_fault"', ':')
    expect(blind).not.toBe(text)
    writeFileSync(script, blind)
    const env = contractFor(space, master, { MARKS: waiting.marks })
    const agent = await runAgent(space, { env, script })
    await waiting.waits()
    const other = await startMaster(space, { port: agent.port, isStranger: true })
    waiting.go()
    await waitFor('the replica to let the script in', () =>
      /ready/.test(readFileSync(join(agent.dataDir, 'postmaster.pid'), 'utf8')),
    )
    const { code, words } = await ask(agent, env, 'health')
    expect(code).toBe(1)
    expect(words).toMatch(oneLine)
    expect(words).toMatch(/port \d+ of 127\.0\.0\.1 is in use by process \d+ \(postgres, in /)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
    await other.stop()
  })

  testWith(
    [{ tool: 'setpriv' }, 'root'],
    'needs no right to look at processes of others, not even as root',
    async () => {
      const env = contractFor(space, master)
      const agent = await runAgent(space, { env })
      await agent.waitForRow(await master.insert())
      const poor = ['setpriv', '--bounding-set', '-sys_ptrace', '--inh-caps', '-sys_ptrace', '--']
      expect(await ask(agent, env, 'health', { within: poor })).toMatchObject({ code: 0, words: '' })
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
    },
  )

  testWith(['network'], 'asks where the replica listens: one address, a name, IPv6 alone', async () => {
    const network = await makeNetwork(space)
    const own = await startMaster(space, { host: network.master })
    const host = network.replica
    const env = contractFor(space, own, { POSTGRES_MASTER: network.master.address })
    for (const listen of [[host.address], ['localhost'], ['::1'], ['*']]) {
      const script = buildQuickScript(space, { listen })
      const port = await pickPort()
      const agent = await runAgent(space, { env, script, port, host })
      await waitFor(
        () => `health with ${listen}; ${agent.log()}`,
        async () => (await ask(agent, env, 'health', { host })).code === 0,
      )
      expect(agent.log()).not.toMatch(/WARN|ERROR/)
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
    }
  })
})

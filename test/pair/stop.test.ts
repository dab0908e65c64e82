import { chmodSync, existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, mesosPath, runAgent, script } from './harness/agent.js'
import { buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { become, isRoot, serverUser } from './harness/identity.js'
import { launch } from './harness/launch.js'
import { type Master, startMaster } from './harness/master.js'
import { makeSleep } from './harness/own-sleep.js'
import { freeze, isAlive, signal } from './harness/processes.js'
import { openSession } from './harness/query.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

const descendant = (agent: Agent, title: string) =>
  waitFor(`a process of the server: ${title}`, () =>
    agent.descendants().find(({ args }) => args.includes(title)),
  )

/** The printed script, which is told to end right before a line: no test could meet that instant. */
function endBefore(line: RegExp): string {
  const text = readFileSync(script, 'utf8')
  const edited = text.replace(line, (found) => `  kill -s TERM "$$"\n${found}`)
  expect(edited).not.toBe(text)
  const path = join(space.dir, `edited-${++edits}.sh`)
  writeFileSync(path, edited)
  return path
}
let edits = 0

describe('SIGTERM right when a server starts', () => {
  testWith([], 'before it is there: none is started any more', async () => {
    const edited = endBefore(/^ {2}with_settings start_server\n {2}serving=yes\n {2}start_watcher/m)
    const agent = await runAgent(space, { env: contractFor(space, master), script: edited })
    expect(await agent.exit, agent.log()).toBe(143)
    expect(agent.log()).not.toContain('checked: a standby')
    await expectNothingLeft(agent)
  })

  // It ignores SIGINT until it is let go, so that only who is told again and again ends it.
  testWith([], 'before its watcher is there, which must not end who stops it', async () => {
    const told = mkdtempSync(join(space.dir, 'told-'))
    chmodSync(told, 0o777)
    const [go, deaf, slow] = [join(told, 'go'), join(told, 'deaf'), join(space.dir, 'slow.sh')]
    writeFileSync(slow, `trap '' INT\n: >${deaf}\nwhile [ ! -e ${go} ]; do sleep 0.1; done\nexec "$@"\n`)
    const edited = endBefore(/^ {2}start_watcher\n/m)
    const text = readFileSync(edited, 'utf8')
    // Without what else would be beside it: this is about the start itself.
    const held = text
      .replace(/^ {2}launch ("\$pg_bin"\/postgres)/m, `  launch sh ${slow} $1`)
      .replace('  kill -s TERM "$$"\n', (found) => `  until [ -e ${deaf} ]; do sleep 0.1; done\n${found}`)
      .replace(/^on_collation=.*$/m, 'on_collation=ignore')
      .replace(/^ {2}hold_wal\n/m, '')
      .replace(/^watch_interval=.*$/m, 'watch_interval=1')
    writeFileSync(edited, held)
    const agent = await runAgent(space, { env: contractFor(space, master), script: edited })
    await agent.waitForLog(/checked: a standby/)
    // Who stops it, the keeper of the claim, and the watcher, which ends by itself after its first look.
    const helpers = () =>
      agent.descendants().filter(({ ppid, args }) => ppid === agent.pid && args.includes('run_rep.sh'))
    await waitFor('the end of the watcher', () => helpers().length < 3)
    writeFileSync(go, '')
    expect(await agent.exit, agent.log()).toBe(0)
    await expectNothingLeft(agent)
  })
})

// Under dash, which is /bin/sh; the others are in shells.test.ts.
describe('a replica with an idle client (D13)', () => {
  for (const whom of ['script', 'tree'] as const) {
    testWith([], `ends cleanly on SIGTERM to the ${whom}`, async () => {
      const agent = await runAgent(space, { env: contractFor(space, master) })
      await agent.waitForRow(await master.insert())
      const client = await openSession(agent.port)
      agent.terminate('SIGTERM', whom)
      expect(await agent.exit, agent.log()).toBe(0)
      await client.close()
      expect(agent.log()).not.toMatch(/immediate shutdown/)
      expect(await agent.state()).toBe('shut down in recovery')
      await expectNothingLeft(agent)
      if (isRoot)
        expect(readdirSync(join(agent.sandbox, 'pgdata'))).toEqual([
          expect.stringMatching(/^claim\.\d+$/),
          'log',
          'replica',
          'status',
        ])
    })
  }

  testWith(
    [],
    'ends cleanly also where the server waits for processes that it does not tell to end',
    async () => {
      const agent = await runAgent(space, { env: contractFor(space, master) })
      await agent.waitForRow(await master.insert())
      const client = await openSession(agent.port)
      const end = async (title: string) => {
        const { pid } = await descendant(agent, title)
        signal(pid, 'SIGTERM')
        return pid
      }
      // What a signal to the whole tree does, in one of the orders in which it may arrive.
      await end('/postgres -D')
      const writer = await end('background writer')
      await waitFor('another background writer', () =>
        agent.descendants().some(({ pid, args }) => pid !== writer && args.includes('background writer')),
      )
      const startup = await end('startup')
      await waitFor('the end of the startup process', () => !isAlive(startup))
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
      await client.close()
      expect(agent.log()).not.toMatch(/immediate shutdown/)
      expect(await agent.state()).toBe('shut down in recovery')
      await expectNothingLeft(agent)
    },
  )

  testWith([], 'ends cleanly on SIGINT, and on three SIGTERM in a row', async () => {
    for (const names of [['SIGINT'], ['SIGTERM', 'SIGTERM', 'SIGTERM']] as const) {
      const agent = await runAgent(space, { env: contractFor(space, master) })
      await agent.waitForRow(await master.insert())
      for (const name of names) agent.terminate(name, 'script')
      expect(await agent.exit, agent.log()).toBe(0)
      expect(await agent.state()).toBe('shut down in recovery')
      await expectNothingLeft(agent)
    }
  })

  testWith(
    [],
    'hands on the outcome of a server that was killed, and starts again without a copy',
    async () => {
      const env = contractFor(space, master)
      const agent = await runAgent(space, { env })
      await agent.waitForRow(await master.insert())
      const clones = master.clones()
      signal((await descendant(agent, '/postgres -D')).pid, 'SIGKILL')
      expect(await agent.exit, agent.log()).toBe(137)
      const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
      await again.waitForRow(await master.insert())
      expect(master.clones()).toBe(clones)
      again.terminate('SIGTERM', 'script')
      expect(await again.exit).toBe(0)
    },
  )

  testWith(
    [],
    'killed with all, starts again without a copy where postmaster.pid names a live stranger of its user',
    async () => {
      const env = contractFor(space, master)
      const agent = await runAgent(space, { env })
      await agent.waitForRow(await master.insert())
      const clones = master.clones()
      const file = join(agent.dataDir, 'postmaster.pid')
      const lines = readFileSync(file, 'utf8').split('\n')
      await agent.kill()
      expect(await agent.exit).toBe(137)

      const discard = '/dev/null'
      const words = [...become(serverUser()), 'sleep', '600']
      const stranger = launch({
        words,
        cwd: space.dir,
        env: { PATH: mesosPath },
        stdout: discard,
        stderr: discard,
      })
      writeFileSync(file, [stranger.pid, ...lines.slice(1)].join('\n'))
      const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
      await again.waitForRow(await master.insert())
      expect(master.clones()).toBe(clones)
      again.terminate('SIGTERM', 'script')
      expect(await again.exit, again.log()).toBe(0)
      process.kill(stranger.pid, 'SIGKILL')
      await stranger.exit
    },
  )
})

describe('a clone', () => {
  for (const whom of ['script', 'tree'] as const) {
    testWith([], `is ended and removed on SIGTERM to the ${whom} (D15)`, async () => {
      const gate = await openGate(space, master)
      gate.hold()
      const agent = await runAgent(space, { env: contractFor(space, gate) })
      await gate.waitForCopy()
      agent.terminate('SIGTERM', whom)
      expect(await agent.exit, agent.log()).toBe(143)
      expect(agent.log()).toMatch(
        /clone: copying \d+ MB from [\s\S]*clone: told to stop: the unfinished copy is removed/,
      )
      await expectNothingLeft(agent)
      expect(readdirSync(join(agent.sandbox, 'pgdata')).sort()).toEqual(['claim.1', 'status'])
    })
  }

  testWith([], 'that was killed is removed by the next run, which then serves (D16)', async () => {
    const gate = await openGate(space, master)
    const env = contractFor(space, gate)
    gate.hold()
    const agent = await runAgent(space, { env })
    await gate.waitForCopy()
    await agent.kill()
    expect(await agent.exit).toBe(137)
    expect(existsSync(agent.dataDir)).toBe(false)
    gate.release()
    const again = await runAgent(space, { env, sandbox: agent.sandbox })
    await again.waitForRow(await master.insert())
    again.terminate('SIGTERM', 'script')
    expect(await again.exit, again.log()).toBe(0)
    expect(readdirSync(join(agent.sandbox, 'pgdata'))).toEqual([
      expect.stringMatching(/^claim\.\d+$/),
      'log',
      'replica',
      'status',
    ])
  })
})

// Its sleep is longer than any test: an end shows that nobody waits for it.
describe('a wait', () => {
  testWith([], 'for an absent master ends at once on SIGTERM', async () => {
    const absent = { port: await pickPort() }
    // The first pause between two tries; helpers sleep longer.
    const sleep = makeSleep(space, [1, 2])
    const agent = await runAgent(space, { env: contractFor(space, absent, { PATH: sleep.path }) })
    await sleep.waitForCall(1, 2)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(143)
    expect(agent.log()).toMatch(/trying again in [12] s/)
    await expectNothingLeft(agent)
  })

  testWith([], 'before a permanent failure ends at once on SIGTERM and keeps its code', async () => {
    const sleep = makeSleep(space)
    const faults = { PGPASSFILE: join(space.dir, 'nowhere'), EXIT_PAUSE: '7200' }
    const agent = await runAgent(space, {
      env: contractFor(space, master, { ...faults, PATH: sleep.path }),
    })
    await sleep.waitForCall(3600, 10_801)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(77)
    await expectNothingLeft(agent)
  })
})

describe('a server that does not end', () => {
  testWith([], 'is told again each second, which disturbs nobody, until it has ended', async () => {
    const sleep = makeSleep(space)
    const agent = await runAgent(space, { env: contractFor(space, master, { PATH: sleep.path }) })
    await agent.waitForRow(await master.insert())
    // As one that writes a gigabyte of dirty buffers to a slow disk.
    const { pid } = await descendant(agent, 'checkpointer')
    freeze([pid])
    const seconds = () => sleep.calls().filter((one) => one === '1').length
    const before = seconds()
    agent.terminate('SIGTERM', 'script')
    await waitFor('four seconds of the shutdown', () => seconds() >= before + 4)
    signal(pid, 'SIGCONT')
    expect(await agent.exit, agent.log()).toBe(0)
    expect(agent.log()).not.toMatch(/immediate shutdown/)
    expect(await agent.state()).toBe('shut down in recovery')
    await expectNothingLeft(agent)
  })

  testWith([], 'is shut down immediately, then killed; the next run needs no copy', async () => {
    const script = buildScript(space, { shutdown: { fast: 1, immediate: 1 } })
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env, script })
    await agent.waitForRow(await master.insert())
    const clones = master.clones()
    freeze([(await descendant(agent, '/postgres -D')).pid])
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(137)
    expect(agent.log()).toMatch(/no fast shutdown within 1 s[\s\S]*no immediate shutdown within 1 s: KILL/)
    const again = await runAgent(space, { env, sandbox: agent.sandbox, port: agent.port })
    await again.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    again.terminate('SIGTERM', 'script')
    expect(await again.exit, again.log()).toBe(0)
  })
})

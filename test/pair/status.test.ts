import { chmodSync, existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, type AgentOptions, mesosPath, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { become, chownTo, findUser, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { readPrometheus } from './harness/prometheus.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
let script: string
beforeAll(() => {
  space = openSpace()
  script = buildQuickScript(space)
})
afterAll(() => space.close())

interface Pair {
  readonly master: Master
  readonly agent: Agent
  readonly env: Environment
}

async function makePair(): Promise<Pair> {
  const master = await startMaster(space)
  const env = contractFor(space, master)
  const agent = await runAgent(space, { env, script })
  await agent.waitForRow(await master.insert())
  return { master, agent, env }
}

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

interface Asked {
  readonly code: number
  readonly out: string
  readonly words: string
}

/** Asks in the sandbox of the task, as somebody who has its environment. */
async function ask(
  { agent, env }: Pick<Pair, 'agent' | 'env'>,
  args: readonly string[] = [],
  over: Partial<AgentOptions> = {},
): Promise<Asked> {
  const { sandbox, port } = agent
  const stdout = join(sandbox, 'stdout')
  const before = statSync(stdout).size
  const asked = await runAgent(space, {
    env,
    script,
    sandbox,
    port,
    args: ['status', ...args],
    ownLog: true,
    ...over,
  })
  const code = await asked.exit
  return { code, out: readFileSync(stdout).subarray(before).toString(), words: asked.log() }
}

type Json = Record<string, unknown> & {
  readonly restart: Record<string, unknown>
  readonly last_failure?: Record<string, unknown>
}

async function askJson(
  pair: Pick<Pair, 'agent' | 'env'>,
  args: readonly string[] = [],
  over: Partial<AgentOptions> = {},
): Promise<Json> {
  const { code, out, words } = await ask(pair, ['--json', ...args], over)
  expect(code, words).toBe(0)
  return JSON.parse(out) as Json
}

/** Asked again as long as it does not fit: the watcher looks each second. */
const becomes = (pair: Pick<Pair, 'agent' | 'env'>, expected: object, args: readonly string[] = []) =>
  waitFor(`status to be ${JSON.stringify(expected)}`, async () => {
    const status = await askJson(pair, args)
    expect(status).toMatchObject(expected)
    return status
  })

const fileOf = (agent: Agent, name: string) => join(agent.sandbox, 'pgdata/status', name)
const readJson = (agent: Agent) => JSON.parse(readFileSync(fileOf(agent, 'status.json'), 'utf8')) as Json

/** An LSN as a number. */
function bytesOf(lsn: unknown): number {
  const [high = '', low = ''] = String(lsn).split('/')
  return Number.parseInt(high, 16) * 2 ** 32 + Number.parseInt(low, 16)
}

describe('status of one that runs', () => {
  testWith([], 'tells role, upstream, positions and what a restart would do, in three forms', async () => {
    const pair = await makePair()
    const { agent, master } = pair
    const expected = {
      role: 'standby',
      state: 'streaming',
      port: agent.port,
      upstream: { host: '127.0.0.1', port: master.port, address: null },
      timeline: 1,
      lag_bytes: 0,
      unreplayed_bytes: 0,
      lag_seconds: 0,
      slot: null,
    }
    const status = await becomes(pair, { ...expected, restart: { does: 'reuse' } })
    expect(status.received_lsn).toMatch(/^[0-9A-F]+\/[0-9A-F]+$/)
    expect(status.name).toBe(`postgres-replication@agent1.example:${agent.port}`)

    const { code, out, words } = await ask(pair)
    expect({ code, words }).toEqual({ code: 0, words: '' })
    expect(out).toMatch(/^role {8}standby$/m)
    expect(out).toMatch(/^state {7}streaming since \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/m)
    expect(out).toMatch(new RegExp(`^upstream    127\\.0\\.0\\.1:${master.port}$`, 'm'))
    expect(out).toMatch(/^restart {5}reuse: a finished clone of the system identifier \d+$/m)

    const samples = await readPrometheus((await ask(pair, ['--prometheus'])).out)
    const sampleOf = (name: string) => samples.find((one) => one.name === `run_rep_${name}`)?.value
    expect(sampleOf('up')).toBe(1)
    expect(sampleOf('streaming')).toBe(1)
    expect(sampleOf('lag_bytes')).toBe(0)
    expect(samples[0]?.labels).toMatchObject({ role: 'standby', state: 'streaming', replica: status.name })

    // The watcher keeps the same beside the data, for everybody, and what this run was given for its user alone.
    const kept = await waitFor('the watcher to see it stream', () => {
      const json = readJson(agent)
      return json.state === 'streaming' && json.lag_bytes === 0 && json
    })
    expect(kept).toMatchObject(expected)
    const inFile = await readPrometheus(readFileSync(fileOf(agent, 'status.prom'), 'utf8'))
    expect(inFile.map(({ name }) => name)).toEqual(samples.map(({ name }) => name))
    const modeOf = (name: string) => (statSync(fileOf(agent, name)).mode & 0o777).toString(8)
    expect(['.', 'status.json', 'status.prom', 'contract'].map(modeOf)).toEqual(['755', '644', '644', '600'])
    expect((statSync(join(agent.sandbox, 'pgdata')).mode & 0o777).toString(8)).toBe('755')
    await stop(agent)
    await master.stop()
  })

  testWith([], 'needs nothing of the task but its directory', async () => {
    const { agent, master } = await makePair()
    const user = serverUser()
    const words = [...become(user), 'sh', 'run_rep.sh', 'status', '--json']
    const { stdout } = await execa(words[0] ?? '', words.slice(1), {
      cwd: agent.sandbox,
      env: { PATH: mesosPath },
      extendEnv: false,
    })
    expect(JSON.parse(stdout)).toMatchObject({
      role: 'standby',
      port: agent.port,
      restart: { does: 'reuse' },
    })
    const kept = readFileSync(fileOf(agent, 'contract'), 'utf8')
    expect(kept).toMatch(/^POSTGRES_MASTER=127\.0\.0\.1$/m)
    expect(kept).not.toMatch(/URL|PASSWORD/)
    await stop(agent)
    await master.stop()
  })

  testWith([], 'counts what is not replayed, and what the master has more when it is asked', async () => {
    const pair = await makePair()
    await pair.agent.sql('SELECT pg_wal_replay_pause()')
    await pair.master.insert()
    await pair.master.sql('SELECT pg_switch_wal()')
    const status = await becomes(pair, { state: 'streaming', unreplayed_bytes: expect.any(Number) })
    await waitFor('a lag', async () => Number((await askJson(pair)).unreplayed_bytes) > 0)
    const asked = await askJson(pair, ['--master'])
    expect(asked.master).toMatchObject({
      name: `127.0.0.1:${pair.master.port}`,
      lag_bytes: expect.any(Number),
    })
    expect(Number((asked.master as { lag_bytes: number }).lag_bytes)).toBeGreaterThan(0)
    expect(asked.restart).toMatchObject({
      does: 'reuse',
      why: expect.stringContaining('it follows the history of'),
    })
    expect(status.role).toBe('standby')
    await pair.agent.sql('SELECT pg_wal_replay_resume()')
    await stop(pair.agent)
    await pair.master.stop()
  })

  testWith([], 'tells that the master is away, and the words of the walreceiver', async () => {
    const pair = await makePair()
    await becomes(pair, { state: 'streaming' })
    await pair.master.stop()
    const status = await becomes(pair, {
      role: 'standby',
      state: 'not_streaming',
      words: expect.stringContaining('no master was found'),
      last_error: expect.stringMatching(/FATAL: {2}could not connect to the primary server.*refused/),
    })
    expect(status.heard).toMatch(/Z$/)
    // What is here the master has had.
    const [asked, replayed] = [status.master_lsn, status.replayed_lsn].map(bytesOf)
    expect(Number(asked) - Number(replayed)).toBe(status.lag_bytes)
    expect(await askJson(pair, ['--master'])).toMatchObject({
      restart: {
        does: 'reuse',
        why: expect.stringContaining('it would start on the data here, because no master was found'),
      },
    })
    expect(readJson(pair.agent).last_error).toBeUndefined()
    await stop(pair.agent)
  })

  testWith([], 'and a directory that nobody can write to costs the replica nothing', async () => {
    const { agent, master } = await makePair()
    await waitFor('the watcher to write', () => existsSync(fileOf(agent, 'status.json')))
    const { uid, gid } = findUser('root') ?? serverUser()
    chownTo(fileOf(agent, '.'), { ...serverUser(), uid, gid })
    chmodSync(fileOf(agent, '.'), 0o555)
    await agent.waitForRow(await master.insert())
    await agent.waitForLog(/caught up/)
    const size = agent.log().length
    await agent.waitForRow(await master.insert())
    expect(agent.log().slice(size)).toBe('')
    await stop(agent)
    await master.stop()
  })

  for (const shell of ['dash', 'bash', 'busybox', 'mksh', 'yash'])
    testWith(
      [{ tool: shell }, 'namespace'],
      `in ${shell} status, ready and health say the same`,
      async () => {
        const pair = await makePairOnce()
        const { env } = pair
        const status = await askJson(pair, ['--master'], { shell })
        expect(status).toMatchObject({ role: 'standby', state: 'streaming', restart: { does: 'reuse' } })
        await readPrometheus((await ask(pair, ['--prometheus'], { shell })).out)
        expect((await ask(pair, ['--now'], { shell })).code).toBe(64)
        for (const args of [['ready'], ['health']]) {
          const { sandbox, port } = pair.agent
          const asked = await runAgent(space, { env, script, sandbox, port, args, ownLog: true, shell })
          expect(await asked.exit, asked.log()).toBe(0)
        }
      },
    )
})

let once: Promise<Pair>
function makePairOnce(): Promise<Pair> {
  once ??= makePair().then(async (pair) => {
    await becomes(pair, { state: 'streaming' })
    return pair
  })
  return once
}

describe('status of one that is down', () => {
  testWith([], 'after a stop, a kill of all, and a kill of the server alone', async () => {
    const pair = await makePair()
    const { env } = pair
    await becomes(pair, { state: 'streaming' })
    await stop(pair.agent)
    expect(await askJson(pair)).toMatchObject({
      role: 'down',
      state: 'ended',
      exit: 0,
      words: 'exit code 0',
      timeline: 1,
      restart: { does: 'reuse' },
    })
    expect(readJson(pair.agent)).toMatchObject({ role: 'down', state: 'ended', exit: 0 })

    const { sandbox, port } = pair.agent
    const next = await runAgent(space, { env, script, sandbox, port })
    await next.waitForRow(await pair.master.insert())
    await waitFor('the watcher to see it stream', () => readJson(next).state === 'streaming')
    await next.kill()
    const killed = await askJson({ agent: next, env })
    expect(killed).toMatchObject({
      role: 'down',
      state: 'ended',
      exit: null,
      words: 'it was killed, or its host went down, and was seen last then',
      restart: { does: 'reuse' },
    })

    const third = await runAgent(space, { env, script, sandbox, port })
    await third.waitForRow(await pair.master.insert())
    const server = readFileSync(join(third.dataDir, 'postmaster.pid'), 'utf8').split('\n')[0]
    process.kill(Number(server), 'SIGKILL')
    expect(await third.exit).toBe(137)
    expect(await askJson({ agent: third, env })).toMatchObject({ role: 'down', state: 'ended', exit: 137 })
    await pair.master.stop()
  })

  testWith([], 'says why the last run was refused, and that the next one would be', async () => {
    const pair = await makePair()
    await stop(pair.agent)
    const stranger = await startMaster(space, { isStranger: true })
    const { sandbox, port } = pair.agent
    const env = contractFor(space, stranger)
    const refused = await runAgent(space, { env, script, sandbox, port })
    expect(await refused.exit).toBe(65)
    const failure = {
      id: 'DATA_IDENTITY',
      exit: 65,
      words: expect.stringContaining('no host of POSTGRES_MASTER is a master'),
    }
    for (const args of [[], ['--master']]) {
      expect(await askJson({ agent: refused, env }, args)).toMatchObject({
        role: 'down',
        exit: 65,
        last_failure: { ...failure, advice: expect.stringContaining('check POSTGRES_MASTER') },
        restart: { does: 'refuse', failure: 'DATA_IDENTITY' },
      })
    }
    expect(readJson(refused).last_failure).toMatchObject(failure)
    // With the right master it goes on, and the failure stays to be read.
    expect(await askJson(pair, ['--master'])).toMatchObject({ restart: { does: 'reuse' } })
    const again = await runAgent(space, { env: pair.env, script, sandbox, port })
    await again.waitForRow(await pair.master.insert())
    await becomes({ agent: again, env: pair.env }, { state: 'streaming', last_failure: failure })
    expect((await ask({ agent: again, env: pair.env })).out).toMatch(
      /^failure {5}none of this run; an earlier one ended at \S+ with DATA_IDENTITY, exit 65$/m,
    )
    await stop(again)
    await stranger.stop()
    await pair.master.stop()
  })

  testWith([], 'after a promotion: nobody may start it', async () => {
    const pair = await makePair()
    await pair.agent.sql('SELECT pg_promote()')
    expect(await pair.agent.exit).toBe(65)
    expect(await askJson(pair)).toMatchObject({
      role: 'down',
      last_failure: { id: 'GATE' },
      restart: { does: 'refuse', failure: 'GATE', why: expect.stringMatching(/would be a second master/) },
    })
    // The promotion took the standby's marker away: the next run tells of both, and what it means for the data.
    const { sandbox, port } = pair.agent
    const next = await runAgent(space, { env: pair.env, script, sandbox, port })
    expect(await next.exit).toBe(65)
    expect(next.log()).toMatch(
      /standby\.signal is missing.*the server was promoted.*its last checkpoint is at [0-9A-F]+\/[0-9A-F]+ of timeline 2, read at/,
    )
    expect(next.log()).toMatch(/data: .*keep its directory/)
    expect(next.log()).toContain(`"mv ${sandbox}/pgdata/replica ${sandbox}/pgdata/replica.old"`)
    expect((await askJson(pair)).last_failure).toMatchObject({
      words: expect.stringContaining('the server was promoted'),
      data: expect.stringContaining('keep its directory'),
    })
    await pair.master.stop()
  })

  testWith([], 'of data that was given up says what the policy says', async () => {
    const pair = await makePair()
    await stop(pair.agent)
    const mark = join(pair.agent.sandbox, 'pgdata/replica/outdated')
    writeFileSync(mark, 'WAL is gone, "so" it was \\said\n1\nreclone\n')
    chownTo(mark, serverUser())
    expect(await askJson(pair)).toMatchObject({
      restart: {
        does: 'refuse',
        why: 'unless the master has what was missing by then: WAL is gone, "so" it was \\said',
      },
    })
    const reclone = buildQuickScript(space, { onDiverged: 'reclone' })
    writeFileSync(join(pair.agent.sandbox, 'run_rep.sh'), readFileSync(reclone))
    expect(await askJson(pair)).toMatchObject({
      restart: { does: 'reclone', why: 'WAL is gone, "so" it was \\said' },
    })
    await pair.master.stop()
  })
})

describe('status of one that is on its way', () => {
  testWith([], 'tells how far a clone is, and that it would begin anew', async () => {
    const master = await startMaster(space)
    const gate = await openGate(space, master)
    gate.hold(8 * 1024 * 1024)
    const env = contractFor(space, gate)
    const agent = await runAgent(space, { env, script })
    await gate.waitForCopy()
    const status = await becomes(
      { agent, env },
      { role: 'down', state: 'cloning', clone: { size_mb: expect.any(Number) }, restart: { does: 'clone' } },
    )
    expect(status.words).toBe(`copying from 127.0.0.1:${gate.port}`)
    await waitFor('the file to tell how much is here', () => {
      const clone = readJson(agent).clone as { copied_mb: number } | undefined
      return (clone?.copied_mb ?? 0) > 0
    })
    await readPrometheus(readFileSync(fileOf(agent, 'status.prom'), 'utf8'))
    gate.release()
    await agent.waitUntilServing()
    await becomes({ agent, env }, { state: 'streaming' })
    await stop(agent)
    await master.stop()
  })

  testWith([], 'tells that it waits for a master, and why', async () => {
    const env = contractFor(space, { port: 1 })
    const agent = await runAgent(space, { env, script })
    await becomes(
      { agent, env },
      { role: 'down', state: 'waiting', words: expect.stringContaining('no usable answer') },
    )
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit).toBe(143)
    expect(await askJson({ agent, env })).toMatchObject({
      state: 'ended',
      exit: 143,
      restart: { does: 'clone' },
    })
    // One that fails before the data is its own changes nothing of what the last run told, and is told of, too.
    const { sandbox, port } = agent
    const passfile = join(sandbox, 'unreadable')
    writeFileSync(passfile, '', { mode: 0 })
    const early = await runAgent(space, { env: { ...env, PGPASSFILE: passfile }, script, sandbox, port })
    expect(await early.exit, early.log()).toBe(77)
    expect(readJson(agent)).toMatchObject({ state: 'ended', exit: 143 })
    expect(await askJson({ agent, env })).toMatchObject({
      state: 'ended',
      exit: 77,
      last_failure: {
        id: 'PASSFILE',
        data: expect.stringContaining('there is no finished copy here that a run could go on with'),
      },
      restart: { does: 'refuse', failure: 'PASSFILE' },
    })
    const health = await runAgent(space, { env, script, sandbox, port, args: ['health'], ownLog: true })
    expect(await health.exit).toBe(1)
    expect(health.log()).toMatch(
      /no live run holds the data: the last one that did ended at \S+: exit code 77: .*unreadable/,
    )
  })
})

describe('whoever asks', () => {
  testWith([], 'gets JSON and samples whatever bytes are in names and messages', async () => {
    const pair = await makePair()
    await stop(pair.agent)
    const log = join(pair.agent.sandbox, 'pgdata/log/postgresql-2038-01-01T000000.log')
    const bytes = Buffer.concat([
      Buffer.from('2038-01-01 00:00:00 UTC [7] LOG:  nothing\n'),
      Buffer.from('2038-01-01 00:00:00 UTC [7] FATAL:  "früh" \\ \t\u001b[31m\u009b \u2028 '),
      Buffer.from([0xff, 0xc3, 0x28, 0xed, 0xa0, 0x80, 0x7f, 0x0d]),
      Buffer.from('\n2038-01-01 00:00:01 UTC [8] ERROR:  of a client\n'),
      Buffer.from('2038-01-01 00:00:01 UTC [8] STATEMENT:  SELECT 1/0\n'),
      Buffer.from('2038-01-01 00:00:02 UTC [9] FATAL:  password authentication failed for user "x"\n'),
    ])
    writeFileSync(log, bytes)
    chownTo(log, serverUser())
    expect((await askJson(pair)).last_error).toBe(
      '2038-01-01 00:00:00 UTC [7] FATAL:  "früh" \\   [31m?? \u2028 ??(???  ',
    )
    writeFileSync(
      log,
      '2038-01-01 00:00:00 UTC [7] ВАЖНО:  сервер\n2038-01-01 00:00:01 UTC [8] FEHLER:  nein\n2038-01-01 00:00:01 UTC [8] ANWEISUNG:  x\n',
    )
    expect((await askJson(pair)).last_error).toBe('2038-01-01 00:00:00 UTC [7] ВАЖНО:  сервер')

    const odd = `o"d\\d 'ü' $(x) {y}`
    const env = { ...pair.env, PGDATA_DIR: odd }
    const status = await askJson({ agent: pair.agent, env })
    expect(status.restart).toEqual({ does: 'clone', why: `${join(pair.agent.sandbox, odd)} holds no data` })
    expect(existsSync(join(pair.agent.sandbox, odd))).toBe(false)
    await pair.master.stop()
  })

  testWith(['root', 'nobody'], 'without a right to the data gets one line, and the files', async () => {
    const pair = await makePair()
    await waitFor('the watcher to write', () => existsSync(fileOf(pair.agent, 'status.json')))
    const nobody = findUser('nobody')
    if (nobody === undefined) throw new Error('nobody is not here')
    const words = become(nobody)
    const asked = await execa(words[0] ?? '', [...words.slice(1), 'sh', 'run_rep.sh', 'status'], {
      cwd: pair.agent.sandbox,
      env: { PATH: mesosPath, PORT0: String(pair.agent.port), ...pair.env },
      extendEnv: false,
      reject: false,
    })
    expect(asked.exitCode).toBe(1)
    expect(asked.stdout).toBe('')
    expect(asked.stderr).toMatch(
      /^\S+ ERROR status: no status: only postgres and root may ask; .*status\.json$/,
    )
    const read = await execa(words[0] ?? '', [...words.slice(1), 'cat', fileOf(pair.agent, 'status.json')])
    expect(JSON.parse(read.stdout)).toMatchObject({ role: 'standby' })
    await stop(pair.agent)
    await pair.master.stop()
  })
})

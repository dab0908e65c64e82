import { chmodSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from '../pair/harness/agent.js'
import { contractFor } from '../pair/harness/contract.js'
import { become, serverUser } from '../pair/harness/identity.js'
import { launch } from '../pair/harness/launch.js'
import { killTree, type Process, processesUnder, readProcess, signal } from '../pair/harness/processes.js'
import { openSession, type Session } from '../pair/harness/query.js'
import { pickPort, type Space } from '../pair/harness/space.js'
import { makeVolume } from '../pair/harness/volume.js'
import { waitFor } from '../pair/harness/wait.js'
import type { Blow, Draw, Strike } from './draw.js'
import { type Stage, stepsIn } from './stage.js'

/** Which blow fell while which step ran. */
export interface Hit {
  readonly blow: Blow
  readonly step: string
}

export interface Outcome {
  readonly hits: readonly Hit[]
  /** From the start of the last run until it streams. */
  readonly milliseconds: number
}

/** Longer than any stop of the script's may take, whose limits are 100 s together, and its way to any step. */
export const grace = 300_000

/** One replica through all strikes of a draw, and at last a run that must stream. Throws where it does not. */
export async function undergo(space: Space, stage: Stage, drawn: Draw): Promise<Outcome> {
  const { server, master } = await stage.open(drawn.source)
  const home = mkdtempSync(join(space.dir, `ordeal-${drawn.number}-`))
  // RUN_USER writes its steps there.
  chmodSync(home, 0o755)
  const volume = makeVolume(space)
  const port = await pickPort()
  const hits: Hit[] = []
  const lives: Agent[] = []
  const logs = () => lives.map((life, index) => `run ${index + 1}:\n${life.log()}`).join('\n')
  const marks = () => join(home, `steps-${lives.length}`)

  const start = async (stopAt?: string): Promise<Agent> => {
    const last = lives.at(-1)
    if (drawn.hasStranger && last) await giveNumberToStranger(space, last)
    const file = join(home, `steps-${lives.length + 1}`)
    const way = drawn.answersFirst ? stage.answeringFirst : { script: stage.script, env: {} }
    const env = {
      ...contractFor(space, server, drawn.hasVolume ? { PGDATA_DIR: volume } : {}),
      ...stage.watchSteps(file, stopAt),
      ...way.env,
    }
    const sandbox = drawn.hasVolume || !last ? {} : { sandbox: last.sandbox }
    const life = await runAgent(space, { env, port, script: way.script, shell: drawn.shell, ...sandbox })
    lives.push(life)
    return life
  }
  const current = async (stopAt?: string): Promise<Agent> => {
    const last = lives.at(-1)
    return last && !(await hasEnded(last)) ? last : start(stopAt)
  }

  const guard = watchForMaster(port)
  try {
    for (const strike of drawn.strikes) {
      const before = lives.length
      const life = await current(strike.step)
      await waitForStep(life, strike, marks(), lives.length > before)
      const step = stepsIn(readFileSync(marks(), 'utf8')).at(-1) ?? 'contract'
      hits.push({ blow: strike.blow, step })
      const hasHit = await deal(life, strike, marks())
      if (!hasHit) hits.pop()
      expect(guard.seen()).toEqual([])
    }
    const began = Date.now()
    const last = await current()
    // The orphan of a script that was killed alone still serves on this port until the next one ends it.
    await waitUntilIn(last, 'serve', marks())
    await last.waitForRow(await master.insert())
    const milliseconds = Date.now() - began
    await expectSame(stage, master, last)
    last.terminate('SIGTERM', 'script')
    expect(await last.exit).toBe(0)
    expect(guard.seen()).toEqual([])
    await expectTidy(lives, last, drawn.hasVolume ? volume : join(last.sandbox, 'pgdata'))
    await expectNobodyLeft(server, drawn)
    return { hits, milliseconds }
  } catch (error) {
    const views = JSON.stringify(await describe(server, lives.at(-1)))
    throw new Error(
      `run ${JSON.stringify(drawn)}, struck ${JSON.stringify(hits)}: ${String(error)}\n${views}\n${logs()}`,
    )
  } finally {
    await guard.close()
    for (const life of lives) killTree(life.pid, 'SIGKILL')
  }
}

/** What both ends say of the stream, for whoever has to find out why a run failed. */
async function describe(server: { sql(text: string): Promise<unknown> }, life: Agent | undefined) {
  const ask = (from: { sql(text: string): Promise<unknown> } | undefined, text: string) =>
    from?.sql(text).catch(String)
  return {
    senders: await ask(server, 'SELECT *, pg_current_wal_lsn() FROM pg_stat_replication'),
    receiver: await ask(life, 'SELECT *, pg_last_wal_replay_lsn() FROM pg_stat_wal_receiver'),
    activity: await ask(life, 'SELECT backend_type, state, wait_event, query FROM pg_stat_activity'),
    processes: life?.descendants().map(({ pid, state, args }) => `${pid} ${state} ${args.slice(0, 60)}`),
  }
}

async function hasEnded(life: Agent): Promise<boolean> {
  return (await Promise.race([life.exit, sleep(0, 'lives')])) !== 'lives'
}

/**
 * A run that ends before it is struck has failed, and so has one that does not come on. One that was begun for this
 * strike stops itself right before the step, and is struck there unless the strike has a delay.
 */
async function waitForStep(life: Agent, strike: Strike, marks: string, stopsItself: boolean): Promise<void> {
  const { step, delay } = strike
  if (step !== 'contract') {
    await waitUntilIn(life, step, marks, stopsItself ? 'T' : undefined)
    if (delay === 0 && !needsProgress.has(strike.blow)) return
    signal(life.pid, 'SIGCONT')
  }
  await sleep(delay)
}

/** `state`: of the script itself, as /proc words it. Throws when the script ends before. */
async function waitUntilIn(life: Agent, step: string, marks: string, state?: string): Promise<void> {
  const fate = await waitFor(
    `step ${step}`,
    async () => {
      const isThere = stepsIn(readFileSync(marks, 'utf8')).includes(step)
      if (isThere && (!state || readProcess(life.pid)?.state === state)) return 'there'
      return (await hasEnded(life)) && 'ended'
    },
    grace,
  )
  if (fate === 'ended') throw new Error(`it ended with ${await life.exit} before step ${step}`)
}

/** What these hit comes only when the script goes on. */
const needsProgress: ReadonlySet<Blow> = new Set(['kill pg_basebackup', 'kill postmaster'])

/** False where what it was meant for has come and gone. */
async function deal(life: Agent, { blow, pause }: Strike, marks: string): Promise<boolean> {
  switch (blow) {
    case 'kill script':
      signal(life.pid, 'SIGKILL')
      break
    case 'kill everything':
      killTree(life.pid, 'SIGKILL')
      break
    case 'TERM script':
    case 'TERM everything':
      life.terminate('SIGTERM', blow === 'TERM script' ? 'script' : 'tree')
      signal(life.pid, 'SIGCONT')
      break
    case 'stop, then kill':
      killTree(life.pid, 'SIGSTOP')
      for (const { pid } of [...life.descendants(), { pid: life.pid }]) signal(pid, 'SIGSTOP')
      await sleep(pause)
      killTree(life.pid, 'SIGKILL')
      break
    case 'stop, then go on': {
      const all = [life.pid, ...life.descendants().map(({ pid }) => pid)]
      for (const pid of all) signal(pid, 'SIGSTOP')
      await sleep(pause)
      for (const pid of all) signal(pid, 'SIGCONT')
      return true
    }
    case 'kill pg_basebackup': {
      const fate = await waitFor(
        'pg_basebackup',
        () => {
          if (killFirst(life, ({ args }) => /pg_basebackup .*-D/.test(args))) return 'hit'
          return stepsIn(readFileSync(marks, 'utf8')).at(-1) !== 'clone' && 'over'
        },
        grace,
      )
      return fate === 'hit'
    }
    case 'kill postmaster':
      await waitFor(
        'the server',
        async () => (await hasEnded(life)) || killFirst(life, ({ args }) => /postgres -D/.test(args)),
        grace,
      )
      break
    default:
      blow satisfies never
  }
  const code = await Promise.race([life.exit, sleep(grace, 'nothing', { ref: false })])
  if (code === 'nothing') throw new Error(`${blow} did not end it within ${grace} ms`)
  if (blow.startsWith('TERM')) expect([0, 143], `exit code after ${blow}`).toContain(code)
  await sleep(pause)
  return true
}

function killFirst(life: Agent, isIt: (one: Process) => boolean): boolean {
  const found = life.descendants().find(isIt)
  return found !== undefined && signal(found.pid, 'SIGKILL')
}

/** As after a reboot, or in a container: the number of the dead server is that of a live process of its user. */
async function giveNumberToStranger(space: Space, last: Agent): Promise<void> {
  const file = join(last.dataDir, 'postmaster.pid')
  if (processesUnder(last.dataDir).length > 0 || processesUnder(last.sandbox).length > 0) return
  let text = ''
  try {
    text = readFileSync(file, 'utf8')
  } catch {
    return
  }
  if (!text.includes('\n')) return
  const stranger = launch({
    words: [...become(serverUser()), 'sleep', '600'],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
    stdout: '/dev/null',
    stderr: '/dev/null',
  })
  space.track(async () => {
    signal(stranger.pid, 'SIGKILL')
    await stranger.exit
  })
  writeFileSync(file, text.replace(/^\d+/, String(stranger.pid)))
}

/** Asks all the time whether whoever listens there takes writes. */
function watchForMaster(port: number): { seen(): readonly string[]; close(): Promise<void> } {
  const found: string[] = []
  let isOpen = true
  // One client for as long as it is answered: a new one for each question costs more than all else here.
  let session: Session | undefined
  const leave = async () => {
    await session?.close()
    session = undefined
  }
  const ask = async () => {
    session ??= await openSession(port)
    const [answer] = await session.sql('SELECT pg_is_in_recovery() AS yes, now()')
    if (answer?.yes !== true) found.push(`a master on port ${port}: ${JSON.stringify(answer)}`)
  }
  const watching = (async () => {
    while (isOpen) {
      await ask().catch(leave)
      await sleep(50)
    }
    await leave()
  })()
  return {
    seen: () => found,
    close: async () => {
      isOpen = false
      await watching
    },
  }
}

const digest = 'SELECT count(*) AS count, coalesce(sum(hashtext(id || body)), 0)::text AS sum FROM rows'

async function expectSame(
  stage: Stage,
  master: { sql(text: string): Promise<unknown[]> } & Parameters<Stage['inPeace']>[0],
  replica: Agent,
) {
  await stage.inPeace(master, async () => {
    const wanted = await master.sql(digest)
    await waitFor('the same rows as the master', async () => {
      expect(await replica.sql(digest)).toEqual(wanted)
      return true
    })
    expect(await replica.sql('SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }])
  })
}

async function expectTidy(lives: readonly Agent[], last: Agent, store: string): Promise<void> {
  // A helper of a script that was killed alone looks up every five seconds.
  const places = [store, ...lives.map(({ sandbox }) => sandbox)]
  const left = () => places.flatMap(processesUnder).map(({ pid, args }) => `${pid} ${args}`)
  await waitFor(
    () => `helpers of killed scripts to end: ${left().join('; ')}`,
    () => left().length === 0,
  )
  await expectNothingLeft(last)
  expect(readdirSync(store).sort()).toEqual([
    expect.stringMatching(/^claim\.\d+$/),
    'log',
    'replica',
    'status',
  ])
  expect(await last.state()).toBe('shut down in recovery')
}

/** No connection of a copy, and no slot, is left where it was copied from. */
async function expectNobodyLeft(
  server: { sql(text: string): Promise<unknown[]> },
  { source }: Draw,
): Promise<void> {
  const left = () =>
    server.sql(
      `SELECT application_name, state FROM pg_stat_replication WHERE state = 'backup' OR application_name = 'pg_basebackup'
       UNION ALL SELECT slot_name, 'slot' FROM pg_replication_slots`,
    )
  await waitFor(`nobody to be left at the ${source}`, async () => {
    expect(await left()).toEqual([])
    return true
  })
}

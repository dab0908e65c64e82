import { chmodSync, existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript, buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'
import { withSync } from './harness/sync.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space, { options: ['wal_keep_size=0'] })
})
afterAll(() => space.close())

const slots = async (of: Master) =>
  (await of.sql('SELECT slot_name, temporary FROM pg_replication_slots')).map(
    ({ slot_name, temporary }) => `${String(slot_name).replace(/_\d+$/, '')} ${temporary}`,
  )

/** Holds the run between the copy and the server, as long as a file is missing. */
const hold = { './hold.sh': 'step_hold() {\n  while [ ! -e "$GO_ON" ]; do\n    sleep 1\n  done\n}\n' }

function heldScript(): string {
  return buildScript(
    space,
    {
      run: { watchInterval: 1, staleLimit: 5 },
      env: { GO_ON: { type: 'absolute_path', required: true } },
      task: { env: { GO_ON: '/nowhere' } },
      steps: [{ name: 'hold', doc: 'waits', file: './hold.sh', after: 'clone' }],
    },
    hold,
  )
}

async function runHeld(of: Master, script = heldScript()): Promise<{ readonly agent: Agent; goOn(): void }> {
  const home = mkdtempSync(join(space.dir, 'go-'))
  chmodSync(home, 0o755)
  const env = contractFor(space, of, { GO_ON: join(home, 'on') })
  const agent = await runAgent(space, { env, script })
  await agent.waitForLog(/clone: cloned \d+ MB/)
  return { agent, goOn: () => writeFileSync(join(home, 'on'), '') }
}

/** All WAL that nobody keeps is gone after that. */
async function forget(of: Master): Promise<void> {
  for (const _round of [1, 2, 3, 4]) {
    await of.insert()
    await of.sql('SELECT pg_switch_wal()')
    await of.sql('CHECKPOINT')
  }
}

testWith([], 'the WAL between the copy and the first streaming is kept, and no longer', async () => {
  const { agent, goOn } = await runHeld(master)
  await waitFor('the slot', async () => (await slots(master)).join() === 'run_rep true')
  await forget(master)
  goOn()
  await agent.waitForRow(await master.insert())
  await waitFor('the slot to go', async () => (await slots(master)).length === 0)
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
  await expectNothingLeft(agent)
})

testWith([], 'nothing is kept for a run that was killed, or told to end', async () => {
  for (const name of ['SIGKILL', 'SIGTERM'] as const) {
    const { agent } = await runHeld(master)
    await waitFor('the slot', async () => (await slots(master)).length === 1)
    agent.terminate(name, 'script')
    expect(await agent.exit).toBe(name === 'SIGKILL' ? 137 : 143)
    await waitFor('the slot to go', async () => (await slots(master)).length === 0)
    await agent.kill()
  }
})

testWith([], 'a slot that the master does not give is told, and costs no replica', async () => {
  const script = heldScript()
  writeFileSync(script, readFileSync(script, 'utf8').replace('TEMPORARY PHYSICAL', 'TEMPORARY NOTHING'))
  const { agent, goOn } = await runHeld(master, script)
  await agent.waitForLog(
    /WARN clone: no temporary slot keeps WAL on the master until this replica streams: .*syntax error/,
  )
  goOn()
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

testWith([], 'the copy is flushed while it comes, and a disk that fails meanwhile is told', async () => {
  const gate = await openGate(space, master)
  const called = join(mkdtempSync(join(space.dir, 'called-')), 'once')
  chmodSync(join(called, '..'), 0o777)
  // It fails once, and works at the end: the kernel tells of an error once.
  const failing = `case "$1 $2" in
  '-f '*/pgdata) [ -e ${called} ] || { : >${called}; echo 'Input/output error' >&2; exit 1; } ;;
esac
exec /usr/bin/sync "$@"`
  const env = { ...contractFor(space, gate, { EXIT_PAUSE: '0' }), ...withSync(space, failing) }
  gate.hold()
  const agent = await runAgent(space, { env, script: buildQuickScript(space) })
  await gate.waitForCopy()
  await waitFor('the first flush', () => existsSync(called))
  expect(copyOf(agent)).toContain('--no-sync')
  gate.release()
  expect(await agent.exit, agent.log()).toBe(75)
  expect(agent.log()).toMatch(/ERROR clone: the copy cannot be written to the disk of /)
  await expectNothingLeft(agent)
})

// As when another one has flushed that file system, and heard of the error that was ours.
testWith(
  [],
  'an error that only the files still tell of is an error; a file that is gone is none',
  async () => {
    const saying = (words: string) =>
      withSync(
        space,
        `case " $* " in
  *'/PG_VERSION '*) echo "sync: error syncing 'x': ${words}" >&2; exit 1 ;;
esac
exec /usr/bin/sync "$@"`,
      )
    const script = buildQuickScript(space)
    const start = (words: string) =>
      runAgent(space, {
        env: { ...contractFor(space, master, { EXIT_PAUSE: '0' }), ...saying(words) },
        script,
      })
    const failing = await start('Input/output error')
    expect(await failing.exit, failing.log()).toBe(75)
    expect(failing.log()).toMatch(/ERROR clone: the copy cannot be written to the disk of /)
    const agent = await start('No such file or directory')
    await agent.waitForRow(await master.insert())
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(0)
  },
)

testWith([], 'where sync cannot flush one file system, pg_basebackup writes to disk itself', async () => {
  const gate = await openGate(space, master)
  const ignoring = `case $1 in
  -f) echo 'sync: ignoring all arguments' >&2 ;;
esac
exec /usr/bin/sync`
  const env = { ...contractFor(space, gate), ...withSync(space, ignoring) }
  gate.hold()
  const agent = await runAgent(space, { env, script: buildQuickScript(space) })
  await gate.waitForCopy()
  expect(copyOf(agent)).not.toContain('--no-sync')
  gate.release()
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
})

const copyOf = (agent: Agent) => agent.descendants().find(({ args }) => /pg_basebackup -D/.test(args))?.args

testWith(
  [],
  'a copy that is finished stays when the run is told to end before it has its place',
  async () => {
    const held = join(mkdtempSync(join(space.dir, 'held-')), 'on')
    chmodSync(join(held, '..'), 0o777)
    const waiting = `case " $* " in
  *'/clone.done '*) : >${held}; exec sleep 1000 ;;
esac
exec /usr/bin/sync "$@"`
    const clones = master.clones()
    const contract = contractFor(space, master)
    const agent = await runAgent(space, {
      env: { ...contract, ...withSync(space, waiting) },
      script: buildQuickScript(space),
    })
    await waitFor('the finished copy', () => existsSync(held))
    agent.terminate('SIGTERM', 'tree')
    expect(await agent.exit, agent.log()).toBe(143)
    expect(agent.log()).not.toMatch(/unfinished/)
    const next = await runAgent(space, { env: contract, sandbox: agent.sandbox, port: agent.port })
    await next.waitForRow(await master.insert())
    expect(next.log()).toMatch(/clone\.1 is a finished clone: using it/)
    expect(master.clones()).toBe(clones + 1)
    next.terminate('SIGTERM', 'script')
    expect(await next.exit, next.log()).toBe(0)
    await expectNothingLeft(next)
  },
)

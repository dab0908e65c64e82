import { mkdtempSync, readdirSync, readlinkSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, listTree, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { openGate } from './harness/gate.js'
import { type Master, startMaster } from './harness/master.js'
import { descendantsOf, freeze, isAlive, signal } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
let script: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  script = buildQuickScript(space, { claimInterval: 1 })
})
afterAll(() => space.close())

/** A host is a kernel of its own, to whoever asks for its boot, its name or its processes. */
function makeHost(name: string, boot: string) {
  const file = join(mkdtempSync(join(space.dir, 'boot-')), 'boot_id')
  writeFileSync(file, `${boot}-0000-0000-0000-000000000000\n`, { mode: 0o644 })
  const mount = `hostname ${name} && mount --bind ${file} /proc/sys/kernel/random/boot_id && exec "$@"`
  const apart = [
    'unshare',
    '--uts',
    '--ipc',
    '--mount',
    '--pid',
    '--fork',
    '--kill-child=KILL',
    '--mount-proc',
  ]
  return {
    run: (volume: string, of: Pick<Master, 'port'> = master, shell?: string) =>
      runAgent(space, {
        env: contractFor(space, of, { PGDATA_DIR: volume }),
        script,
        within: [...apart, '--propagation', 'private', 'sh', '-c', mount, 'sh'],
        ...(shell === undefined ? {} : { shell }),
      }),
  }
}

/** The script itself, behind what makes its namespaces. */
const scriptOf = (agent: Agent) =>
  waitFor('the script', () =>
    descendantsOf(agent.pid).find(({ args, ppid }) => ppid === agent.pid && args.includes('run_rep.sh')),
  )

async function finish(agent: Agent): Promise<void> {
  signal((await scriptOf(agent)).pid, 'SIGTERM')
  expect(await agent.exit, agent.log()).toBe(0)
}

const claimsIn = (volume: string) => readdirSync(volume).filter((name) => name.startsWith('claim.'))

describe('a volume that two hosts have', () => {
  const one = () => makeHost('one.example', '11111111')
  const other = () => makeHost('other.example', '22222222')

  for (const shell of ['dash', 'bash', 'busybox', 'mksh', 'yash']) {
    const needs = shell === 'dash' ? (['namespace'] as const) : (['namespace', { tool: shell }] as const)
    testWith(needs, `is refused to the second while the first lives, with ${shell}`, async () => {
      const volume = makeVolume(space)
      const first = await one().run(volume, master, shell)
      await first.waitForRow(await master.insert())
      const second = await other().run(volume, master, shell)
      expect(await second.exit, second.log()).toBe(75)
      expect(second.log()).toMatch(
        /belongs to another run, on host one\.example: waiting 4 s[\s\S]*on host one\.example uses .*DATA_IN_USE/s,
      )
      await first.waitForRow(await master.insert())
      await finish(first)
      // Nobody waits after a clean end.
      const third = await other().run(volume, master, shell)
      await third.waitForRow(await master.insert())
      expect(third.log()).not.toMatch(/sign of life/)
      await finish(third)
      expect(readdirSync(volume).sort()).toEqual(['claim.2', 'log', 'replica', 'status'])
    })
  }

  testWith(['namespace'], 'is refused while the first clones', async () => {
    const volume = makeVolume(space)
    const gate = await openGate(space, master)
    gate.hold()
    const first = await one().run(volume, gate)
    await gate.waitForCopy()
    const second = await other().run(volume)
    expect(await second.exit, second.log()).toBe(75)
    expect(second.log()).toMatch(/on host one\.example uses/)
    gate.release()
    await first.waitForRow(await master.insert())
    await finish(first)
  })

  testWith(['namespace'], 'is taken over when nothing is heard of the first for long enough', async () => {
    const volume = makeVolume(space)
    const first = await one().run(volume)
    await first.waitForRow(await master.insert())
    const clones = master.clones()
    await first.kill()
    // The same host, up again, waits as well: nobody can tell it from another one.
    const second = await other().run(volume)
    await second.waitForRow(await master.insert())
    expect(second.log()).toMatch(
      /on host one\.example: waiting 4 s[\s\S]*that run is dead, and this run takes its place/,
    )
    expect(master.clones()).toBe(clones)
    // On the same boot nobody waits.
    await second.kill()
    const third = await other().run(volume)
    await third.waitForRow(await master.insert())
    expect(third.log()).not.toMatch(/sign of life/)
    await finish(third)
  })

  testWith(['namespace'], 'is let go by a first one that was frozen and goes on too late', async () => {
    const volume = makeVolume(space)
    const first = await one().run(volume)
    await first.waitForRow(await master.insert())
    const script = await scriptOf(first)
    const pids = [script.pid, ...descendantsOf(script.pid).map(({ pid }) => pid)]
    freeze(pids)
    const second = await other().run(volume)
    await second.waitForRow(await master.insert())
    expect(claimsIn(volume)).toHaveLength(1)
    for (const pid of pids) signal(pid, 'SIGCONT')
    expect(await first.exit, first.log()).toBe(75)
    expect(first.log()).toMatch(/a run on host other\.example has taken over .*DATA_TAKEN/s)
    await waitFor('the end of all that was frozen', () => pids.every((pid) => !isAlive(pid)))
    await second.waitForRow(await master.insert())
    await finish(second)
    expect(readdirSync(volume).sort()).toEqual([
      expect.stringMatching(/^claim\./),
      'log',
      'replica',
      'status',
    ])
  })

  testWith(['namespace'], 'is let go by a copy that was frozen and goes on too late', async () => {
    const volume = makeVolume(space)
    const gate = await openGate(space, master)
    gate.hold()
    const first = await one().run(volume, gate)
    await gate.waitForCopy()
    const script = await scriptOf(first)
    const pids = [script.pid, ...descendantsOf(script.pid).map(({ pid }) => pid)]
    freeze(pids)
    const second = await other().run(volume)
    await second.waitForRow(await master.insert())
    const tree = listTree(join(volume, 'replica/tablespaces'))
    for (const pid of pids) signal(pid, 'SIGCONT')
    expect(await first.exit, first.log()).toBe(75)
    expect(first.log()).toMatch(/DATA_TAKEN/)
    expect(readdirSync(volume).filter((name) => name.startsWith('clone.'))).toEqual([])
    expect(listTree(join(volume, 'replica/tablespaces'))).toEqual(tree)
    await second.waitForRow(await master.insert())
    await finish(second)
  })

  testWith(
    ['namespace'],
    'with a claim that names no sign of life, as an older script left it: taken over',
    async () => {
      const volume = makeVolume(space)
      const first = await one().run(volume)
      await first.waitForRow(await master.insert())
      await first.kill()
      expect(readlinkSync(join(volume, claimsIn(volume)[0] ?? ''))).toMatch(/^11111111\./)
      for (const name of readdirSync(volume).filter((one) => one.startsWith('beat.')))
        rmSync(join(volume, name))
      const second = await other().run(volume)
      await second.waitForRow(await master.insert())
      expect(second.log()).not.toMatch(/sign of life/)
      await finish(second)
    },
  )
})

import { afterAll, beforeAll, expect } from 'vitest'
import { testWith } from '../pair/harness/capability.js'
import { type Master, startMaster } from '../pair/harness/master.js'
import { makeNetwork, type Network } from '../pair/harness/network.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import {
  ask,
  killFirst,
  listLeft,
  makeProject,
  modelFor,
  type Project,
  subCommand,
  waitForRow,
  writeOwnPassfile,
} from './containers.js'
import { openPodman, type Podman, podmanNeeds } from './podman.js'

// compose.yaml as podman-compose runs it, with the image's layout, a network, and read-only roots without capabilities.
const needs = [...podmanNeeds, { tool: 'podman-compose' }] as const

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

interface Stage {
  readonly network: Network
  readonly master: Master
  readonly podman: Podman
  readonly compose: (project: Project, ...words: string[]) => Promise<string>
}

async function openStage(): Promise<Stage> {
  const network = await makeNetwork(space)
  const master = await startMaster(space, { host: network.master })
  const podman = await openPodman(space, network.replica)
  const compose = (project: Project, ...words: string[]) =>
    podman.must(['podman-compose', '-p', 'shop', '-f', 'compose.yaml', ...words], project.dir)
  return { network, master, podman, compose }
}

const healthOf = async (podman: Podman, name: string) =>
  (await podman.run(['podman', 'healthcheck', 'run', name])).code

testWith(
  needs,
  'Compose: two replicas on one host, from nothing through crashes, absences and updates',
  async () => {
    const { network, master, podman, compose } = await openStage()
    const model = modelFor(master, network.master, writeOwnPassfile(space))
    const whole = (settings: Record<string, string> = {}) => ({
      ...model,
      postgresql: { majors: [15 as const], settings },
      task: { instances: 2 },
      targets: { compose: { name: 'shop', ports: [6001, 6002] } },
    })
    const project = makeProject(space, whole())
    const [one, two] = ['shop_replica-1_1', 'shop_replica-2_1'] as const

    // From nothing to two that are healthy and ready, each by its name.
    await compose(project, 'up', '-d')
    const before = await master.insert()
    for (const name of [one, two]) {
      await waitForRow(podman, name, before)
      await waitFor(`${name} to be healthy`, async () => (await healthOf(podman, name)) === 0)
      await waitFor(`${name} to be ready`, async () => (await subCommand(podman, name, 'ready')) === 0)
    }
    const names = (await master.standbys()).map(({ application_name }) => application_name).sort()
    expect(names).toEqual(['shop@shop-1:5432', 'shop@shop-2:5432'])
    expect(master.clones()).toBe(2)
    await expect(ask(podman, one, 'CREATE TABLE mine ()')).rejects.toThrow(/read-only transaction/)

    // No right, no place to write but the volume; what is orphaned in it is waited for.
    const status = await podman.must(['podman', 'exec', one, 'cat', '/proc/1/status'])
    expect(status).toMatch(/^Uid:\t999\t/m)
    expect(status).toMatch(/^CapBnd:\t0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect((await podman.run(['podman', 'exec', one, 'touch', '/etc/x'])).out).toContain(
      'Read-only file system',
    )
    await podman.must(['podman', 'exec', one, 'sh', '-c', '(sleep 0 &) ; (sleep 0 &) ; (sleep 0 &)'])
    await waitFor('the orphans to be gone', async () => {
      const { out } = await podman.run(['podman', 'exec', one, 'sh', '-c', 'cat /proc/[0-9]*/stat'])
      return !/^\d+ \([^)]*\) Z/m.test(out)
    })

    // A stop is clean, within the grace, and leaves nothing; a start makes no copy.
    await podman.must(['podman', 'stop', one])
    expect(await podman.must(['podman', 'inspect', '-f', '{{.State.ExitCode}}', one])).toBe('0')
    expect(listLeft(podman.volume('shop_data-1'))).toEqual(['claim.1', 'log', 'replica', 'status'])
    await podman.must(['podman', 'start', one])
    const after = await master.insert()
    await waitForRow(podman, one, after)

    // The first process is killed, and with it all others: it comes back by itself, beside a stale postmaster.pid and claim.
    await killFirst(podman, master, one)
    await waitForRow(podman, one, await master.insert())
    expect(master.clones()).toBe(2)

    // The master is away: it stays up and serves, and is ready with all that the master was known to have.
    await network.setLink('down')
    expect(await subCommand(podman, one, 'ready')).toBe(0)
    expect(await subCommand(podman, one, 'health')).toBe(0)
    await network.setLink('up')
    await waitForRow(podman, one, await master.insert())

    // Another script and configuration: the container is made anew, and goes on from the same data.
    project.print(whole({ work_mem: '8MB' }))
    await compose(project, 'up', '-d', '--force-recreate')
    for (const name of [one, two]) await waitForRow(podman, name, await master.insert())
    expect(master.clones()).toBe(2)
    const digest = await podman.must([
      'podman',
      'inspect',
      '-f',
      '{{index .Config.Labels "run_rep.digest"}}',
      two,
    ])
    expect(compileDigest(project)).not.toBe(digest)

    // The host goes down and comes back: beside what was left of its processes, without a copy.
    await podman.reboot()
    expect(listLeft(podman.volume('shop_data-1'))).toContain('claim.4')
    await compose(project, 'up', '-d')
    for (const name of [one, two]) await waitForRow(podman, name, await master.insert())
    expect(master.clones()).toBe(2)

    // Nothing is left but the volumes.
    await compose(project, 'down')
    expect(await podman.must(['podman', 'ps', '-a', '-q'])).toBe('')
    await waitFor('the master to see no standby', async () => (await master.standbys()).length === 0)
  },
)

function compileDigest({ files }: Project): string {
  return /run_rep\.digest: (\w+)/.exec(files['compose.yaml'] ?? '')?.[1] ?? ''
}

testWith(
  needs,
  'Compose: with a wrong password it says why, waits, and does not ask again and again',
  async () => {
    const { network, master, podman, compose } = await openStage()
    const model = modelFor(master, network.master, writeOwnPassfile(space, 'wrong'))
    const project = makeProject(space, { ...model, targets: { compose: { name: 'shop', ports: [6003] } } })
    await compose(project, 'up', '-d')
    const name = 'shop_replica_1'
    await waitFor('its words', async () => (await podman.logs(name)).includes('(MASTER_REFUSES, exit 77)'))
    await waitFor(
      'its second try',
      async () => (await podman.logs(name)).split('(MASTER_REFUSES, exit 77)').length > 2,
    )
    // Between two tries it paused for half of 30 s or more.
    const [first = 0, second = 0] = [
      ...(await podman.logs(name)).matchAll(/^(\S+) ERROR .*MASTER_REFUSES, exit 77/gm),
    ].map(([, time = '']) => Date.parse(time))
    expect(second - first).toBeGreaterThanOrEqual(14_000)
    expect(await healthOf(podman, name)).not.toBe(0)
  },
)

import { chownSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect } from 'vitest'
import { parseAllDocuments, stringify } from 'yaml'
import { testWith } from '../pair/harness/capability.js'
import { startMaster } from '../pair/harness/master.js'
import { makeNetwork } from '../pair/harness/network.js'
import { replicatorPassword } from '../pair/harness/passfile.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { killFirst, listLeft, makeProject, modelFor, type Project, waitForRow } from './containers.js'
import { openPodman, type Podman, podmanNeeds } from './podman.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, as YAML gives them
type Any = any

/** The pod that the StatefulSet of a project would make first, as `podman kube play` takes it. */
function makePod(
  { dir, files }: Project,
  password = replicatorPassword,
): { readonly file: string; readonly container: Any } {
  const objects = parseAllDocuments(files['kubernetes.yaml'] ?? '', { version: '1.1' }).map(
    (one): Any => one.toJS(),
  )
  const set = objects.find(({ kind }) => kind === 'StatefulSet')
  const { metadata, spec } = set.spec.template
  const name = `${set.metadata.name}-0`
  const claim = { name: 'data', persistentVolumeClaim: { claimName: `data-${name}` } }
  // podman 4.3 mounts the keys of a Secret as they are written, in base64: a directory of the host takes its place.
  const login = join(dir, 'login')
  mkdirSync(login, { recursive: true })
  rmSync(join(login, 'password'), { force: true })
  writeFileSync(join(login, 'password'), password, { mode: 0o440 })
  chownSync(join(login, 'password'), 0, 999)
  const volumes = spec.volumes.map(({ secret, ...one }: Any) =>
    secret ? { ...one, hostPath: { path: login, type: 'Directory' } } : one,
  )
  const pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...metadata, name },
    spec: { ...spec, volumes: [claim, ...volumes] },
  }
  const texts = [objects.find(({ kind }) => kind === 'ConfigMap'), pod].map((one) =>
    stringify(one, { version: '1.1', aliasDuplicateObjects: false }),
  )
  const file = join(dir, 'pod.yaml')
  writeFileSync(file, texts.join('---\n'))
  return { file, container: spec.containers[0] }
}

async function probe(podman: Podman, name: string, { exec }: Any): Promise<number> {
  return (await podman.run(['podman', 'exec', name, ...exec.command])).code
}

// What only an API server does is not shown here: it makes pods of a StatefulSet, claims, endpoints of Services. That
// objects are what it takes, the schemas say (test/targets/kubernetes).
testWith(
  podmanNeeds,
  'Kubernetes: the pod of the StatefulSet lives from nothing through probes, crashes, absences, a new script and a wrong password',
  async () => {
    const network = await makeNetwork(space)
    const master = await startMaster(space, { host: network.master })
    const podman = await openPodman(space, network.replica)
    const { run, ...rest } = modelFor(master, network.master, '')
    const { passfile: _, ...own } = run ?? {}
    const model = { ...rest, run: own, task: { volume: '100GiB' }, targets: { kubernetes: { name: 'shop' } } }
    const project = makeProject(space, model)
    const { file, container } = makePod(project)
    const name = 'shop-0-postgres'
    const play = async () => void (await podman.must(['podman', 'kube', 'play', '--network', 'podman', file]))

    await play()
    await waitForRow(podman, name, await master.insert())
    await waitFor('the startup probe', async () => (await probe(podman, name, container.startupProbe)) === 0)
    await waitFor(
      'the readiness probe',
      async () => (await probe(podman, name, container.readinessProbe)) === 0,
    )
    expect(await probe(podman, name, container.livenessProbe)).toBe(0)
    expect(master.clones()).toBe(1)

    // A read-only root, no capabilities, no right to get any; not root; /dev/shm as large as it is told.
    const status = await podman.must(['podman', 'exec', name, 'cat', '/proc/1/status'])
    expect(status).toMatch(/^Uid:\t999\t/m)
    expect(status).toMatch(/^CapBnd:\t0+$/m)
    expect(status).toMatch(/^NoNewPrivs:\t1$/m)
    expect((await podman.run(['podman', 'exec', name, 'touch', '/etc/x'])).out).toContain(
      'Read-only file system',
    )

    // The kubelet would start it again; podman does.
    await killFirst(podman, master, name)
    await waitForRow(podman, name, await master.insert())

    // While the master is away it is alive, and ready with all that the master was known to have.
    await network.setLink('down')
    expect(await probe(podman, name, container.readinessProbe)).toBe(0)
    expect(await probe(podman, name, container.livenessProbe)).toBe(0)
    await network.setLink('up')
    await waitForRow(podman, name, await master.insert())

    // The pod is deleted and another one made of a new template: the claim keeps the data.
    await podman.must(['podman', 'pod', 'stop', '--time', '120', 'shop-0'])
    expect(await podman.must(['podman', 'inspect', '-f', '{{.State.ExitCode}}', name])).toBe('0')
    expect(listLeft(podman.volume('data-shop-0'))).toEqual(['claim.2', 'log', 'replica', 'status'])
    await podman.must(['podman', 'pod', 'rm', 'shop-0'])
    const next = project.print({ ...model, run: { ...own, stallLimit: 600 } })
    makePod(next)
    await play()
    await waitForRow(podman, name, await master.insert())

    // The node goes down and comes back: beside what was left of its processes.
    await podman.reboot()
    await podman.must(['podman', 'pod', 'start', 'shop-0'])
    await waitForRow(podman, name, await master.insert())
    expect(master.clones()).toBe(1)

    // A Secret with a wrong password, and an empty claim: it says why and ends at once. The kubelet would start it again
    // later each time, up to five minutes; podman does it at once.
    await podman.must(['podman', 'pod', 'rm', '--force', '--time', '120', 'shop-0'])
    await podman.must(['podman', 'volume', 'rm', 'data-shop-0'])
    makePod(next, 'wrong')
    await play()
    await waitFor('its words, twice', async () => {
      return (await podman.logs(name)).split('(MASTER_REFUSES, exit 77)').length > 2
    })
    expect(await probe(podman, name, container.startupProbe)).not.toBe(0)
  },
)

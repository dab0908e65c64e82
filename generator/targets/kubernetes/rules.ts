import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import { type Replica, readTls } from '../../model/replica.js'
import { chooseImage, type Image } from '../containers/image.js'
import { judgeContainer } from '../containers/rules.js'
import { exitPauseOf, findWalVolume, readSource } from './pod.js'
import type { Kubernetes } from './schema.js'

/** Judges what a model asks of Kubernetes. */
export function judgeKubernetes(kubernetes: Kubernetes, replica: Replica): Diagnostic[] {
  const image = chooseImage(kubernetes, replica)
  return [
    ...judgeContainer(kubernetes, replica, { target: 'kubernetes', image }),
    ...judgeRoot(replica),
    ...judgeSecrets(replica),
    ...judgePaths(kubernetes, replica),
    ...judgeWal(kubernetes, replica),
    ...judgeMounts(kubernetes, image),
    ...judgeLabels(kubernetes),
    ...judgePause(replica),
  ]
}

function judgeRoot({ task }: Replica): Diagnostic[] {
  if (task.user !== 'root') return []
  const message = 'the pod must not run as root (runAsNonRoot), and could not become another user'
  const hint = 'take task.user out: the volume is given to the group of the pod'
  return [{ code: 'E_KUBERNETES_USER', path: pathTo`task.user`, message, hint }]
}

function judgeSecrets({ task }: Replica): Diagnostic[] {
  return Object.values(task.env).flatMap((value): Diagnostic[] => {
    const declared = typeof value === 'string' ? undefined : task.secrets[value.secret]
    if (typeof value === 'string' || declared === undefined || readSource(declared.source)) return []
    const message = `${declared.source} is not a Secret and one of its keys`
    const path = pathTo`task.secrets.${value.secret}.source`
    return [{ code: 'E_KUBERNETES_SECRET', path, message, hint: "write it as 'name/key'" }]
  })
}

// An agent has these files; into a pod they are mounted.
function judgePaths({ volumes }: Kubernetes, { master, restore }: Replica): Diagnostic[] {
  const { rootCert, cert, key, crl } = readTls(master) ?? {}
  const named: [ModelPath, string | undefined][] = [
    ...Object.entries({ rootCert, cert, key, crl }).map(([name, path]): [ModelPath, string | undefined] => [
      pathTo`master.tls.${name}`,
      path === 'system' ? undefined : path,
    ]),
    [pathTo`restore.path`, restore?.from === 'directory' ? restore.path : undefined],
    [pathTo`restore.config`, restore !== undefined && 'config' in restore ? restore.config : undefined],
  ]
  return named.flatMap(([path, file]): Diagnostic[] => {
    if (file === undefined || volumes.some((volume) => `${file}/`.startsWith(`${volume.path}/`))) return []
    const message = `nothing mounts ${file} into the pod`
    const hint = "say where it comes from: targets.kubernetes.volumes: [{ path: '/…', secret: '…' }]"
    return [{ code: 'E_KUBERNETES_PATH', path, message, hint }]
  })
}

// A claim that is named is one for all pods, and on one node at a time if its disk is fast.
function judgeWal(kubernetes: Kubernetes, { clone: { walDir }, task }: Replica): Diagnostic[] {
  if (walDir === undefined) return []
  const path = pathTo`clone.walDir`
  if (findWalVolume(kubernetes, walDir) === undefined) {
    const message = `no claim is mounted at ${walDir}, so that its WAL would have no place in the pod`
    const hint = `name one: targets.kubernetes.volumes: [{ path: '${walDir}', claim: '…' }]`
    return [{ code: 'E_KUBERNETES_PATH', path, message, hint }]
  }
  if (task.instances <= 1) return []
  const message = `all ${task.instances} pods would share one claim for ${walDir}, which a disk of one node cannot give them`
  const hint =
    'take it out, and let targets.kubernetes.storageClass be of disks that are fast enough for WAL and data; or say task.instances: 1'
  return [{ code: 'E_KUBERNETES_WAL', path, message, hint }]
}

const taken = ['/etc/run_rep', '/run/secrets/replica', '/dev/shm', '/tmp']

function judgeMounts({ volumes }: Kubernetes, { mount }: Image): Diagnostic[] {
  return volumes.flatMap(({ path }, index): Diagnostic[] => {
    const others = [...taken, mount, ...volumes.slice(0, index).map((volume) => volume.path)]
    if (!others.includes(path)) return []
    const message = `something else is mounted at ${path} already`
    return [{ code: 'E_KUBERNETES_PATH', path: pathTo`targets.kubernetes.volumes.${index}.path`, message }]
  })
}

function judgeLabels({ labels }: Kubernetes): Diagnostic[] {
  return Object.keys(labels)
    .filter((name) => name.startsWith('app.kubernetes.io/'))
    .map((name): Diagnostic => {
      const message = `${name} is one of the labels that are printed anyway`
      const hint = 'take it out, or use a prefix of your own'
      return { code: 'E_KUBERNETES_LABEL', path: pathTo`targets.kubernetes.labels.${name}`, message, hint }
    })
}

// pkg/kubelet: ten seconds, doubled up to five minutes, and forgotten when a container ran for ten.
function judgePause(replica: Replica): Diagnostic[] {
  const pause = exitPauseOf(replica)
  if (pause === 0) return []
  const then = pause >= 400 ? ', and one that ran for ten minutes begins with the shortest again' : ''
  const message = `the kubelet pauses by itself, for up to five minutes${then}; during a further ${pause} s the pod would only seem to run`
  const hint = 'leave run.exitPause out: it is 0 there'
  return [{ code: 'W_KUBERNETES_PAUSE', path: pathTo`run.exitPause`, message, hint }]
}

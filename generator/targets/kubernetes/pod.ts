import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import { readMebibytes, sandboxDisk } from '../../model/task.js'
import { digestOf } from '../containers/digest.js'
import { home, listMounted, listVariables, portOf, script, type Variable } from '../containers/environment.js'
import { chooseImage, type Image } from '../containers/image.js'
import { noted, quoted, said, type Tree } from '../document/said.js'
import type { Files } from '../target.js'
import { chooseSecret, metadata, secretMount, selectorOf } from './names.js'
import { buildProbes } from './probes.js'
import type { Kubernetes } from './schema.js'

/** Seconds of pause before a permanent failure: none, since the kubelet makes its own, unless the model wants another. */
export function exitPauseOf({ run }: Replica): number {
  return run.exitPause === usualPause ? 0 : run.exitPause
}

/** What a model has that says nothing of it. */
const usualPause = 30

/** The environment of a pod, but for what only the cluster knows. */
export function listEnvironment(kubernetes: Kubernetes, replica: Replica): Variable[] {
  const secret = chooseSecret(kubernetes, replica)
  return listVariables(replica, chooseImage(kubernetes, replica), {
    name: kubernetes.name,
    login: secret?.login,
    secret: `${secretMount}/${secret?.key}`,
    exitPause: exitPauseOf(replica),
  })
}

/** The template of a pod. */
export function buildTemplate(kubernetes: Kubernetes, replica: Replica, files: Files): Tree {
  const { task } = replica
  const { uid } = chooseImage(kubernetes, replica)
  const own = said(uid, pathTo`targets.kubernetes.uid`)
  return {
    metadata: {
      labels: metadata(kubernetes, replica).labels,
      annotations: {
        'run_rep/digest': noted(
          'Of the script and the configuration: where it changes, pods are made anew.',
          digestOf(files, listMounted(replica)),
        ),
      },
    },
    spec: {
      automountServiceAccountToken: false,
      enableServiceLinks: noted('A Service called postgres would set POSTGRES_PORT.', false),
      terminationGracePeriodSeconds: said(task.stopGrace, pathTo`task.stopGrace`),
      securityContext: {
        runAsNonRoot: true,
        runAsUser: own,
        runAsGroup: own,
        fsGroup: own,
        fsGroupChangePolicy: noted(
          'Else all of the data would be opened to its group at each start, and PostgreSQL refuses that.',
          'OnRootMismatch',
        ),
        seccompProfile: { type: 'RuntimeDefault' },
      },
      ...(task.instances > 1 ? buildSpread(kubernetes) : {}),
      containers: [buildContainer(kubernetes, replica)],
      volumes: listVolumes(kubernetes, replica),
    },
  }
}

function buildSpread(kubernetes: Kubernetes): { [key: string]: Tree } {
  const term = {
    topologyKey: 'kubernetes.io/hostname',
    labelSelector: { matchLabels: selectorOf(kubernetes) },
  }
  const antiAffinity: Tree =
    kubernetes.spread === 'required'
      ? { requiredDuringSchedulingIgnoredDuringExecution: [term] }
      : { preferredDuringSchedulingIgnoredDuringExecution: [{ weight: 100, podAffinityTerm: term }] }
  return {
    affinity: { podAntiAffinity: said(antiAffinity, pathTo`targets.kubernetes.spread`) },
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: 'topology.kubernetes.io/zone',
        whenUnsatisfiable: 'ScheduleAnyway',
        labelSelector: { matchLabels: selectorOf(kubernetes) },
      },
    ],
  }
}

function buildContainer(kubernetes: Kubernetes, replica: Replica): Tree {
  const { task } = replica
  const image = chooseImage(kubernetes, replica)
  const memory = said(`${Math.ceil(task.mem)}Mi`, pathTo`task.mem`)
  const named = kubernetes.image === undefined ? pathTo`postgresql.majors` : pathTo`targets.kubernetes.image`
  return {
    name: 'postgres',
    image: said(image.name, named),
    command: ['sh', script, 'run'],
    workingDir: said(image.mount, pathTo`targets.kubernetes.mount`),
    env: [
      ...listEnvironment(kubernetes, replica).map((variable) => toEnv(variable, replica)),
      { name: 'TASK_NAME', valueFrom: { fieldRef: { fieldPath: 'metadata.name' } } },
    ],
    ports: [{ name: 'postgres', containerPort: said(portOf(replica), pathTo`task.port`), protocol: 'TCP' }],
    ...buildProbes(kubernetes, replica),
    resources: {
      requests: { cpu: said(`${Math.max(1, Math.round(task.cpus * 1000))}m`, pathTo`task.cpus`), memory },
      limits: { memory },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    },
    volumeMounts: listMounts(kubernetes, replica, image),
  }
}

// The kubelet puts variables in for $(NAME).
function toEnv({ name, value, from }: Variable, { task }: Replica): Tree {
  if (typeof value === 'string') return { name, value: said(quoted(value.replaceAll('$(', '$$$(')), ...from) }
  const [secret, key] = readSource(task.secrets[value.secret]?.source ?? '') ?? ['', '']
  const reference = { name: secret, key }
  return { name, valueFrom: { secretKeyRef: said(reference, ...from, pathTo`task.secrets.${value.secret}`) } }
}

/** A Secret and one of its keys, as `task.secrets` writes them; undefined for anything else. */
export function readSource(source: string): readonly [secret: string, key: string] | undefined {
  const [, secret, key] = /^([a-z0-9][a-z0-9.-]{0,252})\/([-._a-zA-Z0-9]+)$/.exec(source) ?? []
  return secret === undefined || key === undefined ? undefined : [secret, key]
}

function listMounts(kubernetes: Kubernetes, replica: Replica, image: Image): Tree[] {
  const secret = chooseSecret(kubernetes, replica)
  const walVolume = findWalVolume(kubernetes, replica.clone.walDir)
  return [
    { name: 'data', mountPath: said(image.mount, pathTo`targets.kubernetes.mount`) },
    { name: 'config', mountPath: home, readOnly: true },
    ...(secret === undefined ? [] : [{ name: 'secret', mountPath: secretMount, readOnly: true }]),
    { name: 'shm', mountPath: '/dev/shm' },
    { name: 'tmp', mountPath: '/tmp' },
    ...kubernetes.volumes.map((volume, index) => ({
      name: `more-${index}`,
      mountPath: said(volume.path, pathTo`targets.kubernetes.volumes.${index}.path`),
      readOnly: volume === walVolume ? undefined : true,
    })),
  ]
}

/** Where the WAL of the replica goes, which alone is written to: the nearest volume above it, if that is a claim. */
export function findWalVolume(
  { volumes }: Kubernetes,
  walDir: string | undefined,
): Kubernetes['volumes'][number] | undefined {
  const [nearest] = volumes
    .filter(({ path }) => `${walDir ?? ''}/`.startsWith(`${path}/`))
    .sort((one, other) => other.path.length - one.path.length)
  return nearest?.claim === undefined ? undefined : nearest
}

function listVolumes(kubernetes: Kubernetes, replica: Replica): Tree[] {
  const { task } = replica
  const secret = chooseSecret(kubernetes, replica)
  const walVolume = findWalVolume(kubernetes, replica.clone.walDir)
  // With fsGroup they belong to root and that group, whatever the mode says of others.
  const modeOfFiles = 0o440
  return [
    ...(task.volume === undefined
      ? [
          {
            name: 'data',
            emptyDir: { sizeLimit: said(`${Math.ceil(sandboxDisk(task))}Mi`, pathTo`task.disk`) },
          },
        ]
      : []),
    {
      name: 'config',
      configMap: { name: said(kubernetes.name, pathTo`targets.kubernetes.name`), defaultMode: 0o444 },
    },
    ...(secret === undefined
      ? []
      : [
          {
            name: 'secret',
            secret: {
              secretName: said(secret.name, pathTo`targets.kubernetes.secret`),
              defaultMode: noted('0440: root has it, and the group of the pod may read.', modeOfFiles),
              items: [{ key: said(secret.key, pathTo`targets.kubernetes.passwordKey`), path: secret.key }],
            },
          },
        ]),
    {
      name: 'shm',
      emptyDir: {
        medium: 'Memory',
        sizeLimit: said(`${readMebibytes(kubernetes.shm)}Mi`, pathTo`targets.kubernetes.shm`),
      },
    },
    { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
    ...kubernetes.volumes.map((volume, index) => {
      const { claim, secret: secretName, configMap } = volume
      const readOnly = volume === walVolume ? undefined : true
      return said(
        {
          name: `more-${index}`,
          persistentVolumeClaim: claim === undefined ? undefined : { claimName: claim, readOnly },
          secret: secretName === undefined ? undefined : { secretName, defaultMode: modeOfFiles },
          configMap: configMap === undefined ? undefined : { name: configMap, defaultMode: 0o444 },
        },
        pathTo`targets.kubernetes.volumes.${index}`,
      )
    }),
  ]
}

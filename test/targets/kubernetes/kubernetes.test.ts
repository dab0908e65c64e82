import { describe, expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { judgeSize } from '../../../generator/targets/kubernetes/size.js'
import { compile, list } from '../../compile/sources.js'
import { models } from '../containers/models.js'
import { findUnknownNames, findWrongValue, type KubernetesObject } from './schema.js'

const plain = {
  postgresql: { majors: [16] },
  master: { hosts: 'pg1' },
  task: { volume: '100GiB' },
  targets: { kubernetes: {} },
}
const textOf = (model: object) => compile({ ...plain, ...model }).files['kubernetes.yaml'] ?? ''

function read(model: object): KubernetesObject[] {
  const documents = parseAllDocuments(textOf(model), { version: '1.1' })
  return documents.map((document) => document.toJS())
}

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind, as YAML gives them
const find = (model: object, kind: string): any => read(model).find((one) => one.kind === kind)
const podOf = (model: object) => (find(model, 'StatefulSet') ?? find(model, 'Deployment')).spec.template.spec
const envOf = (model: object) =>
  Object.fromEntries(
    podOf(model).containers[0].env.map(({ name, value, valueFrom }: Record<string, unknown>) => [
      name,
      value ?? valueFrom,
    ]),
  )

describe('kubernetes.yaml', () => {
  test.each<[string, object, string[]]>([
    ['persistent', {}, ['ConfigMap', 'Service', 'Service', 'PodDisruptionBudget', 'StatefulSet']],
    [
      'with all that can be said of it',
      models.fleet,
      ['ConfigMap', 'Service', 'Service', 'PodDisruptionBudget', 'StatefulSet'],
    ],
    ['ephemeral', models.passing, ['ConfigMap', 'Service', 'PodDisruptionBudget', 'Deployment']],
  ])(
    '%s is what the schemas of Kubernetes say, and holds no name that they do not know',
    (_title, model, kinds) => {
      const objects = read(model)
      expect(objects.map(({ kind }) => kind)).toEqual(kinds)
      expect(objects.map(findWrongValue)).toEqual(kinds.map(() => undefined))
      expect(findUnknownNames(objects)).toEqual([])
    },
  )

  test('those schemas find what is wrong', () => {
    const set = find({}, 'StatefulSet')
    expect(findWrongValue({ ...set, spec: { ...set.spec, replicas: '3' } })).toContain(
      'spec/replicas must be integer',
    )
    expect(findUnknownNames([{ ...set, spec: { ...set.spec, replica: 3 } }])).toEqual([
      expect.stringMatching(/"replica".* does not exist/),
    ])
    expect(findWrongValue({ apiVersion: 'v1', kind: 'Pods' })).toBe('there is no Pods in v1')
  })

  test('is what the model says', () => {
    const task = { volume: '10GiB', stopGrace: 200, mem: 2048, cpus: 2, port: 5433, instances: 2 }
    const spec = find({ task }, 'StatefulSet').spec
    expect(spec).toMatchObject({ replicas: 2, podManagementPolicy: 'Parallel' })
    expect(spec.volumeClaimTemplates[0].spec.resources.requests.storage).toBe('10240Mi')
    expect(spec.template.spec).toMatchObject({
      terminationGracePeriodSeconds: 200,
      automountServiceAccountToken: false,
      enableServiceLinks: false,
      containers: [
        {
          image: 'postgres:16',
          ports: [{ containerPort: 5433 }],
          resources: { requests: { cpu: '2000m', memory: '2048Mi' }, limits: { memory: '2048Mi' } },
        },
      ],
    })
    expect(find({ task }, 'Service').spec.ports).toMatchObject([{ port: 5433, targetPort: 'postgres' }])
  })

  // The namespace's Pod Security Standard, level restricted.
  test('a pod asks for no right', () => {
    const { securityContext, containers } = podOf({})
    expect(securityContext).toMatchObject({
      runAsNonRoot: true,
      runAsUser: 999,
      fsGroup: 999,
      fsGroupChangePolicy: 'OnRootMismatch',
      seccompProfile: { type: 'RuntimeDefault' },
    })
    expect(containers[0].securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ['ALL'] },
    })
  })

  test('the startup probe lets a clone take its time, and the others count from its end', () => {
    const health = { delay: 5, gracePeriod: 43_200, interval: 20, timeout: 8, maxFailures: 9 }
    const { startupProbe, livenessProbe, readinessProbe } = podOf({
      task: { volume: '100GiB', health },
    }).containers[0]
    expect(startupProbe).toMatchObject({ periodSeconds: 20, failureThreshold: 2160, initialDelaySeconds: 5 })
    expect(livenessProbe).toMatchObject({ periodSeconds: 20, timeoutSeconds: 8, failureThreshold: 9 })
    expect(readinessProbe).toMatchObject({ periodSeconds: 60, timeoutSeconds: 20 })
    expect([startupProbe, livenessProbe, readinessProbe].map(({ exec }) => exec.command.at(-1))).toEqual([
      'health',
      'health',
      'ready',
    ])
  })

  test('holds the script and the configuration, byte for byte, and no secret', () => {
    const { files } = compile(plain)
    expect(find({}, 'ConfigMap').data).toEqual({
      'run_rep.sh': files['run_rep.sh'],
      'pg_hba.conf': files['conf/pg_hba.conf'],
      'postgresql.conf': files['conf/postgresql.conf'],
    })
    expect(read({}).filter(({ kind }) => kind === 'Secret')).toEqual([])
    expect(envOf({})).toMatchObject({
      POSTGRES_REPPASSWORD_FILE: '/run/secrets/replica/password',
      CONFIG_URL: 'file:///etc/run_rep',
      EXIT_PAUSE: '0',
      TASK_NAME: { fieldRef: { fieldPath: 'metadata.name' } },
    })
  })

  test('what the kubelet or YAML would read in its own way stays what it is', () => {
    const env = { A: '$(PORT0) $HOME', B: 'yes', C: '0x10', D: '1:20', E: ' é\n\t"\'\\', F: '' }
    expect(envOf({ task: { env } })).toMatchObject({ ...env, A: '$$(PORT0) $HOME' })
  })

  test('the claim for WAL alone is written to', () => {
    const { spec } = find(
      {
        clone: { walDir: '/fast' },
        targets: {
          kubernetes: {
            volumes: [
              { path: '/fast', claim: 'w' },
              { path: '/a', claim: 'a' },
            ],
          },
        },
      },
      'StatefulSet',
    ).spec.template
    const of = (list: { name: string }[]) => list.filter(({ name }) => name.startsWith('more-'))
    expect(of(spec.containers[0].volumeMounts)).toEqual([
      { name: 'more-0', mountPath: '/fast' },
      { name: 'more-1', mountPath: '/a', readOnly: true },
    ])
    expect(of(spec.volumes)).toEqual([
      { name: 'more-0', persistentVolumeClaim: { claimName: 'w' } },
      { name: 'more-1', persistentVolumeClaim: { claimName: 'a', readOnly: true } },
    ])
  })

  test('another script or configuration makes other pods', () => {
    const digest = (model: object) =>
      find(model, 'StatefulSet').spec.template.metadata.annotations['run_rep/digest']
    expect(digest({})).toBe(digest({ targets: { kubernetes: { shm: 256 } } }))
    expect(digest({})).not.toBe(digest({ postgresql: { majors: [16], settings: { work_mem: '8MB' } } }))
  })
})

describe('what Kubernetes cannot do', () => {
  const judge = (model: object) =>
    list(compile({ ...plain, ...model }).diagnostics).filter((one) => !/W_MASTER/.test(one))
  const inVolumes = (...volumes: object[]) => ({ targets: { kubernetes: { volumes } } })
  const tls = { hosts: 'pg1', tls: { mode: 'verify-full', rootCert: '/tls/ca.pem' } }
  test.each<[object, string[]]>([
    [{}, []],
    [models.fleet, ['W_KUBERNETES_PAUSE run.exitPause']],
    [models.passing, []],
    [{ targets: { kubernetes: { name: 'A' } } }, ['E_MODEL targets.kubernetes.name']],
    [{ targets: { kubernetes: { name: '1a' } } }, ['E_MODEL targets.kubernetes.name']],
    [{ targets: { kubernetes: { name: 'a'.repeat(53) } } }, ['E_MODEL targets.kubernetes.name']],
    [{ targets: { kubernetes: { secret: 'a_b' } } }, ['E_MODEL targets.kubernetes.secret']],
    [{ targets: { kubernetes: { labels: { 'a b': 'c' } } } }, ['E_MODEL targets.kubernetes.labels["a b"]']],
    [
      { targets: { kubernetes: { labels: { 'app.kubernetes.io/name': 'x' } } } },
      ['E_KUBERNETES_LABEL targets.kubernetes.labels["app.kubernetes.io/name"]'],
    ],
    [{ task: { user: 'root', volume: '1TiB' } }, ['E_KUBERNETES_USER task.user']],
    [{ task: { preset: 'ephemeral' } }, []],
    [{ task: { preset: 'persistent' } }, ['E_TASK_PRESET task.preset']],
    [{ run: { exitPause: 0 } }, []],
    [{ run: { exitPause: 900 } }, ['W_KUBERNETES_PAUSE run.exitPause']],
    [
      { task: { env: { TOKEN: { secret: 't' } }, secrets: { t: { source: '/t' } } } },
      ['E_KUBERNETES_SECRET task.secrets.t.source'],
    ],
    [{ task: { env: { TOKEN: { secret: 't' } }, secrets: { t: { source: 'a/b' } } } }, []],
    [{ master: tls }, ['E_KUBERNETES_PATH master.tls.rootCert']],
    [{ master: tls, ...inVolumes({ path: '/tls', secret: 'ca' }) }, []],
    [{ restore: { from: 'directory', path: '/wal' } }, ['E_KUBERNETES_PATH restore.path']],
    [{ restore: { from: 'directory', path: '/wal' }, ...inVolumes({ path: '/wal', claim: 'wal' }) }, []],
    [{ clone: { walDir: '/fast/wal' } }, ['E_KUBERNETES_PATH clone.walDir']],
    [
      { clone: { walDir: '/fast/wal' }, ...inVolumes({ path: '/fast', secret: 'w' }) },
      ['E_KUBERNETES_PATH clone.walDir'],
    ],
    [{ clone: { walDir: '/fast/wal' }, ...inVolumes({ path: '/fast', claim: 'w' }) }, []],
    [
      {
        clone: { walDir: '/fast/wal' },
        ...inVolumes({ path: '/fast', claim: 'w' }, { path: '/fast/wal', secret: 's' }),
      },
      ['E_KUBERNETES_PATH clone.walDir'],
    ],
    [
      {
        clone: { walDir: '/fast' },
        task: { volume: '100GiB', instances: 2 },
        ...inVolumes({ path: '/fast', claim: 'w' }),
      },
      ['E_KUBERNETES_WAL clone.walDir'],
    ],
    [inVolumes({ path: '/a', claim: 'b', secret: 'c' }), ['E_MODEL targets.kubernetes.volumes.0']],
    [inVolumes({ path: '/tmp', claim: 'b' }), ['E_KUBERNETES_PATH targets.kubernetes.volumes.0.path']],
    [
      inVolumes({ path: '/a', claim: 'b' }, { path: '/a', claim: 'c' }),
      ['E_KUBERNETES_PATH targets.kubernetes.volumes.1.path'],
    ],
    [{ task: { stopGrace: 60 } }, ['E_STOP_GRACE task.stopGrace']],
    // A probe that would end a task that rightly waits, or clones.
    [
      { run: { masterWait: 3600 }, task: { health: { gracePeriod: 600 } } },
      ['E_HEALTH_GRACE task.health.gracePeriod'],
    ],
    [{ task: { volume: '1TiB', health: { gracePeriod: 3600 } } }, ['W_HEALTH_GRACE task.health.gracePeriod']],
    [
      { postgresql: { majors: [16], settings: { max_wal_size: '20GB' } }, task: { volume: '10GiB' } },
      ['E_TASK_DISK task.volume'],
    ],
  ])('%j', (model, wanted) => {
    expect(judge(model)).toEqual(wanted)
  })

  test('a ConfigMap has its limit', () => {
    const codesOf = (size: number) => list(judgeSize({ data: { 'run_rep.sh': 'x'.repeat(size) } }))
    expect(codesOf(1_048_566)).toEqual([])
    expect(codesOf(1_048_567)).toEqual(['E_KUBERNETES_SIZE steps'])
  })

  test('an update that Kubernetes refuses, or that leaves something running, is told', () => {
    const judgeUpdate = (before: object, after: object) => {
      const { values } = compile({ ...plain, ...after })
      return list(values?.targets[0]?.judgeUpdate?.({ 'kubernetes.yaml': textOf(before) }) ?? [])
    }
    const told = ['W_KUBERNETES_UPDATE task.volume']
    expect(judgeUpdate({}, {})).toEqual([])
    expect(judgeUpdate({}, { task: { volume: '100GiB', mem: 2048 } })).toEqual([])
    expect(judgeUpdate({}, { task: { volume: '200GiB' } })).toEqual(told)
    expect(judgeUpdate({}, { task: {} })).toEqual(told)
    expect(judgeUpdate({}, { task: {}, targets: { kubernetes: { name: 'other' } } })).toEqual([])
    const { values } = compile(plain)
    expect(values?.targets[0]?.judgeUpdate?.({ 'kubernetes.yaml': 'a: [' })).toEqual([])
  })
})

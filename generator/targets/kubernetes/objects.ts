import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import { readMebibytes } from '../../model/task.js'
import { listMounted, mountedName, portOf } from '../containers/environment.js'
import { noted, said, type Tree } from '../document/said.js'
import type { Files } from '../target.js'
import { metadata, selectorOf } from './names.js'
import { buildTemplate } from './pod.js'
import type { Kubernetes } from './schema.js'

/** The objects of a replica set, in the order in which they are to be made. */
export function buildObjects(kubernetes: Kubernetes, replica: Replica, files: Files): Tree[] {
  const isPersistent = replica.task.volume !== undefined
  return [
    buildConfigMap(kubernetes, replica, files),
    ...(isPersistent ? [buildHeadless(kubernetes, replica)] : []),
    buildReadService(kubernetes, replica),
    buildBudget(kubernetes, replica),
    isPersistent ? buildStatefulSet(kubernetes, replica, files) : buildDeployment(kubernetes, replica, files),
  ]
}

/** What is mounted into each pod. */
function buildConfigMap(kubernetes: Kubernetes, replica: Replica, files: Files): Tree {
  const from = {
    'run_rep.sh': [],
    'conf/pg_hba.conf': [pathTo`access`],
    'conf/postgresql.conf': [pathTo`postgresql.settings`],
  }
  const data = listMounted(replica).map((name) => [
    mountedName(name),
    said(files[name] ?? '', ...(from[name as keyof typeof from] ?? [])),
  ])
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: metadata(kubernetes, replica),
    data: Object.fromEntries(data),
  }
}

// A name for each pod, also while it clones.
function buildHeadless(kubernetes: Kubernetes, replica: Replica): Tree {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(kubernetes, replica),
    spec: {
      clusterIP: 'None',
      publishNotReadyAddresses: true,
      selector: selectorOf(kubernetes),
      ports: [port(replica)],
    },
  }
}

function buildReadService(kubernetes: Kubernetes, replica: Replica): Tree {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: metadata(kubernetes, replica, '-read'),
    spec: { type: 'ClusterIP', selector: selectorOf(kubernetes), ports: [port(replica)] },
  }
}

function port(replica: Replica): Tree {
  return {
    name: 'postgres',
    port: said(portOf(replica), pathTo`task.port`),
    targetPort: 'postgres',
    protocol: 'TCP',
  }
}

function buildBudget(kubernetes: Kubernetes, replica: Replica): Tree {
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata(kubernetes, replica),
    spec: { maxUnavailable: 1, selector: { matchLabels: selectorOf(kubernetes) } },
  }
}

function buildStatefulSet(kubernetes: Kubernetes, replica: Replica, files: Files): Tree {
  const { task } = replica
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: metadata(kubernetes, replica),
    spec: {
      replicas: said(task.instances, pathTo`task.instances`),
      serviceName: said(kubernetes.name, pathTo`targets.kubernetes.name`),
      podManagementPolicy: noted('No replica waits for the clone of another.', 'Parallel'),
      updateStrategy: { type: 'RollingUpdate' },
      selector: { matchLabels: selectorOf(kubernetes) },
      template: buildTemplate(kubernetes, replica, files),
      volumeClaimTemplates: [
        {
          metadata: { name: 'data', labels: selectorOf(kubernetes) },
          spec: {
            accessModes: ['ReadWriteOnce'],
            storageClassName: said(kubernetes.storageClass, pathTo`targets.kubernetes.storageClass`),
            resources: {
              requests: { storage: said(`${readMebibytes(task.volume ?? 0)}Mi`, pathTo`task.volume`) },
            },
          },
        },
      ],
    },
  }
}

function buildDeployment(kubernetes: Kubernetes, replica: Replica, files: Files): Tree {
  const { task } = replica
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata(kubernetes, replica),
    spec: {
      replicas: said(task.instances, pathTo`task.instances`),
      strategy: {
        type: 'RollingUpdate',
        // With a pod on each node there is no place for another one.
        rollingUpdate:
          kubernetes.spread === 'required' && task.instances > 1
            ? noted('An old one goes first, since there may be no other node for the next.', {
                maxSurge: 0,
                maxUnavailable: 1,
              })
            : noted('The next clone is ready before an old one goes.', {
                maxSurge: 1,
                maxUnavailable: 0,
              }),
      },
      progressDeadlineSeconds: noted(
        'A clone may take as long.',
        said(task.health.gracePeriod + 600, pathTo`task.health.gracePeriod`),
      ),
      selector: { matchLabels: selectorOf(kubernetes) },
      template: buildTemplate(kubernetes, replica, files),
    },
  }
}

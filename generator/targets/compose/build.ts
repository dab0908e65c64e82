import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import { type Replica, readTls } from '../../model/replica.js'
import { healthTimeout, readMebibytes } from '../../model/task.js'
import { digestOf } from '../containers/digest.js'
import {
  home,
  type Login,
  listMounted,
  listVariables,
  loginOf,
  mountedName,
  portOf,
  script,
  type Variable,
} from '../containers/environment.js'
import { chooseImage, type Image } from '../containers/image.js'
import { headed, noted, quoted, said, type Tree } from '../document/said.js'
import type { Files } from '../target.js'
import type { Compose } from './schema.js'

/** By what the replicas of a Compose file log in; a password that the model names goes before the rest. */
function chooseLogin({ password }: Compose, replica: Replica): Login {
  return password === undefined ? loginOf(replica) : 'password'
}

/** The environment of a replica. */
export function listEnvironment(compose: Compose, replica: Replica, suffix = ''): Variable[] {
  const login = chooseLogin(compose, replica)
  const told = {
    name: compose.name,
    task: `${compose.name}${suffix}`,
    login,
    secret: `/run/secrets/${login}`,
    exitPause: replica.run.exitPause,
  }
  return listVariables(replica, chooseImage(compose, replica), told)
}

/** Makes the document of Compose: one service for each replica, since two must not share a volume. */
export function buildCompose(compose: Compose, replica: Replica, files: Files): Tree {
  const login = chooseLogin(compose, replica)
  const { instances } = replica.task
  const names = instances === 1 ? [''] : Array.from({ length: instances }, (_, index) => `-${index + 1}`)
  const services = names.map((suffix, index) => [
    `replica${suffix}`,
    headed(buildService(compose, replica, { suffix, index, files }), pathTo`task.instances`),
  ])
  return {
    name: said(compose.name, pathTo`targets.compose.name`),
    services: Object.fromEntries(services),
    volumes: Object.fromEntries(names.map((suffix) => [`data${suffix}`, {}])),
    secrets: login && { [login]: { file: secretFile(compose, replica, login) } },
  }
}

function secretFile({ password }: Compose, { run }: Replica, login: Login): Tree {
  if (login === 'passfile') return said(run.passfile, pathTo`run.passfile`)
  return said(password ?? './replicator.password', pathTo`targets.compose.password`)
}

interface Part {
  readonly suffix: string
  readonly index: number
  readonly files: Files
}

// In the order in which people write it: what runs, as whom, with what, where, how it lives, how much it may take.
function buildService(compose: Compose, replica: Replica, { suffix, index, files }: Part): Tree {
  const { task } = replica
  const { health } = task
  const image = chooseImage(compose, replica)
  const login = chooseLogin(compose, replica)
  const isRoot = task.user === 'root'
  const seconds = (value: number, path: ModelPath) => said(`${value}s`, path)
  return {
    image: said(
      image.name,
      ...(compose.image ? [pathTo`targets.compose.image`] : [pathTo`postgresql.majors`]),
    ),
    hostname: said(`${compose.name}${suffix}`, pathTo`targets.compose.name`),
    user: said(
      quoted(isRoot ? '0:0' : `${image.uid}:${image.uid}`),
      isRoot ? pathTo`task.user` : pathTo`targets.compose.uid`,
    ),
    entrypoint: ['sh'],
    command: [script, 'run'],
    working_dir: said(image.mount, pathTo`targets.compose.mount`),
    environment: Object.fromEntries(
      listEnvironment(compose, replica, suffix).map(({ name, value, from }) => [
        name,
        said(typeof value === 'string' ? quoted(value) : undefined, ...from),
      ]),
    ),
    secrets: login && [login],
    ports: [said(quoted(publish(compose, replica, index)), ...portPaths(compose, index))],
    volumes: listVolumes(compose, replica, { image, suffix }),
    tmpfs: ['/tmp:size=64m,mode=1777'],
    shm_size: said(`${readMebibytes(compose.shm)}m`, pathTo`targets.compose.shm`),
    read_only: true,
    cap_drop: ['ALL'],
    cap_add: isRoot
      ? noted('What it takes to give the volume to run.user and to become that user.', [
          'CHOWN',
          'SETGID',
          'SETUID',
        ])
      : undefined,
    security_opt: ['no-new-privileges:true'],
    init: noted(
      'The script is process number 1: it takes SIGTERM, and waits for whatever is orphaned.',
      false,
    ),
    stop_signal: noted("The image's own is SIGINT, which would do as well.", 'SIGTERM'),
    stop_grace_period: seconds(task.stopGrace, pathTo`task.stopGrace`),
    restart: 'unless-stopped',
    healthcheck: {
      test: ['CMD', 'sh', script, 'health'],
      interval: seconds(health.interval, pathTo`task.health.interval`),
      timeout: seconds(healthTimeout(health), pathTo`task.health.timeout`),
      retries: said(health.maxFailures, pathTo`task.health.maxFailures`),
      start_period: noted(
        'A clone may take as long.',
        seconds(health.gracePeriod, pathTo`task.health.gracePeriod`),
      ),
    },
    mem_limit: said(`${Math.ceil(task.mem)}m`, pathTo`task.mem`),
    cpu_shares: said(Math.max(2, Math.round(task.cpus * 1024)), pathTo`task.cpus`),
    labels: {
      'run_rep.digest': noted(
        'Of the script and the configuration: with another one `up` makes the container anew.',
        digestOf(files, listMounted(replica)),
      ),
    },
  }
}

function publish({ ports, address }: Compose, replica: Replica, index: number): string {
  const { task } = replica
  const host = ports?.[index] ?? (task.port === 0 ? '' : task.port)
  const inside = portOf(replica)
  if (address !== undefined) return `${address}:${host}:${inside}`
  return host === '' ? String(inside) : `${host}:${inside}`
}

function portPaths({ ports, address }: Compose, index: number): ModelPath[] {
  const own = ports === undefined ? pathTo`task.port` : pathTo`targets.compose.ports.${index}`
  return [own, ...(address === undefined ? [] : [pathTo`targets.compose.address`])]
}

interface Place {
  readonly image: Image
  readonly suffix: string
}

// Bind mounts, not `configs`: outside of Swarm those are the same, and some of Compose's kin lack them.
function listVolumes({ volumes }: Compose, replica: Replica, { image, suffix }: Place): Tree[] {
  const mounted = listMounted(replica).map((name) => `./${name}:${home}/${mountedName(name)}:ro`)
  const named = listHostPaths(replica).map(({ path, at, isWritten }) =>
    said(`${path}:${path}${isWritten ? '' : ':ro'}`, at),
  )
  const own = volumes.map((volume, index) => said(volume, pathTo`targets.compose.volumes.${index}`))
  return [said(`data${suffix}:${image.mount}`, pathTo`targets.compose.mount`), ...mounted, ...named, ...own]
}

/** What the model names on the host besides, which a container sees at the same path. */
export function listHostPaths({
  master,
  clone,
  restore,
}: Replica): { readonly path: string; readonly at: ModelPath; readonly isWritten?: boolean }[] {
  const { rootCert, cert, key, crl } = readTls({ tls: master.tls }) ?? {}
  const tls = Object.entries({ rootCert, cert, key, crl }).flatMap(([name, path]) =>
    path === undefined || path === 'system' ? [] : [{ path, at: pathTo`master.tls.${name}` }],
  )
  return [
    ...tls,
    ...(restore?.from === 'directory' ? [{ path: restore.path, at: pathTo`restore.path` }] : []),
    ...(clone.walDir === undefined
      ? []
      : [{ path: clone.walDir, at: pathTo`clone.walDir`, isWritten: true }]),
  ]
}

import { type ModelPath, pathTo } from '../../../diagnostics/path.js'
import { isObject } from './app-file.js'
import type { Taking } from './draft.js'
import { takeEnv } from './env.js'
import { takeHealthChecks } from './health.js'
import { loseOthers, loseStrangeItems, loseUnlike } from './others.js'
import { takePorts } from './ports.js'

type Take = (value: unknown, taking: Taking) => void

/** Members that only an answer of Marathon has (AppInfo). */
export const answerKeys: ReadonlySet<string> = new Set([
  'version',
  'versionInfo',
  'tasks',
  'tasksStaged',
  'tasksRunning',
  'tasksHealthy',
  'tasksUnhealthy',
  'deployments',
  'readinessCheckResults',
  'lastTaskFailure',
  'taskStats',
])

/** What becomes of each member of an app (app.raml); whatever is not here is unknown. */
export const takers: Readonly<Record<string, Take>> = {
  id: as(pathTo`targets.marathon.id`),
  cmd: takeCommand,
  args: unless(isEmpty, 'args run without a shell, which run_rep.sh needs'),
  user: as(pathTo`task.user`),
  cpus: as(pathTo`task.cpus`),
  mem: as(pathTo`task.mem`),
  disk: as(pathTo`task.disk`),
  instances: as(pathTo`task.instances`),
  env: takeEnv,
  secrets: takeSecrets,
  labels: as(pathTo`targets.marathon.labels`),
  fetch: takeFetch,
  uris: takeUris,
  portDefinitions: takePorts,
  ports: takePorts,
  requirePorts: () => undefined,
  networks: takeNetworks,
  ipAddress: unless(isEmpty, 'a replica listens on the network of its host'),
  constraints: takeConstraints,
  container: takeContainer,
  residency: takeResidency,
  healthChecks: takeHealthChecks,
  check: takeCheck,
  readinessChecks: unless(
    isEmpty,
    'readiness checks speak HTTP, which PostgreSQL does not; task.readiness asks `ready`',
  ),
  upgradeStrategy: takeUpgrade,
  unreachableStrategy: takeUnreachable,
  killSelection: as(pathTo`targets.marathon.killSelection`),
  backoffSeconds: as(pathTo`targets.marathon.backoff.seconds`),
  backoffFactor: as(pathTo`targets.marathon.backoff.factor`),
  maxLaunchDelaySeconds: as(pathTo`targets.marathon.backoff.max`),
  taskKillGracePeriodSeconds: takeKillGrace,
  role: takeRole,
  acceptedResourceRoles: as(pathTo`targets.marathon.acceptedResourceRoles`),
  dependencies: as(pathTo`targets.marathon.dependencies`),
  gpus: unless(isEmpty, 'PostgreSQL has no use for GPUs'),
  executor: unless(isEmpty, "the command is run by Mesos's own executor"),
  executorResources: unless(isEmpty, 'the executor gets what Mesos gives it'),
  resourceLimits: unless(isEmpty, 'PostgreSQL is sized by what it is sure to have'),
  storeUrls: unless(isEmpty, 'Marathon 1.5 gave up the artifact store'),
  tty: unless(isEmpty, 'nobody looks at a terminal of a replica'),
  isResident: () => undefined,
}

function as(path: ModelPath): Take {
  return (value, { set }) => set(path, value)
}

function unless(isFine: (value: unknown) => boolean, reason: string): Take {
  return (value, { lose }) => {
    if (!isFine(value)) lose(reason)
  }
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0
  return isObject(value) ? Object.keys(value).length === 0 : !value
}

function takeNetworks(value: unknown, taking: Taking): void {
  if (loseUnlike(value, 'a list', taking)) return
  const networks: readonly unknown[] = Array.isArray(value) ? value : []
  if (!networks.every((network) => isObject(network) && network.mode === 'host'))
    taking.lose('a replica listens on the network of its host')
  for (const network of networks) loseOthers(network, ['mode'], taking, 'networks[].')
}

// Beside each other, since a variable may have brought a secret of its own.
function takeSecrets(value: unknown, { set }: Taking): void {
  if (!isObject(value)) set(pathTo`task.secrets`, value)
  else for (const [name, secret] of Object.entries(value)) set(pathTo`task.secrets.${name}`, secret)
}

// What a persistent volume says by itself.
function takeResidency(value: unknown, { lose }: Taking): void {
  const usual = { relaunchEscalationTimeoutSeconds: 3600, taskLostBehavior: 'WAIT_FOREVER' }
  const others = isObject(value)
    ? Object.entries(value).filter(([key, member]) => Reflect.get(usual, key) !== member)
    : [[String(value)]]
  if (others.length > 0)
    lose(
      `the model has no place for ${others.map(([key]) => `residency.${key}`).join(', ')}`,
      'Marathon waits for the agent of a persistent volume',
    )
}

// Marathon takes both numbers or none; what one of them says is kept.
function takeUpgrade(value: unknown, taking: Taking): void {
  const { app, set, change } = taking
  if (!isObject(value)) {
    set(pathTo`targets.marathon.upgrade`, value)
    return
  }
  const given = Object.fromEntries(Object.entries(value).filter(([, member]) => member !== null))
  const usual = usualUpgrade(app)
  const lacking = Object.keys(usual).filter((key) => !Object.hasOwn(given, key))
  if (lacking.length === 2 && Object.keys(given).length === 0) lacking.length = 0
  if (lacking.length > 0)
    change(
      `Marathon wants both numbers of an upgrade strategy, and ${lacking.join(' and ')} is missing`,
      `the model says what Marathon does by default: ${lacking.map((key) => `${key} ${Reflect.get(usual, key)}`).join(', ')}`,
    )
  set(pathTo`targets.marathon.upgrade`, { ...usual, ...given })
}

/** What Marathon does by default (UpgradeStrategy.scala). */
export function usualUpgrade(app: Taking['app']): {
  readonly minimumHealthCapacity: number
  readonly maximumOverCapacity: number
} {
  const volumes = isObject(app.container) ? app.container.volumes : undefined
  const isResident = Array.isArray(volumes) && volumes.length > 0
  return isResident
    ? { minimumHealthCapacity: 0.5, maximumOverCapacity: 0 }
    : { minimumHealthCapacity: 1, maximumOverCapacity: 1 }
}

function takeCommand(value: unknown, { change, lose }: Taking): void {
  const command = String(value).trim()
  if (command === 'exec sh run_rep.sh') return
  if (/^(\/bin\/)?(ba|da)?sh (\.\/)?run_rep\.sh$/.test(command)) {
    change(
      'without exec Mesos takes the end of the outer shell for the end of the task, and kills PostgreSQL a second later, whatever the kill grace',
      'the model prints exec sh run_rep.sh',
    )
    return
  }
  lose(
    `the command is always exec sh run_rep.sh, and not ${JSON.stringify(command)}`,
    'write a step for what else it did',
  )
}

function takeFetch(value: unknown, taking: Taking): void {
  const { app, set, lose, change } = taking
  if (loseUnlike(value, 'a list', taking)) return
  loseStrangeItems(value, taking)
  const items = (Array.isArray(value) ? value : []).filter(isObject)
  const isScript = ({ uri }: Readonly<Record<string, unknown>>) => /\/run_rep\.sh$/.test(String(uri))
  const script = items.find(isScript)
  // AppNormalization.scala: then uris count, if there are any.
  if (items.length === 0 && Array.isArray(app.uris) && app.uris.length > 0) return
  if (script === undefined)
    lose('no artefact ends in /run_rep.sh, so that nobody knows where the script is served', 'set publish')
  else set(pathTo`publish`, String(script.uri).replace(/\/run_rep\.sh$/, ''))
  loseOthers(script, ['uri', 'extract', 'destPath', 'executable', 'cache'], taking, 'fetch[].')
  const { destPath, executable = false, cache = false } = script ?? {}
  if (destPath !== undefined || executable === true || cache === true)
    change(
      'the script is fetched anew by each task, as run_rep.sh, and run by sh',
      'destPath, executable and cache are left out',
    )
  const rest = items.filter((item) => item !== script)
  // Marathon's default for extract is true, the model's is false.
  if (rest.length > 0)
    set(
      pathTo`targets.marathon.fetch`,
      rest.map(({ extract = true, ...item }) => simplify({ ...item, extract })),
    )
}

// A plain URI says the same as an artefact that is neither unpacked, run nor kept.
function simplify(item: Readonly<Record<string, unknown>>): unknown {
  const { uri, extract, executable = false, cache = false, destPath } = item
  const isPlain = extract === false && executable === false && cache === false && destPath === undefined
  return isPlain ? uri : item
}

function takeUris(value: unknown, taking: Taking): void {
  const uris = Array.isArray(value) ? value : []
  const { fetch } = taking.app
  if (uris.length === 0) {
    if (!Array.isArray(value)) loseUnlike(value, 'a list', taking)
    return
  }
  if (Array.isArray(fetch) && fetch.length > 0) {
    // An answer of an older Marathon has both, which say the same.
    const told = new Set(fetch.map((item: unknown) => (isObject(item) ? item.uri : item)))
    const lost = uris.filter((uri: unknown) => !told.has(uri))
    if (lost.length > 0)
      taking.lose(`beside fetch Marathon does not look at uris: ${lost.map(String).join(', ')}`)
    return
  }
  taking.reform('uris is deprecated since 0.15: it is fetch now')
  const isArchive = (uri: string) => /\.(tar|tar\.(gz|bz2|xz)|gz|tgz|tbz2|txz|zip)$/.test(uri)
  takeFetch(
    uris.map((uri: unknown) => ({ uri: String(uri), extract: isArchive(String(uri)) })),
    { ...taking, app: { ...taking.app, uris: [] } },
  )
}

function takeContainer(value: unknown, taking: Taking): void {
  const { app, set, lose, change } = taking
  if (loseUnlike(value, 'an object', taking) || !isObject(value)) return
  loseOthers(value, ['type', 'docker', 'appc', 'linuxInfo', 'portMappings', 'volumes'], taking, 'container.')
  loseOthers(
    value.docker,
    ['image', ...(isHostMode(value.docker) ? ['network'] : [])],
    taking,
    'container.docker.',
  )
  loseStrangeItems(value.volumes, taking)
  if (isObject(value.docker) && value.docker.image !== undefined) {
    lose(
      `the image ${String(value.docker.image)} is not run: the script works with the agent's own PostgreSQL`,
      'install the server of the master on the agents',
    )
  }
  if (value.type === 'DOCKER' && (!isObject(value.docker) || value.docker.image === undefined))
    change('Docker runs nothing without an image', 'the type of the container is MESOS')
  if (isObject(value.appc)) lose('an image is not run: the script works with the PostgreSQL of the agent')
  if (isObject(value.linuxInfo)) lose('the model has no place for linuxInfo')
  if (Array.isArray(value.portMappings) && value.portMappings.length > 0)
    lose('a replica listens on the network of its host, where no ports are mapped', 'see task.port')
  const volumes = (Array.isArray(value.volumes) ? value.volumes : []).filter(isObject)
  const [volume, ...more] = volumes.filter(({ persistent }) => isObject(persistent))
  if (volume !== undefined) {
    loseOthers(volume, ['containerPath', 'mode', 'persistent'], taking, 'container.volumes[].')
    if (volume.mode === 'RO') change('PostgreSQL writes to its data', 'the volume is RW')
    takePersistent(volume.persistent, set)
    // The environment says it in its own words, where it does.
    if (!isObject(app.env) || app.env.PGDATA_DIR === undefined) set(pathTo`run.dataDir`, volume.containerPath)
  }
  if (more.length > 0 || volumes.some(({ persistent }) => !isObject(persistent)))
    lose(
      'the model has one persistent volume, for the data',
      'a directory of the host may be run.dataDir itself',
    )
}

function isHostMode(docker: unknown): boolean {
  return isObject(docker) && docker.network === 'HOST'
}

// How large it is, every supervisor has to know; which disk it comes from, only Marathon.
function takePersistent(persistent: unknown, set: Taking['set']): void {
  const { size, ...from } = isObject(persistent) ? persistent : {}
  set(pathTo`task.volume`, typeof size === 'number' && size % 1024 === 0 ? `${size / 1024}GiB` : size)
  if (Object.keys(from).length > 0) set(pathTo`targets.marathon.volume`, from)
}

function takeCheck(value: unknown, taking: Taking): void {
  const { app, set, lose } = taking
  const exec =
    isObject(value) && isObject(value.exec) && isObject(value.exec.command) ? value.exec.command : {}
  if (!isObject(value) || exec.shell !== 'exec sh run_rep.sh ready') {
    lose('the check of the model is sh run_rep.sh ready, and no other', 'set task.readiness to true')
    return
  }
  loseOthers(value, ['exec', 'intervalSeconds', 'timeoutSeconds', 'delaySeconds'], taking, 'check.')
  loseOthers(value.exec, ['command'], taking, 'check.exec.')
  loseOthers(exec, ['shell'], taking, 'check.exec.command.')
  const { intervalSeconds: interval = 60, timeoutSeconds: timeout = 20, delaySeconds: delay = 15 } = value
  set(pathTo`task.readiness`, { interval, timeout, delay })
  if (!app.role) set(pathTo`targets.marathon.release`, '1.8')
}

function takeRole(value: unknown, { set }: Taking): void {
  set(pathTo`targets.marathon.role`, value)
  set(pathTo`targets.marathon.release`, '1.9')
}

// Marathon's changelog, 1.6.322: the operator IS.
function takeConstraints(value: unknown, { app, set }: Taking): void {
  set(pathTo`targets.marathon.constraints`, value)
  const isNewer = Array.isArray(value) && value.some((one: unknown) => Array.isArray(one) && one[1] === 'IS')
  if (isNewer && !app.role && !isObject(app.check)) set(pathTo`targets.marathon.release`, '1.6')
}

function takeUnreachable(value: unknown, taking: Taking): void {
  const { set } = taking
  loseOthers(value, ['inactiveAfterSeconds', 'expungeAfterSeconds'], taking, 'unreachableStrategy.')
  if (!isObject(value)) set(pathTo`targets.marathon.unreachable`, value)
  else
    set(pathTo`targets.marathon.unreachable`, {
      inactiveAfter: value.inactiveAfterSeconds ?? 0,
      expungeAfter: value.expungeAfterSeconds ?? 0,
    })
}

// What the script needs to stop in time must fit in: a fast shutdown, an immediate one of 10 s, and 5 s more.
function takeKillGrace(value: unknown, { set, change }: Taking): void {
  const grace = Number(value)
  if (grace < 20) {
    change(
      `in ${grace} s PostgreSQL cannot be shut down for certain, so that it would be killed`,
      'the model takes its default',
    )
    return
  }
  set(pathTo`task.stopGrace`, grace)
  if (grace < 105) set(pathTo`shutdown.fast`, grace - 15)
}

import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import { hostsOf, type Replica } from '../../model/replica.js'
import { readMebibytes } from '../../model/task.js'
import { readSharedBuffers } from '../../postgres/resources.js'
import { mergeSettings } from '../../postgres/settings-schema.js'
import { dataDirOf } from './environment.js'
import { type Image, isInOfficial } from './image.js'
import type { ContainerSection } from './schema.js'

/** Judges what a model asks of a container; `target` is the name of the section. */
export function judgeContainer(
  section: ContainerSection,
  replica: Replica,
  { target, image }: { readonly target: string; readonly image: Image },
): Diagnostic[] {
  return [
    ...judgeMajor(section, replica, { target, image }),
    ...judgeUser(section, replica, { target, image }),
    ...judgeTools(replica, { target, image }),
    ...judgeData(replica, image),
    ...judgeShared(section, replica, target),
    ...judgeMaster(replica),
    ...judgeListen(replica),
    ...judgeEnv(replica),
  ]
}

interface Around {
  readonly target: string
  readonly image: Image
}

// An image of one's own may hold several.
function judgeMajor(
  section: ContainerSection,
  { postgresql }: Replica,
  { target, image }: Around,
): Diagnostic[] {
  const { majors } = postgresql
  const { name, official } = image
  if (official === undefined) return []
  if (majors.length > 1) {
    const message = `${name} holds the server of one major, and the model is for ${majors.join(', ')}`
    const hint =
      'name that of the master: postgresql.majors: [16], or an image of your own that holds them all'
    return [{ code: 'E_IMAGE_MAJOR', path: pathTo`postgresql.majors`, message, hint }]
  }
  if (section.image === undefined || official.major === majors[0]) return []
  const message =
    official.major === undefined
      ? `the tag of ${name} does not begin with a major: what it holds changes by itself`
      : `${name} holds PostgreSQL ${official.major}, and the model is for ${majors[0]}`
  const hint = `use postgres:${majors[0]}`
  return [{ code: 'E_IMAGE_MAJOR', path: pathTo`targets.${target}.image`, message, hint }]
}

function judgeUser({ uid }: ContainerSection, { run }: Replica, { target, image }: Around): Diagnostic[] {
  const { name, official } = image
  if (official === undefined) return []
  const found: Diagnostic[] = []
  if (run.user !== 'postgres') {
    const message = `${name} has no user ${run.user}`
    const hint = "leave run.user out: it is 'postgres' there; or name an image of your own"
    found.push({ code: 'E_IMAGE_USER', path: pathTo`run.user`, message, hint })
  }
  if (uid !== undefined && uid !== official.uid) {
    const message = `postgres has the number ${official.uid} in ${name}, not ${uid}`
    found.push({ code: 'E_IMAGE_USER', path: pathTo`targets.${target}.uid`, message, hint: 'leave it out' })
  }
  return found
}

// Neither curl nor wget in that of Debian; BusyBox has a wget.
function judgeTools({ run, restore, steps }: Replica, { target, image }: Around): Diagnostic[] {
  const { name, official } = image
  if (official === undefined) return []
  const found: Diagnostic[] = []
  const lacksClient = `${name} has neither curl nor wget`
  if (!official.isAlpine && /^https?:/.test(run.configUrl ?? '')) {
    const hint = 'leave it out: the printed configuration is mounted; or use an image that has curl'
    found.push({ code: 'E_IMAGE_TOOL', path: pathTo`run.configUrl`, message: lacksClient, hint })
  }
  const path = pathTo`restore.from`
  if (!official.isAlpine && restore?.from === 'http') {
    const hint = 'use an image of your own that has curl'
    found.push({ code: 'E_IMAGE_TOOL', path, message: lacksClient, hint })
  }
  if (restore?.from === 'pgbackrest' || restore?.from === 'wal-g') {
    const message = `${name} does not hold ${restore.from}`
    found.push({ code: 'E_IMAGE_TOOL', path, message, hint: 'use an image of your own that does' })
  }
  // What a step names is looked for at each start: without it no container would ever run.
  for (const [index, step] of steps.entries()) {
    for (const [at, tool] of step.tools.entries()) {
      if (isInOfficial(tool, official)) continue
      const message = `${name} does not hold ${tool}, which the step ${step.name} runs`
      const hint = `build an image that has it, and name it in targets.${target}.image`
      found.push({ code: 'E_IMAGE_TOOL', path: pathTo`steps.${index}.tools.${at}`, message, hint })
    }
  }
  return found
}

function judgeData(replica: Replica, image: Image): Diagnostic[] {
  const { mount } = image
  if (`${dataDirOf(replica, image)}/`.startsWith(`${mount}/`)) return []
  const message = `${replica.run.dataDir} is outside the volume, which is mounted at ${mount}`
  const hint = "use a relative path, as 'pgdata', or set mount to a directory above it"
  return [{ code: 'E_CONTAINER_DATA', path: pathTo`run.dataDir`, message, hint }]
}

// Both are pages of memory that nobody can drop.
function judgeShared({ shm }: ContainerSection, { task, postgresql }: Replica, target: string): Diagnostic[] {
  const buffers = readSharedBuffers(mergeSettings(postgresql.settings, task.mem))
  const size = readMebibytes(shm)
  if (size + buffers.size < task.mem || buffers.size >= task.mem) return []
  const message = `/dev/shm of ${size} MiB and shared_buffers = ${buffers.value} fill task.mem, ${task.mem} MiB: a large query would end the task`
  const hint = 'raise task.mem, or lower it'
  return [{ code: 'W_CONTAINER_MEMORY', path: pathTo`targets.${target}.shm`, message, hint }]
}

function judgeMaster({ master }: Replica): Diagnostic[] {
  const here = hostsOf(master).find((host) => /^(localhost|127\.[\d.]+|\[?::1\]?)(:\d+)?$/.test(host))
  if (here === undefined) return []
  const message = `in a container ${here} is the container itself, and no master is there`
  const hint = 'name the host of the master as others reach it'
  return [{ code: 'W_CONTAINER_MASTER', path: pathTo`master.hosts`, message, hint }]
}

function judgeListen({ run }: Replica): Diagnostic[] {
  if (run.listen.some((address) => ['*', '0.0.0.0', '::'].includes(address))) return []
  const message = `the replica would listen on ${run.listen.join(', ')} only, and the address of its container is another`
  return [{ code: 'W_CONTAINER_LISTEN', path: pathTo`run.listen`, message, hint: "use ['*']" }]
}

function judgeEnv({ task }: Replica): Diagnostic[] {
  return Object.entries(task.env).flatMap(([name, value]): Diagnostic[] => {
    const path = pathTo`task.env.${name}`
    if (['PORT0', 'UNIT_NAME', 'TASK_NAME'].includes(name)) {
      const message = `${name} is set by ${name === 'PORT0' ? 'task.port' : 'the name of the target'}, and task.env would override it`
      return [{ code: 'E_TASK_ENV', path, message, hint: 'take it out' }]
    }
    if (typeof value !== 'string' || !value.includes('\0')) return []
    return [{ code: 'E_CONTAINER_ENV', path, message: `${name} holds a NUL character` }]
  })
}

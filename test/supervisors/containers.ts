import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { compile } from '../compile/sources.js'
import type { Master } from '../pair/harness/master.js'
import type { Host } from '../pair/harness/network.js'
import { replicatorPassword, writePassfile } from '../pair/harness/passfile.js'
import { signal } from '../pair/harness/processes.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import type { Podman } from './podman.js'

/** A directory with all that a model prints, and a password file as the user postgres of the image needs it. */
export interface Project {
  readonly dir: string
  readonly files: Readonly<Record<string, string>>
  /** Prints another model into the same directory. */
  print(model: ReplicaInput): Project
}

let projects = 0

export function makeProject(space: Space, model: ReplicaInput): Project {
  projects += 1
  const dir = join(space.dir, `project-${projects}`)
  mkdirSync(dir)
  return printInto(dir, model)
}

function printInto(dir: string, model: ReplicaInput): Project {
  const { files, diagnostics } = compile(model)
  if (Object.keys(files).length === 0) throw new Error(JSON.stringify(diagnostics))
  // As an editor of files in place does: a container sees a mounted file by its inode.
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
  return { dir, files, print: (next) => printInto(dir, next) }
}

/** A password file that only the user 999 of the image can read. */
export function writeOwnPassfile(space: Space, password = replicatorPassword): string {
  const path = join(space.dir, password === replicatorPassword ? 'passfile' : 'wrong-passfile')
  return writePassfile(path, { name: 'postgres', uid: 999, gid: 999, home: '/var/lib/postgresql' }, [
    { password },
  ])
}

/** A replica of that master which looks often and waits for nobody long. */
export function modelFor(master: Master, host: Host, passfile: string): ReplicaInput {
  return {
    master: { hosts: host.address, port: master.port, tls: 'disable' },
    run: { passfile, watchInterval: 1, staleLimit: 5, onCollation: 'ignore' },
    postgresql: { majors: [15] },
  }
}

/** What the replica in a container answers, over the door beside its data. */
export async function ask(podman: Podman, container: string, text: string): Promise<string> {
  const door = '/var/lib/postgresql/data/pgdata/replica/door'
  const words = [
    'podman',
    'exec',
    container,
    '/usr/lib/postgresql/15/bin/psql',
    '-X',
    '-A',
    '-t',
    '-h',
    door,
    '-c',
    text,
  ]
  return (await podman.must(words)).trim()
}

/** Waits until a row has arrived in a container. */
export async function waitForRow(podman: Podman, container: string, body: string): Promise<void> {
  let last = ''
  let log = ''
  await waitFor(
    () => `the row in ${container}, which answers ${last}; its log:\n${log}`,
    async () => {
      log = await podman.logs(container)
      last = await ask(podman, container, `SELECT count(*) FROM rows WHERE body = '${body}'`)
      return last === '1'
    },
  )
}

/**
 * Kills the first process of a container, and with it all others, and waits until it streams again, as its master sees it.
 */
export async function killFirst(podman: Podman, master: Master, container: string): Promise<void> {
  const streams = async () => (await master.standbys()).map(({ pid }) => Number(pid))
  const before = await streams()
  signal(await podman.pidOf(container), 'SIGKILL')
  try {
    await waitFor(
      `${container} to come back`,
      async () => (await streams()).filter((pid) => !before.includes(pid)).length > 0,
    )
  } catch (error) {
    const { out } = await podman.run(['podman', 'inspect', '-f', '{{json .State}}', container])
    const processes = await podman.run(['ps', '-eo', 'pid,ppid,stat,etimes,args'])
    throw new Error(`${out}\n${processes.out}\n${await podman.logs(container)}`, { cause: error })
  }
}

/** A sub-command of the script in a container. */
export async function subCommand(podman: Podman, container: string, word: string): Promise<number> {
  const { code } = await podman.run(['podman', 'exec', container, 'sh', '/etc/run_rep/run_rep.sh', word])
  return code
}

/** What a stop leaves beside the data, in a volume; the last claim stays, and tells whose it was. */
export function listLeft(volume: string): string[] {
  return readdirSync(join(volume, 'pgdata')).sort()
}

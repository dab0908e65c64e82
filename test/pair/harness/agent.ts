import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative, resolve } from 'node:path'
import { expect } from 'vitest'
import { clusterState } from './control.js'
import { become, findUser, type Identity, isRoot, serverUser } from './identity.js'
import { childOf, launch } from './launch.js'
import { type Mount, mountWords, shellMounts } from './mounts.js'
import type { Host } from './network.js'
import {
  descendantsOf,
  isAlive,
  isEnding,
  killTree,
  type Process,
  processesUnder,
  signal,
} from './processes.js'
import { query, type Row } from './query.js'
import { isFree, pickPort, type Space, spacePrefix } from './space.js'
import { waitFor } from './wait.js'

/** What Mesos gives a task that asks for nothing else (stout os.hpp, DEFAULT_PATH). */
export const mesosPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

const repository = new URL('../../../', import.meta.url).pathname
export const script = join(repository, 'dist/run_rep.sh')

export interface AgentOptions {
  /** The contract; PORT0, PATH and what Mesos sets are added. */
  readonly env: Readonly<Record<string, string>>
  /** Another script than the generated one. */
  readonly script?: string
  /** Arguments of the script, none for a run. */
  readonly args?: readonly string[]
  /** Who the task runs as; default ourselves. */
  readonly user?: Identity
  /** 0755 by default, so that root's sandbox is open to RUN_USER; Mesos since 1.2 makes it 0750. */
  readonly sandboxMode?: number
  /** A sandbox of a former run, to start in again. */
  readonly sandbox?: string
  /** A sandbox of more than 200 bytes with a space in it. */
  readonly longPath?: boolean
  readonly port?: number
  /** What /bin/sh is on this agent; all but dash are mounted over it for this task alone (needs root). */
  readonly shell?: string
  /** In a pid namespace of its own, with a /proc of its own (needs root). The pid that we know is outside of it. */
  readonly pidNamespace?: boolean
  /** Words that put the task somewhere else and exec it, as into a cgroup (needs root). */
  readonly within?: readonly string[]
  /** The host that it runs on; default this machine. */
  readonly host?: Host
  /** A log of its own, for one of several runs in one sandbox at the same time. */
  readonly ownLog?: boolean
  /** Files and directories to put over others, seen by this task alone (needs root). */
  readonly mounts?: readonly Mount[]
}

export interface Agent {
  readonly pid: number
  readonly port: number
  readonly sandbox: string
  /** Where PostgreSQL's data lie once cloned. */
  readonly dataDir: string
  /** The exit code as a shell would see it: 128 + n for signal n. */
  readonly exit: Promise<number>
  log(): string
  /** What PostgreSQL wrote into the log of its own, so far as it is kept. */
  serverLog(): string
  waitForLog(pattern: RegExp, limit?: number): Promise<string>
  sql(text: string): Promise<Row[]>
  /** Waits until the replica answers and is in recovery. */
  waitUntilServing(): Promise<void>
  /** Waits until a row that the master gave us by `insert` is here. */
  waitForRow(body: string): Promise<void>
  /** To the watched process only, or to every process at once as Mesos does. */
  terminate(name: NodeJS.Signals, whom: 'script' | 'tree'): void
  /** Kills every process at once, and is done when none is left that could hold a file or a port. */
  kill(): Promise<void>
  descendants(): Process[]
  state(): Promise<string | undefined>
}

let runs = 0

/** Starts the script as a Mesos agent does: empty environment, own session, /dev/null, logs in the sandbox. */
export async function runAgent(space: Space, options: AgentOptions): Promise<Agent> {
  const user = options.user ?? findUser('root')
  const port = options.port ?? (await pickPort())
  runs += 1
  const sandbox = options.sandbox ?? makeSandbox(space, options, user)
  const stdout = join(sandbox, 'stdout')
  const stderr = join(sandbox, options.ownLog ? `stderr-${runs}` : 'stderr')
  const start = statSync(stderr, { throwIfNoEntry: false })?.size ?? 0

  const args = (options.args ?? []).map((arg) => ` ${arg}`).join('')
  const launched = launch({
    words: [
      ...(options.within ?? []),
      ...(options.host?.words ?? []),
      ...mountWords([...(options.mounts ?? []), ...shellMounts(options.shell)]),
      ...(options.pidNamespace
        ? ['unshare', '--pid', '--fork', '--kill-child=KILL', '--mount-proc', '--']
        : []),
      ...(user ? become(user) : []),
      '/bin/sh',
      '-c',
      `exec sh run_rep.sh${args}`,
    ],
    cwd: sandbox,
    env: { PATH: mesosPath, ...mesosEnv(sandbox, port), ...options.env },
    stdout,
    stderr,
    detached: true,
  })
  const { exit } = launched
  const pid = options.host?.isForked ? await childOf(launched) : launched.pid
  let code: number | undefined
  void exit.then((result) => {
    code = result
  })
  space.track(async () => {
    if (code === undefined) killTree(pid, 'SIGKILL')
    await exit
  })

  const read = () => readFileSync(stderr).subarray(start).toString()
  const alive = () => {
    if (code !== undefined) throw new Gone(`the script ended with ${code}; its log:\n${read()}`)
  }
  const dataDir = resolve(sandbox, options.env.PGDATA_DIR ?? 'pgdata', 'replica/data')
  const readServer = () => {
    const dir = join(dataDir, '../../log')
    const names = existsSync(dir) ? readdirSync(dir).sort() : []
    return names.map((name) => readFileSync(join(dir, name), 'utf8')).join('')
  }
  // What a wait in vain tells: both logs, and who lives.
  const describe = () => {
    const lives = processesUnder(sandbox).map(({ pid, state, args }) => `${pid} ${state} ${args}`)
    return [read(), 'the log of the server:', readServer(), 'processes:', ...lives].join('\n')
  }
  return {
    pid,
    port,
    sandbox,
    dataDir,
    exit,
    log: read,
    serverLog: readServer,
    waitForLog: async (pattern, limit) => {
      const found = await waitUnlessGone(
        () => `${pattern} in the log:\n${describe()}`,
        () => pattern.exec(read()) ?? void alive(),
        limit,
      )
      return found[0]
    },
    sql: (text) => query(port, text),
    waitUntilServing: async () => {
      await waitUnlessGone(
        () => `the replica to serve on ${port}; the log:\n${read()}`,
        async () => {
          alive()
          return (await query(port, 'SELECT pg_is_in_recovery() AS yes'))[0]?.yes === true
        },
      )
    },
    waitForRow: async (body) => {
      await waitUnlessGone(
        () => `the row ${body}; the log:\n${read()}`,
        async () => {
          alive()
          const rows = await query(port, 'SELECT 1 FROM rows WHERE body = $1', [body])
          return rows.length === 1
        },
      )
    },
    terminate: (name, whom) => {
      if (whom === 'tree') killTree(pid, name)
      else if (code === undefined) signal(pid, name)
    },
    kill: async () => {
      const pids = code === undefined ? killTree(pid, 'SIGKILL') : []
      await exit
      await waitFor('the end of what was killed', () => pids.every((one) => !isAlive(one)))
    },
    descendants: () => descendantsOf(pid),
    state: () => clusterState(dataDir),
  }
}

/** Fails when a process of the task is left. Nobody waits for the sleep of a helper that has been killed. */
export function expectNoProcesses({ sandbox }: Agent): void {
  const left = processesUnder(sandbox).filter((one) => !isEnding(one))
  expect(
    left.map((one) => `${one.pid} ${one.args}`),
    'processes left',
  ).toEqual([])
}

/** Directories of tests that run beside this one, some of them as the same user. */
const otherTests = new RegExp(`^(${spacePrefix}|rep-)`)

/** Fails when a process of the task is left, its port is taken, or a file of its user lies outside of the space. */
export async function expectNothingLeft(agent: Agent): Promise<void> {
  expectNoProcesses(agent)
  expect(await isFree(agent.port), `port ${agent.port} is free again`).toBe(true)
  const owner = serverUser().uid
  const started = statSync(join(agent.sandbox, 'run_rep.sh')).ctimeMs
  for (const dir of new Set(['/tmp', '/var/tmp', tmpdir(), serverUser().home])) {
    const strays = () =>
      readdirSync(dir).filter((name) => {
        const stat = statSync(join(dir, name), { throwIfNoEntry: false })
        return stat?.uid === owner && stat.ctimeMs > started && !otherTests.test(name)
      })
    // A preflight of a test beside this one has small files there while it runs.
    await waitFor(
      () => `no files left in ${dir}, but there are ${strays().join(' ')}`,
      () => strays().length === 0,
    )
  }
}

/** Every path below a directory with kind, mode, owner, size and time: equal before and after means untouched. Links are not followed. */
export function listTree(dir: string, skip: readonly string[] = ['stdout', 'stderr']): string[] {
  return readdirSync(dir, { recursive: true, withFileTypes: true })
    .map(({ parentPath, name }) => relative(dir, join(parentPath, name)))
    .filter((name) => !skip.includes(name))
    .sort()
    .map((name) => {
      const { mode, uid, size, mtimeMs } = lstatSync(join(dir, name))
      return `${name} ${mode.toString(8)} ${uid} ${size} ${mtimeMs}`
    })
}

/** Ends a wait at once: what has exited will not answer any more. */
class Gone extends Error {}

async function waitUnlessGone<T>(
  what: () => string,
  condition: () => Promise<T | false | undefined> | T | false | undefined,
  limit?: number,
): Promise<T> {
  const answer = await waitFor<{ readonly value?: T; readonly gone?: Gone }>(
    what,
    async () => {
      try {
        const value = await condition()
        return value ? { value } : false
      } catch (error) {
        if (error instanceof Gone) return { gone: error }
        throw error
      }
    },
    limit,
  )
  if (answer.value === undefined) throw answer.gone ?? new Error(what())
  return answer.value
}

/** A sandbox as the agent makes it (Mesos paths.cpp): of the task's user, with the fetched script in it. */
function makeSandbox(space: Space, options: AgentOptions, user: Identity | undefined): string {
  const parts = options.longPath
    ? [
        'var/lib/mesos agent/slaves',
        `${uuid}-S0/frameworks/${uuid}-0000/executors`,
        `pg.instance-${uuid}._app.1/runs`,
      ]
    : []
  const parent = join(space.dir, `agent-${runs}`, ...parts)
  mkdirSync(parent, { recursive: true })
  const sandbox = join(parent, options.longPath ? uuid : 'sandbox')
  mkdirSync(sandbox)
  copyFileSync(options.script ?? script, join(sandbox, 'run_rep.sh'))
  chmodSync(sandbox, options.sandboxMode ?? 0o755)
  if (isRoot && user) chownSync(sandbox, user.uid, user.gid)
  return sandbox
}

const uuid = '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0'

function mesosEnv(sandbox: string, port: number): Record<string, string> {
  return {
    PORT0: String(port),
    PORT: String(port),
    PORTS: String(port),
    HOST: 'agent1.example',
    MARATHON_APP_ID: '/postgres-replication',
    MESOS_TASK_ID: `postgres-replication.instance-${uuid}._app.1`,
    MESOS_SANDBOX: sandbox,
    MESOS_DIRECTORY: sandbox,
    LIBPROCESS_PORT: '0',
  }
}

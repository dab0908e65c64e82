import { existsSync, readFileSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { testWith } from '../pair/harness/capability.js'
import { startWebServer, type WebServer } from '../pair/harness/config-server.js'
import { chownTo, serverUser } from '../pair/harness/identity.js'
import { readProcess, signal } from '../pair/harness/processes.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { type Agent, type AgentOptions, openAgent, type Task } from './agent.js'
import { type App, loadApp } from './app.js'
import { startContainer } from './container.js'
import { makeTaskId } from './paths.js'
import { buildPrograms, type Programs } from './programs.js'
import { isTerminal, type StatusUpdate } from './protocol.js'

// The agent alone, with small commands in place of the script.
let space: Space
let programs: Programs
let web: WebServer
beforeAll(async () => {
  space = openSpace()
  programs = await buildPrograms(space)
  web = await startWebServer(space, { 'a.sh': 'echo a\n', 'a b.txt': 'text\n' })
})
afterAll(() => space.close())

const needs = ['root', 'cgroup', 'nginx'] as const
let agents = 0

function open(options: Partial<AgentOptions> = {}): Agent {
  agents += 1
  const host = { address: '127.0.0.1', words: [], expose: async (port: number) => port }
  return openAgent(space, { hostname: `a${agents}`, host, programs, ...options })
}

interface Ran {
  readonly app: App
  readonly task: Task
  readonly updates: readonly StatusUpdate[]
  ended(): Promise<StatusUpdate | undefined>
}

/** Every variable of the task of the first test, and no other one. */
function expectedNames(port: string): string[] {
  const marathon = [
    'APP_ID',
    'APP_VERSION',
    'APP_LABELS',
    'APP_LABEL_LOAD_BALANCER',
    'APP_ENFORCE_GROUP_ROLE',
  ]
  const resources = ['CPUS', 'MEM', 'DISK', 'GPUS'].map((name) => `APP_RESOURCE_${name}`)
  const mesos = [
    ...['AGENT_ENDPOINT', 'ALLOCATION_ROLE', 'CHECKPOINT', 'DIRECTORY', 'EXECUTOR_ID', 'FRAMEWORK_ID'],
    ...['EXECUTOR_SHUTDOWN_GRACE_PERIOD', 'HTTP_COMMAND_EXECUTOR', 'RECOVERY_TIMEOUT', 'SANDBOX', 'SLAVE_ID'],
    ...['SLAVE_PID', 'SUBSCRIPTION_BACKOFF_MAX', 'TASK_ID'],
  ]
  const ports = [
    'PORT',
    'PORTS',
    'PORT0',
    'PORT1',
    `PORT_${port}`,
    'PORT_POSTGRES',
    'PORT_9187',
    'PORT_METRICS',
  ]
  // The shell itself adds PWD.
  const rest = ['HOST', 'LIBPROCESS_PORT', 'PATH', 'TOKEN', 'TZ']
  return [
    ...[...marathon, ...resources].map((name) => `MARATHON_${name}`),
    ...mesos.map((name) => `MESOS_${name}`),
    ...ports,
    ...rest,
  ].sort()
}

async function run(agent: Agent, members: object): Promise<Ran> {
  const app = loadApp(JSON.stringify({ id: '/db/pg-1', user: serverUser().name, mem: 64, ...members }))
  const updates: StatusUpdate[] = []
  const taskId = makeTaskId(app.id, '0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0', 1)
  const launch = { app, version: '2026-01-01T00:00:00.000Z', taskId, volumes: { data: 'uuid' }, now: 0 }
  const task = await agent.launch(launch, (update) => updates.push(update))
  const ended = async () => {
    await task.destroyed
    return updates.at(-1)
  }
  return { app, task, updates, ended }
}

describe('a task', () => {
  testWith(needs, 'has the environment that Mesos and Marathon give, and nothing else', async () => {
    const { task, ended } = await run(open({ secrets: { '/db/token': 's3cret' } }), {
      cmd: 'cat /proc/$$/environ >environ; umask >umask; pwd >pwd; ls /proc/self/fd >fds; id -un >user',
      env: { TZ: 'UTC', TOKEN: { secret: 'token' } },
      secrets: { token: { source: '/db/token' } },
      labels: { 'load-balancer': 'yes' },
      portDefinitions: [{ name: 'postgres' }, { port: 9187, name: 'metrics' }],
    })
    expect(await ended()).toMatchObject({ state: 'TASK_FINISHED' })
    const read = (name: string) => readFileSync(join(task.sandbox, name), 'utf8')
    const environment = Object.fromEntries(
      read('environ')
        .split('\0')
        .filter(Boolean)
        .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
    )
    const [first, second] = task.ports.map(String)
    expect(environment).toMatchObject({
      PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin',
      HOST: expect.stringMatching(/^a\d+$/),
      PORT: first,
      PORT0: first,
      PORT1: second,
      PORTS: task.ports.join(),
      PORT_POSTGRES: first,
      PORT_9187: second,
      MARATHON_APP_ID: '/db/pg-1',
      MARATHON_APP_RESOURCE_MEM: '64.0',
      MARATHON_APP_LABELS: 'LOAD_BALANCER',
      MARATHON_APP_LABEL_LOAD_BALANCER: 'yes',
      MESOS_SANDBOX: task.sandbox,
      MESOS_TASK_ID: 'db_pg-1.instance-0b1c2d3e-4f50-6172-8394-a5b6c7d8e9f0._app.1',
      TOKEN: 's3cret',
      TZ: 'UTC',
    })
    expect(Object.keys(environment).sort()).toEqual(expectedNames(first ?? ''))
    expect(read('umask').trim()).toBe('0022')
    expect(read('pwd').trim()).toBe(task.sandbox)
    // 3 is that of ls.
    expect(read('fds').trim().split('\n')).toEqual(['0', '1', '2', '3'])
    expect(read('user').trim()).toBe(serverUser().name)
    expect(statSync(task.sandbox).mode & 0o777).toBe(0o750)
    expect(statSync(task.sandbox).uid).toBe(serverUser().uid)
  })

  testWith(needs, 'leads a session of its own, below an executor that leads another', async () => {
    const { task, ended } = await run(open(), { cmd: 'exec sleep 1000' })
    const root = readProcess(task.pid ?? 0)
    const executor = readProcess(root?.ppid ?? 0)
    expect(root).toMatchObject({ session: root?.pid, group: root?.pid, cwd: task.sandbox })
    expect(executor).toMatchObject({ session: executor?.pid, args: expect.stringContaining('executor.mjs') })
    await task.kill()
    expect(await ended()).toMatchObject({ state: 'TASK_KILLED', isEscalated: false })
  })

  testWith(needs, 'that ends by itself has finished or failed', async () => {
    const agent = open()
    expect(await (await run(agent, { cmd: 'exit 0' })).ended()).toMatchObject({ state: 'TASK_FINISHED' })
    expect(await (await run(agent, { cmd: 'exit 65' })).ended()).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Command exited with status 65',
    })
  })

  testWith(needs, 'of a user that the agent does not have is not started', async () => {
    await expect(run(open(), { cmd: 'true', user: 'nobody-here' })).rejects.toThrow('TASK_FAILED')
  })
})

testWith(
  needs,
  'a host port is given to one task at a time, and only one that the agent offers',
  async () => {
    const agent = open()
    const members = (port: number) => ({
      cmd: 'exec sleep 1000',
      requirePorts: true,
      portDefinitions: [{ port }],
    })
    const { app, task, ended } = await run(agent, members(31_500))
    expect(task.ports).toEqual([31_500])
    expect(agent.hasPorts(app)).toBe(false)
    await task.kill()
    await ended()
    expect(agent.hasPorts(app)).toBe(true)
    const outside = loadApp(JSON.stringify({ id: '/pg', ...members(5432) }))
    expect(agent.hasPorts(outside)).toBe(false)
    expect(agent.hasPorts({ ...outside, requirePorts: false })).toBe(true)
  },
)

describe('a kill', () => {
  const stubborn = "trap '' TERM; while :; do sleep 0.1; done"

  testWith(needs, 'becomes SIGKILL when the grace is over', async () => {
    const { task, ended } = await run(open(), { cmd: stubborn, taskKillGracePeriodSeconds: 1 })
    await task.kill()
    const last = await ended()
    expect(last).toMatchObject({ state: 'TASK_KILLED', isEscalated: true })
    expect(last?.killMilliseconds).toBeGreaterThanOrEqual(1000)
  })

  testWith(needs, 'that is asked for again can only come sooner', async () => {
    const { task, ended } = await run(open(), { cmd: stubborn, taskKillGracePeriodSeconds: 600 })
    await task.kill()
    await task.kill(2)
    await task.kill(700)
    const last = await ended()
    expect(last).toMatchObject({ isEscalated: true })
    expect(last?.killMilliseconds).toBeGreaterThanOrEqual(2000)
  })

  testWith(needs, 'reaches what has a session of its own, as long as its parent lives', async () => {
    const { task, ended } = await run(open({ launcher: 'posix' }), { cmd: 'setsid sleep 1000 & wait' })
    await waitFor('both', () => task.orphans().length >= 2)
    await task.kill()
    await ended()
    expect(task.orphans()).toEqual([])
  })
})

describe('what is left of a container', () => {
  const cmd = '(setsid sleep 1000 &); exit 1'

  testWith(needs, 'is ended by the linux launcher', async () => {
    const { task, ended } = await run(open(), { cmd })
    await ended()
    expect(task.orphans()).toEqual([])
  })

  testWith(needs, 'lives on under the posix launcher', async () => {
    const { task, ended } = await run(open({ launcher: 'posix' }), { cmd })
    await ended()
    const [orphan, ...more] = task.orphans()
    expect(orphan?.args).toBe('sleep 1000')
    expect(more).toEqual([])
    signal(orphan?.pid ?? 0, 'SIGKILL')
  })
})

describe('a health check', () => {
  const check = { protocol: 'COMMAND', delaySeconds: 0, gracePeriodSeconds: 0, maxConsecutiveFailures: 1 }

  testWith(
    needs,
    'runs in the sandbox with the environment of the task, and tells what changed',
    async () => {
      const command = { value: '[ -n "$PORT0" ] && [ "$PWD" = "$MESOS_SANDBOX" ] && echo seen >&2' }
      const { task, updates } = await run(open(), {
        cmd: 'sleep 1000',
        healthChecks: [{ ...check, command }],
      })
      await task.advance(200)
      expect(updates.filter(({ healthy }) => healthy !== undefined)).toMatchObject([{ healthy: true, at: 0 }])
      expect(task.output('stderr')).toBe('seen\n'.repeat(4))
      await task.kill()
    },
  )

  testWith(needs, 'that takes too long is killed with its children, and has failed', async () => {
    const command = { value: 'sleep 2000 & sleep 2000' }
    const healthChecks = [{ ...check, command, timeoutSeconds: 1, maxConsecutiveFailures: 2 }]
    const { task, ended } = await run(open(), { cmd: 'exec sleep 1000', healthChecks })
    await task.advance(1)
    await waitFor('the end of the children', () => task.orphans().length === 1)
    expect(task.orphans()).toMatchObject([{ pid: task.pid, args: 'sleep 1000' }])
    await task.advance(61)
    expect(await ended()).toMatchObject({ state: 'TASK_KILLED', healthy: false })
  })

  testWith(needs, 'by TCP asks the loopback address', async () => {
    const healthChecks = [{ ...check, protocol: 'MESOS_TCP', portIndex: 0 }]
    const listen = `require('node:net').createServer().listen(process.env.PORT0, '127.0.0.1')`
    const cmd = `exec ${process.execPath} -e "${listen}"`
    const { task, updates } = await run(open(), {
      cmd,
      healthChecks: [{ ...healthChecks[0], maxConsecutiveFailures: 1000 }],
    })
    await waitFor('the listener', async () => {
      await task.advance((updates.at(-1)?.at ?? 0) + 60)
      return updates.at(-1)?.healthy
    })
    await task.kill()
  })
})

describe('the fetcher', () => {
  const artifact = (path: string, rest: object = {}) => ({ uri: `${web.url}/${path}`, ...rest })

  testWith(
    needs,
    'fetches as the user, under the name behind the last slash, without the right to run',
    async () => {
      const { task, ended } = await run(open(), {
        cmd: 'sh a.sh && ls -l a.sh',
        fetch: [
          artifact('a.sh', { extract: false }),
          artifact('a%20b.txt?x=1'),
          artifact('a.sh', { destPath: 'bin/run', executable: true }),
          { uri: 'file:///etc/hostname', extract: false },
        ],
      })
      expect(await ended()).toMatchObject({ state: 'TASK_FINISHED' })
      expect(task.output('stdout')).toMatch(new RegExp(`^a\n-rw-r--r-- 1 ${serverUser().name} `))
      expect(readFileSync(join(task.sandbox, 'a%20b.txt?x=1'), 'utf8')).toBe('text\n')
      expect(statSync(join(task.sandbox, 'bin/run')).mode & 0o777).toBe(0o755)
      expect(existsSync(join(task.sandbox, 'hostname'))).toBe(true)
      // With the default of extract it says so, and does nothing.
      expect(task.output('stderr')).toContain("with 'extract' flag")
    },
  )

  testWith(needs, 'a file that is not there fails the task before its command', async () => {
    const agent = open()
    await expect(run(agent, { cmd: 'touch ran', fetch: [artifact('missing.sh')] })).rejects.toThrow('404')
    expect(agent.tasks).toEqual([])
  })
})

testWith(needs, 'a container that was started a moment ago ends with its space', async () => {
  const own = openSpace()
  chownTo(own.dir, serverUser())
  const task = { command: 'exec sleep 1000', sandbox: own.dir, environment: {}, ports: [], now: 0 }
  const starting = startContainer(own, {
    ...{ launcher: 'linux', executor: programs.executor, user: serverUser(), hostWords: [], mounts: [] },
    ...{ memory: 64, stdin: 'null', task },
  })
  await own.close()
  await (await starting).exit
})

testWith(needs, "a volume is the user's, and stays when the task ends", async () => {
  const agent = open()
  const volumes = [{ containerPath: 'data', mode: 'RW', persistent: { type: 'mount', size: 10 } }]
  const members = { cmd: 'ls data; echo kept >data/file', container: { type: 'MESOS', volumes } }
  const first = await run(agent, members)
  expect(isTerminal((await first.ended())?.state ?? 'TASK_RUNNING')).toBe(true)
  const dir = agent.volume(first.app, 'data', 'uuid')
  expect(basename(dir)).toBe('db_pg-1#data#uuid')
  expect(statSync(dir).uid).toBe(serverUser().uid)
  const second = await run(agent, members)
  await second.ended()
  expect(second.task.output('stdout')).toBe('file\nlost+found\n')
})

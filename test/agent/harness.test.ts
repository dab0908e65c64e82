import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { testWith } from '../pair/harness/capability.js'
import { serverUser } from '../pair/harness/identity.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { type AgentOptions, openAgent } from './agent.js'
import { loadApp, Rejected } from './app.js'
import { makeHealthChecker } from './health.js'

// What would let a scenario pass by accident.
const shipped = JSON.parse(readFileSync(new URL('../../marathon.json', import.meta.url), 'utf8'))

/** The shipped app with other members. */
function withMembers(members: Readonly<Record<string, unknown>>): string {
  return JSON.stringify({ ...shipped, ...members })
}

const [port] = shipped.portDefinitions
const volume = { containerPath: 'pgdata', mode: 'RW', persistent: { type: 'root', size: 100 } }
const resident = {
  container: { type: 'MESOS', volumes: [volume] },
  upgradeStrategy: { minimumHealthCapacity: 0, maximumOverCapacity: 0 },
  unreachableStrategy: 'disabled',
}

describe('POST /v2/apps', () => {
  test.each([shipped, { ...shipped, ...resident }])('takes a good app', (app) => {
    expect(loadApp(JSON.stringify(app)).id).toBe('/postgres-replication')
  })

  test.each([
    ['wrapped', JSON.stringify({ app: shipped })],
    ['a misspelt key', withMembers({ taskKillGracePeriod: 10 })],
    ['a number in env', withMembers({ env: { PORT: 1 } })],
    ['a secret that nobody declares', withMembers({ env: { TOKEN: { secret: 'x' } } })],
    ['an id with upper case', withMembers({ id: '/Pg' })],
    ['an id that ends in a word of the API', withMembers({ id: '/pg/tasks' })],
    ['two ports of one name', withMembers({ portDefinitions: [port, port] })],
    ['a check without a command', withMembers({ healthChecks: [{ protocol: 'COMMAND' }] })],
    ['a value for UNIQUE', withMembers({ constraints: [['hostname', 'UNIQUE', 'x']] })],
    ['a resident app that grows', withMembers({ ...resident, upgradeStrategy: shipped.upgradeStrategy })],
    ['a resident app that is replaced', withMembers({ ...resident, unreachableStrategy: undefined })],
  ])('refuses %s', (_what, body) => {
    expect(() => loadApp(body)).toThrow(Rejected)
  })
})

describe('makeHealthChecker', () => {
  const times = { delaySeconds: 15, gracePeriodSeconds: 300, intervalSeconds: 60, timeoutSeconds: 10 }
  const settings = { protocol: 'COMMAND', ...times, maxConsecutiveFailures: 3 } as const

  test('failures do not count within the grace, and the third one after it ends the task', () => {
    const checker = makeHealthChecker(settings, 0)
    expect(checker.due()).toBe(15)
    expect(checker.conclude(false, 300)).toBeUndefined()
    expect(checker.due()).toBe(360)
    expect(checker.conclude(false, 301)).toEqual({ healthy: false, kill: false })
    expect(checker.conclude(false, 361)).toEqual({ healthy: false, kill: false })
    expect(checker.conclude(false, 421)).toEqual({ healthy: false, kill: true })
  })

  test('the first success ends the grace for good', () => {
    const checker = makeHealthChecker({ ...settings, gracePeriodSeconds: 86_400 }, 0)
    expect(checker.conclude(true, 15)).toEqual({ healthy: true, kill: false })
    expect(checker.conclude(true, 75)).toBeUndefined()
    expect(checker.conclude(false, 135)).toEqual({ healthy: false, kill: false })
  })
})

describe('a task', () => {
  let space: Space
  let agents = 0
  beforeAll(() => {
    space = openSpace()
  })
  afterAll(() => space.close())

  const run = (members: Readonly<Record<string, unknown>>, options: Partial<AgentOptions> = {}) => {
    agents += 1
    const host = { address: '127.0.0.1', words: [], expose: async (port: number) => port }
    const agent = openAgent(space, { hostname: `a${agents}`, host, ...options })
    const app = loadApp(withMembers({ user: serverUser().name, fetch: [], env: {}, ...members }))
    return agent.launch({ app, taskId: `pg._app.${agents}`, volume: undefined, now: 0 }, () => undefined)
  }
  const needs = ['root', 'cgroup'] as const

  testWith(needs, 'has nothing of the environment of the tests', async () => {
    const task = await run({ cmd: 'cat /proc/$$/environ >environ; id -un >user', env: { TZ: 'UTC' } })
    await task.destroyed
    expect(task.updates.at(-1)).toMatchObject({ state: 'TASK_FINISHED' })
    const environment = readFileSync(join(task.sandbox, 'environ'), 'utf8').split('\0').filter(Boolean)
    const names = environment.map((line) => line.split('=')[0]).sort()
    expect(names.join(' ')).toBe(
      'HOST MARATHON_APP_ID MESOS_SANDBOX MESOS_TASK_ID PATH PORT0 PORT_POSTGRES TZ',
    )
    expect(readFileSync(join(task.sandbox, 'user'), 'utf8').trim()).toBe(serverUser().name)
  })

  testWith(needs, 'that does not end on SIGTERM is ended by SIGKILL, and it is told', async () => {
    const cmd = "trap '' TERM; echo ready; while :; do sleep 0.1; done"
    const task = await run({ cmd, taskKillGracePeriodSeconds: 1 })
    await waitFor('the trap', () => task.output('stdout') === 'ready\n')
    task.kill()
    await task.destroyed
    expect(task.updates.at(-1)).toMatchObject({ state: 'TASK_KILLED', isEscalated: true })
  })

  testWith(needs, 'that leaves something behind is found out', async () => {
    const cmd = '(setsid sleep 1000 &); exit 1'
    const task = await run({ cmd }, { linger: 0 })
    await task.destroyed
    expect(task.updates.at(-1)).toMatchObject({
      state: 'TASK_FAILED',
      message: 'Command exited with status 1',
    })
    expect(task.left()).toHaveLength(1)
    expect(task.others()).toEqual([])
  })
})

// mesos-executor (Mesos src/launcher/executor.cpp), as a program: it starts one command, watches its first process,
// checks its health, kills it when it is told to, and ends a second after it. It runs as the task's user, in a session
// of its own, and outlives the agent that started it.
import { type ChildProcess, spawn } from 'node:child_process'
import { closeSync, openSync, readFileSync, renameSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { killTree } from '../pair/harness/processes.js'
import type { HealthCheck } from './app.js'
import { makeHealthChecker } from './health.js'
import { isTerminal, type Order, type Report, type StatusUpdate, type TaskInfo } from './protocol.js'

const defaultKillGrace = 3
/** The agent's --recovery_timeout, in virtual seconds: an executor without an agent gives up after it. */
const recoveryTimeout = 15 * 60

const info: TaskInfo = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8'))
const updates: StatusUpdate[] = []
const subscribers = new Set<Socket>()
let now = info.now
let lastSubscribed = info.now

const checker = info.healthCheck && makeHealthChecker(info.healthCheck, info.now)
let killed: { readonly since: number; escalation: NodeJS.Timeout; until: number } | undefined
let isEscalated = false
let isUnhealthy = false

report({ state: 'TASK_STARTING' })
const task = startTask()
// At once after the fork, whatever the command does.
report({ state: 'TASK_RUNNING', ...(task.pid !== undefined && { pid: task.pid }) })
task.once('error', (error) => finish({ state: 'TASK_FAILED', message: error.message }))
task.once('exit', (code, signal) => {
  if (killed) clearTimeout(killed.escalation)
  const message =
    signal === null ? `Command exited with status ${code}` : `Command terminated with signal ${signal}`
  if (killed === undefined) return finish({ state: code === 0 ? 'TASK_FINISHED' : 'TASK_FAILED', message })
  const killMilliseconds = Date.now() - killed.since
  const health = isUnhealthy ? { healthy: false } : {}
  finish({ state: 'TASK_KILLED', message, isEscalated, killMilliseconds, ...health })
})
// Its name appears when it can be reached, and not before.
createServer(serve).listen(`${info.control}.new`, () => renameSync(`${info.control}.new`, info.control))

// Standard input is the executor's own, which is the agent's: whatever that is.
function startTask(): ChildProcess {
  const [stdout, stderr] = ['stdout', 'stderr'].map((name) => openSync(join(info.sandbox, name), 'a', 0o644))
  const child = spawn('sh', ['-c', info.command], {
    cwd: info.sandbox,
    env: { ...info.environment },
    detached: true,
    stdio: ['inherit', stdout, stderr],
  })
  for (const file of [stdout, stderr]) if (file !== undefined) closeSync(file)
  return child
}

function report(update: Omit<StatusUpdate, 'at'>): void {
  const stamped: StatusUpdate = { ...update, at: now }
  updates.push(stamped)
  for (const socket of subscribers) send(socket, { kind: 'update', ...stamped })
}

function finish(update: Omit<StatusUpdate, 'at'>): void {
  report(update)
  // executor.cpp, selfTerminate: a second, so that the last update gets through; then the agent destroys what is left.
  setTimeout(() => process.exit(0), 1000)
}

function serve(socket: Socket): void {
  socket.on('error', () => undefined)
  socket.on('close', () => {
    if (subscribers.delete(socket)) lastSubscribed = now
  })
  createInterface(socket).on('line', (line) => void obey(JSON.parse(line), socket))
}

async function obey(order: Order, socket: Socket): Promise<void> {
  switch (order.kind) {
    case 'subscribe':
      subscribers.add(socket)
      for (const update of updates) send(socket, { kind: 'update', ...update })
      return
    case 'kill':
      return kill(order.grace ?? info.killGrace ?? defaultKillGrace)
    case 'advance':
      await advance(order.to)
      return send(socket, { kind: 'arrived', at: now })
  }
}

function send(socket: Socket, message: Report): void {
  socket.write(`${JSON.stringify(message)}\n`)
}

// executor.cpp, kill and escalated. A second request can only shorten the grace, and signals nothing.
function kill(grace: number): void {
  if (isOver()) return
  const until = Date.now() + grace * 1000
  if (killed !== undefined) {
    if (until >= killed.until) return
    clearTimeout(killed.escalation)
    killed.until = until
    killed.escalation = setTimeout(escalate, until - Date.now())
    return
  }
  killed = { since: Date.now(), until, escalation: setTimeout(escalate, grace * 1000) }
  if (task.pid !== undefined) killTree(task.pid, 'SIGTERM')
}

function escalate(): void {
  isEscalated = true
  if (task.pid !== undefined) killTree(task.pid, 'SIGKILL')
}

function isOver(): boolean {
  return updates.some(({ state }) => isTerminal(state))
}

// What waits waits by the virtual clock; a check itself takes the time that it takes.
async function advance(to: number): Promise<void> {
  while (checker && killed === undefined && !isOver() && checker.due() <= to) {
    now = Math.max(now, checker.due())
    const result = checker.conclude(await isHealthy(info.healthCheck), now)
    // Health checks are paused once a kill has begun.
    if (result === undefined || killed !== undefined || isOver()) continue
    if (result.healthy) report({ state: 'TASK_RUNNING', healthy: true })
    else report({ state: 'TASK_RUNNING', healthy: false, message: `${result.failures} failures in a row` })
    if (!result.healthy && result.kill) {
      isUnhealthy = true
      kill(info.killGrace ?? defaultKillGrace)
    }
  }
  now = Math.max(now, to)
  if (subscribers.size === 0 && now - lastSubscribed >= recoveryTimeout)
    kill(info.killGrace ?? defaultKillGrace)
}

function isHealthy(check: HealthCheck | undefined): Promise<boolean> {
  if (check?.protocol === 'MESOS_TCP')
    return accepts(info.ports[check.portIndex ?? 0] ?? 0, check.timeoutSeconds)
  return succeeds(check?.command?.value ?? '', check?.timeoutSeconds ?? 0)
}

// checker_process.cpp: by sh -c in the sandbox, with the task's environment; what it prints goes to the sandbox's
// stderr. One that takes too long is killed with its children. A timeout of 0 waits for ever.
function succeeds(command: string, timeout: number): Promise<boolean> {
  const log = openSync(join(info.sandbox, 'stderr'), 'a', 0o644)
  const child = spawn('sh', ['-c', command], {
    cwd: info.sandbox,
    env: { ...info.environment },
    stdio: ['ignore', log, log],
  })
  closeSync(log)
  return new Promise((resolve) => {
    const end = () => child.pid !== undefined && killTree(child.pid, 'SIGKILL', { isWide: false })
    const timer = timeout > 0 ? setTimeout(end, timeout * 1000) : undefined
    child.once('error', () => resolve(false))
    child.once('exit', (code) => {
      clearTimeout(timer)
      resolve(code === 0)
    })
  })
}

// mesos-tcp-connect, which the executor runs against loopback.
function accepts(port: number, timeout: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1')
    const conclude = (isOpen: boolean) => {
      socket.destroy()
      resolve(isOpen)
    }
    if (timeout > 0) socket.setTimeout(timeout * 1000, () => conclude(false))
    socket.once('connect', () => conclude(true))
    socket.once('error', () => conclude(false))
  })
}

import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

/** What /proc tells of one process. */
export interface Process {
  readonly pid: number
  readonly ppid: number
  readonly group: number
  readonly session: number
  readonly state: string
  readonly args: string
  readonly cwd: string
  /** It is on its way out, whatever it still holds (PF_EXITING of linux/sched.h, in field 9 of proc(5)). */
  readonly isExiting: boolean
}

/** Of the fields of proc(5) the first that is looked at here is field 3. */
const flagsField = 9 - 3
const exiting = 0x4

/** Every live process that we may look at; zombies are left out, since they hold nothing but a number. */
export function listProcesses(): Process[] {
  const found: Process[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const one = readProcess(Number(name))
    if (one && one.state !== 'Z') found.push(one)
  }
  return found.sort((a, b) => a.pid - b.pid)
}

/** Reads one process; undefined when it is gone. */
export function readProcess(pid: number): Process | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    // The name in parentheses may itself hold spaces and parentheses: cut after the last one (proc(5)).
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
    const [state, ppid, group, session] = fields
    const args = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim()
    return {
      pid,
      ppid: Number(ppid),
      group: Number(group),
      session: Number(session),
      state: state ?? '?',
      args,
      cwd: linkTarget(`/proc/${pid}/cwd`),
      isExiting: (Number(fields[flagsField]) & exiting) !== 0,
    }
  } catch {
    return undefined
  }
}

/** Whether there is such a process that is more than a number. */
export function isAlive(pid: number): boolean {
  const state = readProcess(pid)?.state
  return state !== undefined && state !== 'Z'
}

/** All children of `root`, their children and so on, without `root`. */
export function descendantsOf(root: number): Process[] {
  const all = listProcesses()
  const known = new Set([root])
  for (let grown = true; grown; ) {
    grown = false
    for (const one of all) {
      if (!known.has(one.pid) && known.has(one.ppid)) {
        known.add(one.pid)
        grown = true
      }
    }
  }
  return all.filter((one) => one.pid !== root && known.has(one.pid))
}

/** Every process but ourselves that works in `dir` or names it in its arguments, whoever its parent is by now. */
export function processesUnder(dir: string): Process[] {
  return listProcesses().filter(
    (one) => one.pid !== process.pid && (one.cwd.startsWith(dir) || one.args.includes(dir)),
  )
}

/** Sends a signal; false when the process is gone. Number 0, which would be our own group, is a test's mistake. */
export function signal(pid: number, name: NodeJS.Signals): boolean {
  if (pid < 1) throw new Error('there is no process to signal')
  try {
    return process.kill(pid, name)
  } catch {
    return false
  }
}

/** Stops processes, and returns when each of them stands still: until then one could go on, or start another. */
export function freeze(pids: readonly number[]): void {
  for (const pid of pids) signal(pid, 'SIGSTOP')
  const end = Date.now() + 60_000
  for (const pid of pids) {
    for (let one = readProcess(pid); one && !'TtZX'.includes(one.state); one = readProcess(pid)) {
      if (Date.now() > end) throw new Error(`process ${pid} cannot be stopped: ${one.state} ${one.args}`)
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}

/**
 * Stops a process where it can take a SIGTERM. A postmaster (to 15) that handles one signal has all others blocked; its
 * startup process, told as well, may be gone before it is told itself, and then it ends with 1, as if nobody had told
 * it. That was seen in 3 of 629 signals to a tree with four replicas at a time, and in none of 660 since.
 */
function freezeAtRest(pid: number): void {
  // Who blocks it for ever is signalled all the same.
  const end = Date.now() + 5_000
  freeze([pid])
  while (blocks(pid, 15) && Date.now() < end) {
    signal(pid, 'SIGCONT')
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1)
    freeze([pid])
  }
}

/** Whether a process holds a signal back, by its number. */
function blocks(pid: number, number: number): boolean {
  return ((readSignals(pid)?.SigBlk ?? 0n) & bitOf(number)) !== 0n
}

/** HUP, INT, KILL and TERM. */
const ending = bitOf(1) | bitOf(2) | bitOf(9) | bitOf(15)

/**
 * Whether a process ends before it runs another instruction of its program: it is exiting, or a signal waits for it that
 * it neither handles, ignores nor holds back. On a busy machine it may take a while to come to that.
 */
export function isEnding({ pid, state, isExiting }: Process): boolean {
  const signals = readSignals(pid)
  if (isExiting || signals === undefined) return true
  const { SigPnd, ShdPnd, SigBlk, SigIgn, SigCgt } = signals
  // One that is stopped can only be killed.
  const fatal = state === 'T' ? 0n : ending & ~(SigBlk | SigIgn | SigCgt)
  return ((SigPnd | ShdPnd) & (fatal | bitOf(9))) !== 0n
}

const signalSets = ['SigPnd', 'ShdPnd', 'SigBlk', 'SigIgn', 'SigCgt'] as const

/** The sets of signals of a process (proc(5), status); undefined when it is gone. */
function readSignals(pid: number): Record<(typeof signalSets)[number], bigint> | undefined {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    const read = (name: string) => BigInt(`0x${new RegExp(`^${name}:\\s*(\\w+)$`, 'm').exec(status)?.[1]}`)
    const [SigPnd, ShdPnd, SigBlk, SigIgn, SigCgt] = signalSets.map(read) as [
      bigint,
      bigint,
      bigint,
      bigint,
      bigint,
    ]
    return { SigPnd, ShdPnd, SigBlk, SigIgn, SigCgt }
  } catch {
    return undefined
  }
}

function bitOf(signal: number): bigint {
  return 1n << BigInt(signal - 1)
}

/** Whether the groups and sessions of what is found belong to it, too. */
export interface TreeOptions {
  readonly isWide?: boolean
}

/**
 * Signals a whole tree as Mesos does (stout killtree.hpp): STOP each process as it is visited over children, process
 * groups and sessions, then the signal in ascending order of pid, then CONT; but a SIGTERM meets it at rest. Of a root
 * that is gone, what is left of the group and the session that it led. Gives the pids.
 */
export function killTree(
  root: number,
  name: NodeJS.Signals,
  { isWide = true }: TreeOptions = {},
): readonly number[] {
  const first = readProcess(root)
  const parent = readProcess(first?.ppid ?? 0)
  const left = () => listProcesses().filter(({ group, session }) => group === root || session === root)
  const queue = first === undefined && isWide ? left().map(({ pid }) => pid) : [root]
  const visited = new Set<number>()
  for (let pid = queue.shift(); pid !== undefined; pid = queue.shift()) {
    if (visited.has(pid)) continue
    const self = readProcess(pid)
    if (!self) continue
    visited.add(pid)
    if (name === 'SIGTERM') freezeAtRest(pid)
    else signal(pid, 'SIGSTOP')
    for (const other of listProcesses()) {
      const sameGroup = isWide && other.group === self.group && self.group !== parent?.group
      const sameSession = isWide && other.session === self.session && self.session !== parent?.session
      if (other.ppid === pid || sameGroup || sameSession) queue.push(other.pid)
    }
  }
  const order = [...visited].sort((a, b) => a - b)
  for (const pid of order) signal(pid, name)
  for (const pid of order) signal(pid, 'SIGCONT')
  return order
}

function linkTarget(path: string): string {
  try {
    return readlinkSync(path)
  } catch {
    return ''
  }
}

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { execa } from 'execa'
import { cache } from '../lab/cache.js'
import { findUserIn, type Identity } from '../pair/harness/identity.js'
import { type Launched, launch } from '../pair/harness/launch.js'
import type { Host } from '../pair/harness/network.js'
import { descendantsOf, readProcess, signal } from '../pair/harness/processes.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'

/** A host on which systemd is the first process: systemd-nspawn on an overlay of the lab's root, which outlives a reboot. */
export interface Booted {
  readonly postgres: Identity
  /** Runs a command there, whatever its exit code. */
  run(...words: readonly string[]): Promise<{ readonly code: number; readonly out: string }>
  /** Runs a shell script there as an operator would, in a directory; it must succeed. */
  operate(script: string, directory?: string): Promise<string>
  /** What systemd says of a unit. */
  show(unit: string, property: string): Promise<string>
  /** What the journal has of a unit since the host was started. */
  journal(unit: string): Promise<string>
  /** Where a path of the host lies here. */
  path(path: string): string
  write(path: string, text: string): void
  /** Copies a directory there. */
  copy(from: string, to: string): void
  /** Pulls the plug, and starts it again. */
  crash(): Promise<void>
}

/** What the tests need of this machine. */
export const needs = ['root', 'network', { tool: 'systemd-nspawn' }, { lab: ['roots/systemd'] }] as const

let hosts = 0

/** Boots a host on one end of a network; it is gone when the space is closed. */
export async function boot(space: Space, net: Host): Promise<Booted> {
  hosts += 1
  const home = join(space.dir, `booted-${hosts}`)
  for (const dir of ['upper', 'work', 'root']) mkdirSync(join(home, dir), { recursive: true })
  writeFileSync(join(home, 'boot.sh'), setup)
  const log = join(home, 'log')
  const lower = join(cache, 'roots/systemd')
  // Of the words that enter it, `ip netns exec NAME`.
  const namespace = net.words.at(-1) ?? ''
  const groups = groupRoots
    .filter((root) => existsSync(join(root, 'cgroup.procs')))
    .map((root) => join(root, namespace))
  let machine: Machine | undefined
  const start = async (): Promise<void> => {
    machine = await startMachine(
      [
        ...['unshare', '--mount', '--propagation', 'private', 'sh', '-eu', join(home, 'boot.sh')],
        ...[home, lower, namespace, ...groups],
      ],
      log,
    )
  }
  const stop = async (): Promise<void> => {
    if (machine === undefined) return
    const { nspawn, leader } = machine
    machine = undefined
    // The kernel ends all others with the first process of their namespace.
    signal(leader, 'SIGKILL')
    signal(nspawn.pid, 'SIGKILL')
    await nspawn.exit
    await waitFor('the host to be gone', () => readProcess(leader) === undefined)
    await waitFor('its control groups to be gone', () => groups.every(removeGroup))
  }
  const leader = (): number => {
    if (machine === undefined) throw new Error('the host is down')
    return machine.leader
  }
  space.track(stop)
  await start()

  const path = (name: string) => `/proc/${leader()}/root${name}`
  const run: Booted['run'] = async (...words) => {
    const { exitCode, all } = await execa('nsenter', ['--target', `${leader()}`, '--all', '--', ...words], {
      all: true,
      reject: false,
      stdin: 'ignore',
      cwd: '/',
      env: { PATH: '/usr/sbin:/usr/bin:/sbin:/bin', LC_ALL: 'C.UTF-8', SYSTEMD_PAGER: '' },
      extendEnv: false,
    })
    return { code: exitCode ?? -1, out: all }
  }
  return {
    postgres: findUserIn(join(lower, 'etc/passwd'), 'postgres') ?? raise('the root has no user postgres'),
    run,
    operate: async (script, directory = '/root') => {
      const { code, out } = await run('sh', '-eu', '-c', `cd ${directory}\n${script}`)
      return code === 0 ? out : raise(`${script}\nended with ${code}: ${out}`)
    },
    show: async (unit, property) => (await run('systemctl', 'show', '--value', '-p', property, unit)).out,
    journal: async (unit) => (await run('journalctl', '-b', '-o', 'cat', '-u', unit)).out,
    path,
    write: (name, text) => {
      mkdirSync(dirname(path(name)), { recursive: true })
      writeFileSync(path(name), text)
    },
    copy: (from, to) => cpSync(from, path(to), { recursive: true }),
    crash: async () => {
      await stop()
      await start()
    },
  }
}

/** Where systemd-nspawn makes its control groups: below its own, of either version. */
const groupRoots = ['/sys/fs/cgroup', '/sys/fs/cgroup/systemd', '/sys/fs/cgroup/unified']

/** Removes a control group with all below it; false as long as a process is left. */
function removeGroup(group: string): boolean {
  try {
    for (const one of readdirSync(group, { withFileTypes: true }))
      if (one.isDirectory() && !removeGroup(join(group, one.name))) return false
    rmdirSync(group)
  } catch {
    return !existsSync(group)
  }
  return true
}

interface Machine {
  readonly nspawn: Launched
  /** systemd, by its number here. */
  readonly leader: number
}

async function startMachine(words: readonly string[], log: string): Promise<Machine> {
  const nspawn = launch({
    ...{ words, cwd: '/', stdout: log, stderr: log },
    env: { PATH: process.env.PATH ?? '' },
    detached: true,
  })
  let isOver = false
  void nspawn.exit.then(() => {
    isOver = true
  })
  const said = () => (existsSync(log) ? readFileSync(log, 'utf8') : '')
  const leader = await waitFor(
    () => `systemd: ${said()}`,
    () => {
      const found = descendantsOf(nspawn.pid).find(({ args }) => args.startsWith('/usr/lib/systemd/systemd'))
      return found?.pid ?? (isOver && -1)
    },
  )
  if (leader < 0) raise(`the host has ended: ${said()}`)
  await waitFor(
    () => `systemd to be up: ${said()}`,
    async () => {
      const words = ['--target', `${leader}`, '--all', '--', 'systemctl', 'is-system-running']
      const { stdout } = await execa('nsenter', words, { reject: false, stdin: 'ignore', cwd: '/' })
      return /^(running|degraded)$/.test(stdout)
    },
  )
  return { nspawn, leader }
}

function raise(words: string): never {
  throw new Error(words)
}

// Each host has control groups of its own, or two systemds would take each other's units for theirs.
const setup = `home=$1 lower=$2 namespace=$3
shift 3
for group in "$@"; do
  mkdir "$group"
  echo "$$" >"$group/cgroup.procs"
done
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$home/upper,workdir=$home/work" "$home/root"
exec systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$home/root" --machine=replica \\
  --network-namespace-path="/run/netns/$namespace" --console=pipe --resolv-conf=off --timezone=off </dev/null
`

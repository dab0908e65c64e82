import { existsSync, mkdirSync, readFileSync, readlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findUserIn, type Identity } from '../pair/harness/identity.js'
import { launch } from '../pair/harness/launch.js'
import type { Host } from '../pair/harness/network.js'
import { descendantsOf, listProcesses, type Process, signal } from '../pair/harness/processes.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { cache } from './cache.js'

export type RootName = 'bullseye' | 'bookworm' | 'trixie' | 'forky'

/** The major that Debian has in each root; other servers are put beside it. */
const ownMajor: Readonly<Record<RootName, number>> = { bullseye: 13, bookworm: 15, trixie: 17, forky: 18 }

/** Which root a host of that major has: one whose tools are not older than the server. */
export function rootFor(major: number): RootName {
  const own = Object.entries(ownMajor).find(([, its]) => its === major)?.[0]
  return (own as RootName | undefined) ?? (major > 15 ? 'trixie' : 'bookworm')
}

const servers = readFileSync(new URL('servers.txt', import.meta.url), 'utf8')
  .split('\n')
  .map((line) => line.split(' ')[0] ?? '')

/** The version of that major that no root has; undefined where Debian has it. */
export function serverOf(major: number): string | undefined {
  if (Object.values(ownMajor).includes(major)) return undefined
  return servers.find((version) => version.startsWith(`${major}.`))
}

export interface HostOptions {
  readonly root: RootName
  /** BusyBox is all of its userland. */
  readonly busybox?: boolean
  /** Majors that are installed beside the root's own, or versions of it. */
  readonly servers?: readonly string[]
  /** Programs that it does not have, by their names. */
  readonly without?: readonly string[]
  /** What /bin/sh is, by the path in the root. */
  readonly shell?: string
}

/** What of the lab it takes, for testWith: NOT RUN where only a part has been built. */
export function partsOf({ root, busybox, servers = [] }: HostOptions): string[] {
  const names = servers.filter((version) => version !== '').map((version) => `servers/${version}`)
  return [`roots/${root}`, ...(busybox ? ['roots/busybox'] : []), ...names]
}

/** A host with a root, a network, a process table and a name of its own. */
export interface LabHost extends Host {
  /** Who runs servers there. */
  readonly user: Identity
  /** The process that we start there is the child of one that waits for it. */
  readonly isForked: true
  /** Processes of the host, without those that hold it. */
  processes(): Process[]
}

let hosts = 0

/**
 * Starts a host on one end of a network (needs root and the lab): an overlay over the cached root, the space at its
 * own path, /proc and /dev of its own. All of it is gone when its first process ends.
 */
export async function openHost(space: Space, net: Host, options: HostOptions): Promise<LabHost> {
  hosts += 1
  const home = join(space.dir, `host-${hosts}`)
  const root = join(home, 'root')
  for (const dir of ['upper', 'work', 'root']) mkdirSync(join(home, dir), { recursive: true })
  writeFileSync(join(home, 'setup.sh'), setup)
  const roots = join(cache, 'roots')
  const lower = [...(options.busybox ? [join(roots, 'busybox')] : []), join(roots, options.root)].join(':')
  const unshare = [
    '--mount',
    '--pid',
    '--uts',
    '--ipc',
    '--fork',
    '--kill-child=KILL',
    '--propagation',
    'private',
  ]
  const log = join(home, 'log')
  const { pid, exit } = launch({
    words: [
      ...net.words,
      ...['unshare', ...unshare, '--', 'sh', '-eu', join(home, 'setup.sh')],
      ...[home, lower, space.dir, options.shell ?? '', (options.without ?? []).join(' ')],
      ...(options.servers ?? []).flatMap((version) => [
        `${version.split('.')[0]}`,
        join(cache, 'servers', version),
      ]),
    ],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
    stdout: log,
    stderr: log,
    detached: true,
  })
  space.track(async () => {
    signal(pid, 'SIGKILL')
    await exit
  })
  await waitFor(
    () => `the host: ${readFileSync(log, 'utf8')}`,
    () => existsSync(join(home, 'ready')),
  )
  const first = descendantsOf(pid).find(({ ppid }) => ppid === pid)
  if (first === undefined) throw new Error(`the host has ended: ${readFileSync(log, 'utf8')}`)
  const namespace = readlinkSync(`/proc/${first.pid}/ns/pid`)
  const user = findUserIn(join(roots, options.root, 'etc/passwd'), 'postgres')
  if (user === undefined) throw new Error(`${options.root} has no user postgres`)
  // nsenter itself would stop together with its child; this shell only waits, and says how the child ended.
  const enter = `root=$1 dir=$PWD; shift; exec nsenter ${target(first.pid)} sh -c '${inside}' "$root" "$dir" "$@"`
  return {
    ...net,
    user,
    isForked: true,
    words: ['sh', '-c', enter, 'sh', root],
    processes: () =>
      listProcesses().filter((one) => {
        // What lost its parent is a child of the first process, too.
        const isHolder = one.pid === first.pid || (one.ppid === first.pid && one.args === holding)
        return !isHolder && namespaceOf(one) === namespace
      }),
  }
}

// The directory that the process is started in is the same there.
const inside = 'chroot "$0" /bin/sh -c "cd -- \\"\\$0\\" && exec \\"\\$@\\"" "$@"; exit $?'

function target(pid: number): string {
  return `--target ${pid} --mount --net --pid --uts --ipc --no-fork`
}

function namespaceOf({ pid }: Process): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/ns/pid`)
  } catch {
    return undefined
  }
}

const holding = 'sleep 3600'

// The first process of the host stays outside of its root, and takes the children of the dead.
const setup = `home=$1 lower=$2 space=$3 shell=$4 without=$5
shift 5
root=$home/root
hostname "$(basename "$home")"
mount -t overlay overlay -o "lowerdir=$lower,upperdir=$home/upper,workdir=$home/work" "$root"
mount -t proc proc "$root/proc"
mount -t tmpfs -o mode=755 tmpfs "$root/dev"
for name in null zero full random urandom; do
  : >"$root/dev/$name"
  mount --bind "/dev/$name" "$root/dev/$name"
done
ln -s /proc/self/fd "$root/dev/fd"
mkdir "$root/dev/shm"
mount -t tmpfs -o mode=1777,size=512m tmpfs "$root/dev/shm"
chmod 1777 "$root/tmp"
mkdir -p "$root$space"
mount --bind "$space" "$root$space"
printf '127.0.0.1 localhost\\n' >"$root/etc/hosts"
while [ "$#" -gt 1 ]; do
  mkdir -p "$root/usr/lib/postgresql/$1"
  mount --bind "$2" "$root/usr/lib/postgresql/$1"
  shift 2
done
for name in $without; do
  for dir in usr/bin usr/sbin bin sbin; do rm -f "$root/$dir/$name"; done
done
[ -z "$shell" ] || ln -sf "$shell" "$root/bin/sh"
: >"$home/ready"
while :; do
  ${holding} &
  wait
done
`

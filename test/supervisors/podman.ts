import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { cache } from '../lab/cache.js'
import type { Capability } from '../pair/harness/capability.js'
import { launch } from '../pair/harness/launch.js'
import type { Host } from '../pair/harness/network.js'
import { signal } from '../pair/harness/processes.js'
import type { Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'

/** What it takes to run containers here. */
export const podmanNeeds: readonly Capability[] = [
  'root',
  'network',
  { tool: 'podman' },
  { tool: 'crun' },
  { lab: ['roots/bookworm'] },
]

export interface Outcome {
  readonly code: number
  /** All that was printed. */
  readonly out: string
}

/** podman with storage, locks and networks of its own, on one end of a network. */
export interface Podman {
  /** The image of docker-library/postgres, as far as the lab has it. */
  readonly image: string
  /** Runs a command where podman works; `cwd` is that of the host. */
  run(words: readonly string[], cwd?: string): Promise<Outcome>
  /** A command that must succeed: what it printed. */
  must(words: readonly string[], cwd?: string): Promise<string>
  /** Where the data of a volume lies on the host. */
  volume(name: string): string
  /** What a container has printed, all of its runs. */
  logs(name: string): Promise<string>
  /** Ends as a host ends that loses its power, and is there again: no process lives, nothing is mounted, /run is empty. */
  reboot(): Promise<void>
  /** Its first process, as the host sees it. */
  pidOf(name: string): Promise<number>
}

/** Makes the image where it is not yet (20 s), and a place for podman that goes with the space. */
export async function openPodman(space: Space, host: Host): Promise<Podman> {
  const store = join(cache, 'images')
  const root = join(cache, 'roots/bookworm')
  await execa('sh', [new URL('image.sh', import.meta.url).pathname, root, store], { stdin: 'ignore' })
  const home = mkdtempSync(join(space.dir, 'podman-'))
  writeFileSync(join(home, 'storage.conf'), storageConf(home, store))
  writeFileSync(join(home, 'containers.conf'), containersConf)
  writeFileSync(join(home, 'hold.sh'), hold)
  const env = {
    PATH: process.env.PATH ?? '',
    HOME: home,
    CONTAINERS_STORAGE_CONF: join(home, 'storage.conf'),
    CONTAINERS_CONF: join(home, 'containers.conf'),
  }
  const log = join(home, 'log')
  const holder = launch({
    words: [
      'nsenter',
      `--net=/run/netns/${host.words.at(-1)}`,
      'unshare',
      '--mount',
      '--propagation',
      'private',
      'sh',
      '-eu',
      join(home, 'hold.sh'),
      join(home, 'ready'),
    ],
    cwd: '/',
    env,
    stdout: log,
    stderr: log,
    detached: true,
  })
  const run = async (words: readonly string[], cwd = home): Promise<Outcome> => {
    // Within: a directory that was opened outside has no name there.
    const enter = [
      '--target',
      String(holder.pid),
      '--mount',
      '--net',
      'sh',
      '-c',
      'cd "$0" && exec "$@" </dev/null',
      cwd,
    ]
    const { exitCode = 1, all } = await execa('nsenter', [...enter, ...words], {
      env,
      extendEnv: false,
      all: true,
      reject: false,
      stdin: 'ignore',
    })
    return { code: exitCode, out: all }
  }
  space.track(async () => {
    await run(['podman', 'pod', 'rm', '--all', '--force', '--time', '0'])
    await run(['podman', 'rm', '--all', '--force', '--time', '0'])
    await run(['umount', '-R', join(home, 'graph/overlay')])
    signal(holder.pid, 'SIGKILL')
    await holder.exit
  })
  await waitFor(
    () => `a place for podman: ${readFileSync(log, 'utf8')}`,
    () => existsSync(join(home, 'ready')),
  )
  const must = async (words: readonly string[], cwd?: string) => {
    const { code, out } = await run(words, cwd)
    if (code !== 0) throw new Error(`${words.join(' ')} ended with ${code}: ${out}`)
    return out
  }
  return {
    image: 'docker.io/library/postgres:15',
    run,
    must,
    volume: (name) => join(home, 'graph/volumes', name, '_data'),
    logs: async (name) => (await run(['podman', 'logs', name])).out,
    reboot: async () => {
      await must(['sh', '-eu', '-c', reboot, home])
    },
    pidOf: async (name) =>
      Number((await must(['podman', 'inspect', '-f', '{{.State.Pid}}', name])).split('\n').at(-1)),
  }
}

// Of this place alone, too (see hold). podman starts no container again whose runroot has more than 50 characters: it refuses
// its own command line then (cmd/podman/root.go), and nobody hears of it.
function storageConf(home: string, store: string): string {
  return `[storage]
driver = "overlay"
graphroot = "${home}/graph"
runroot = "/run/containers/storage"
[storage.options]
additionalimagestores = ["${store}"]
`
}

// Limits that this machine refuses to raise are left as they are; there is no systemd to ask for a cgroup.
const containersConf = `[containers]
default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
`

// First who would tell podman of an end.
const reboot = `pids=$(podman ps --format '{{.Pid}}'; cat /run/containers/networks/aardvark-dns/aardvark.pid 2>/dev/null || :)
for proc in /proc/[0-9]*; do
  case $(tr '\\0' ' ' <"$proc/cmdline" 2>/dev/null) in
    /usr/bin/conmon*"$0"*) kill -s KILL "\${proc#/proc/}" || : ;;
  esac
done
for pid in $pids; do kill -s KILL "$pid" || :; done
for pid in $pids; do while [ -e "/proc/$pid" ]; do sleep 0.1; done; done
for dir in "$0"/graph/overlay/*/merged "$0"/graph/overlay-containers/*/userdata/shm /run/netns/*; do
  umount -l "$dir" 2>/dev/null || :
done
rm -rf /run/libpod/* /run/containers/* /run/netns/* /run/crun/[0-9a-f]*
`

// crun refuses a host with both kinds of cgroups, and gives a container's user what it has as standard input, which must not
// be the host's /dev/null. What podman keeps beside its storage is for this place alone.
const hold = `umount /sys/fs/cgroup/unified 2>/dev/null || :
for dir in /dev/shm /run/libpod /run/containers /var/lib/containers /run/netns /var/lib/cni /etc/cni/net.d /run/crun; do
  mkdir -p "$dir"
  mount -t tmpfs tmpfs "$dir"
done
mknod -m 666 /run/crun/null c 1 3
mount --bind /run/crun/null /dev/null
: >"$1"
exec sleep 1000000
`

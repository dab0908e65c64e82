/** A file or directory to put over another. */
export interface Mount {
  readonly from: string
  readonly over: string
}

/** Words that run the rest in a mount namespace of its own (needs root); every one execs, so the pid stays the same. */
export function mountWords(mounts: readonly Mount[]): readonly string[] {
  if (mounts.length === 0) return []
  const pairs = mounts.flatMap(({ from, over }) => [from, over])
  const unshare = ['unshare', '--mount', '--propagation', 'private', 'bash', '--norc', '-c', script, 'mounts']
  return [...unshare, String(mounts.length), ...pairs]
}

/** The mount that makes a shell what /bin/sh is; none for dash, which it is on Debian. */
export function shellMounts(shell: string | undefined): readonly Mount[] {
  if (shell === undefined || shell === 'dash') return []
  return [{ from: `/usr/bin/${shell}`, over: '/bin/sh' }]
}

const script =
  'n=$1; shift; while [ "$n" -gt 0 ]; do mount --bind -- "$1" "$2" || exit; shift 2; n=$((n - 1)); done; exec "$@"'

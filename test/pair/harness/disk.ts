import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { serverUser } from './identity.js'
import type { Space } from './space.js'
import { waitFor } from './wait.js'

/** A file system of its own, small enough to be filled. */
export interface Disk {
  readonly root: string
  /** A directory on it that RUN_USER may write. */
  readonly dir: string
  /** Leaves that many MB. */
  fill(leave?: number): Promise<void>
  free(): Promise<void>
  remount(how: 'ro' | 'rw'): Promise<void>
}

/** Mounts a tmpfs in `space`, which unmounts it (needs root). */
export async function mountDisk(
  space: Space,
  { megabytes, inodes = 100_000 }: { readonly megabytes: number; readonly inodes?: number },
): Promise<Disk> {
  const { uid, gid } = serverUser()
  const root = mkdtempSync(join(space.dir, 'disk-'))
  await execa('mount', [
    '-t',
    'tmpfs',
    '-o',
    `size=${megabytes}m,nr_inodes=${inodes},mode=755`,
    'tmpfs',
    root,
  ])
  space.track(async () => {
    await execa('umount', ['--lazy', root])
  })
  const dir = join(root, 'volume')
  mkdirSync(dir)
  chmodSync(dir, 0o755)
  chownSync(dir, uid, gid)
  const filler = join(root, 'filler')
  return {
    root,
    dir,
    fill: async (leave = 0) => {
      // Again, if a server takes its part between the two.
      await waitFor(`no more than ${leave} MB to be left in ${root}`, async () => {
        rmSync(filler, { force: true })
        const { stdout } = await execa('df', ['-P', '-k', root])
        const left = Number(stdout.split('\n')[1]?.trim().split(/\s+/)[3])
        const dd = ['if=/dev/zero', `of=${filler}`, 'bs=1024', `count=${left - leave * 1024}`]
        return (await execa('dd', dd, { stdio: 'ignore', reject: false })).exitCode === 0
      })
    },
    free: async () => rmSync(filler, { force: true }),
    remount: async (how) => {
      await execa('mount', ['-o', `remount,${how}`, root])
    },
  }
}

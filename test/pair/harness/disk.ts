import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
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
  const dir = makeVolume(root)
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

/** A disk with a journal, whose power can be cut. */
export interface BlockDisk {
  readonly dir: string
  /** What is not on disk by now never will be, and whoever writes gets an error (EXT4_IOC_SHUTDOWN, without its log). */
  cut(): Promise<void>
  /** Once nobody has a file open there: what the disk holds is mounted again. */
  restore(): Promise<void>
}

/** Mounts an ext4 of a file in `space`, which unmounts it (needs root). */
export async function mountBlockDisk(
  space: Space,
  { megabytes }: { readonly megabytes: number },
): Promise<BlockDisk> {
  const root = mkdtempSync(join(space.dir, 'disk-'))
  let image = `${root}.img`
  writeFileSync(image, '')
  truncateSync(image, megabytes * 1_048_576)
  await execa('mkfs.ext4', ['-q', '-F', image])
  const mount = () => execa('mount', ['-t', 'ext4', '-o', 'loop', image, root])
  await mount()
  space.track(async () => {
    await execa('umount', ['--lazy', root], { reject: false })
  })
  chmodSync(root, 0o755)
  return {
    dir: makeVolume(root),
    cut: async () => {
      const text = 'my $how = pack("L", 2); open(D, "<", $ARGV[0]) && ioctl(D, 0x8004587d, $how) or die "$!"'
      await execa('perl', ['-e', text, root])
    },
    restore: async () => {
      await execa('umount', ['--lazy', root])
      // The namespace of a test beside this one may keep the old mount, and with it a disk that is dead.
      const copy = `${image}.restored`
      await execa('cp', ['--sparse=always', image, copy])
      image = copy
      await mount()
    },
  }
}

function makeVolume(root: string): string {
  const { uid, gid } = serverUser()
  const dir = join(root, 'volume')
  mkdirSync(dir)
  chmodSync(dir, 0o755)
  chownSync(dir, uid, gid)
  return dir
}

import type { Replica } from '../../model/replica.js'
import type { ContainerSection } from './schema.js'

/** An image, as far as a replica in it depends on it. */
export interface Image {
  readonly name: string
  /** The number of RUN_USER and its group. */
  readonly uid: number
  /** Where the volume for the data is mounted. */
  readonly mount: string
  /** What is known of an image of docker-library/postgres; undefined of any other. */
  readonly official: Official | undefined
}

export interface Official {
  readonly isAlpine: boolean
  /** The major that its tag names. */
  readonly major: number | undefined
  /** The number of its user postgres. */
  readonly uid: number
}

/** The image of a model. With several majors the newest is taken, and a rule says what is wrong. */
export function chooseImage({ image, uid, mount }: ContainerSection, { postgresql }: Replica): Image {
  const major = Math.max(...postgresql.majors)
  const name = image ?? `postgres:${major}`
  const official = readOfficial(name)
  return {
    name,
    uid: uid ?? official?.uid ?? (/alpine/.test(name) ? 70 : 999),
    // Elsewhere the image's own VOLUME would become another, nameless volume.
    mount: mount ?? (major >= 18 ? '/var/lib/postgresql' : '/var/lib/postgresql/data'),
    official,
  }
}

// Dockerfile-debian.template and Dockerfile-alpine.template of docker-library/postgres.
function readOfficial(name: string): Official | undefined {
  const [, tag] = /^(?:docker\.io\/)?(?:library\/)?postgres(?::([^@]*))?(?:@.*)?$/.exec(name) ?? [
    undefined,
    undefined,
  ]
  if (!/^(docker\.io\/)?(library\/)?postgres([:@]|$)/.test(name)) return undefined
  const isAlpine = /alpine/.test(tag ?? '')
  const major = /^\d+/.exec(tag ?? '')?.[0]
  return { isAlpine, major: major === undefined ? undefined : Number(major), uid: isAlpine ? 70 : 999 }
}

/** Whether an official image holds a program that is neither of POSIX nor of PostgreSQL. */
export function isInOfficial(tool: string, { isAlpine }: Official): boolean {
  return inBoth.has(tool) || (isAlpine ? inAlpine : inDebian).has(tool)
}

const words = (text: string) => new Set(text.trim().split(/\s+/))

// The essential packages of Debian and Alpine's BusyBox, and what the two Dockerfiles install.
const inBoth = words(`
  base64 bash clear egrep fallocate fgrep flock getent getopt gosu gunzip gzip hostid hostname install ionice last less
  losetup md5sum mktemp more mount mountpoint nproc nsenter openssl pidof readlink realpath rev seq setpriv setsid sha1sum
  sha256sum sha512sum shred shuf stat su sync tac tar taskset timeout truncate umount unlink unshare unzstd which
  whoami yes zcat zstd zstdcat
`)

const inDebian = words(`
  apt-get b2sum base32 basenc blkid chrt diff3 dircolors dpkg dpkg-query findmnt gpg groups lsblk lscpu
  lslocks lsns namei numfmt perl pinky prlimit ptx pwck runuser script sdiff sha224sum sha384sum
  start-stop-daemon stdbuf unxz users vdir whereis xz xzcat xzgrep zdiff zgrep zless
`)

const inAlpine = words(`
  apk bunzip2 bzcat bzip2 crond dos2unix free fuser groups hexdump ip iostat kill killall lsof lzcat lzma nc netstat nslookup
  pgrep ping pkill pmap pstree pwdx sha3sum ssl_client su-exec top traceroute unix2dos unlzma unxz unzip uptime watch
  wget xxd xzcat
`)

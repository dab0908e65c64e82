import { chownSync, readFileSync } from 'node:fs'
import { userInfo } from 'node:os'

/** An operating system user that exists on this machine. */
export interface Identity {
  readonly name: string
  readonly uid: number
  readonly gid: number
  readonly home: string
}

export const isRoot = process.getuid?.() === 0

/** Reads a user from /etc/passwd; undefined when there is none of that name. */
export function findUser(name: string): Identity | undefined {
  return findUserIn('/etc/passwd', name)
}

/** Reads a user from a file like /etc/passwd. */
export function findUserIn(file: string, name: string): Identity | undefined {
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const [user, , uid, gid, , home] = line.split(':')
    if (user === name) return { name, uid: Number(uid), gid: Number(gid), home: home ?? '/' }
  }
  return undefined
}

/** Who runs a server in these tests: postgres when the tests are root (it refuses root), else ourselves. */
export function serverUser(): Identity {
  const wanted = isRoot ? 'postgres' : userInfo().username
  const found = findUser(wanted)
  if (!found) throw new Error(`this machine has no user ${wanted}: sh test/setup.sh makes it`)
  return found
}

/** Words to put before a command so that `user` runs it; none when we are that user already. */
export function become(user: Identity): readonly string[] {
  if (!isRoot || user.uid === 0) return []
  return ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--clear-groups', '--']
}

/** Gives a file to a user, where we may. */
export function chownTo(path: string, { uid, gid }: Identity): void {
  if (isRoot) chownSync(path, uid, gid)
}

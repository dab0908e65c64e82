import { randomBytes } from 'node:crypto'
import {
  chmodSync,
  chownSync,
  copyFileSync,
  linkSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  type Stats,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname, resolve } from 'node:path'
import { descriptorOf, writeStream } from './write-stream.js'

/**
 * Writes all files, or none: each one first under a temporary name beside its place, then all are renamed; when one of
 * these fails, what was there before comes back, without a byte being written. An unchanged file keeps its time stamp, a
 * changed one its mode and, where that is allowed, its owner; a symbolic link stays one. What is no file but a pipe or a
 * terminal is written into, before anything is renamed, and never waited for without end. Throws an Error with a
 * sentence for the user when the disk refuses.
 */
export function writeFiles(files: Readonly<Record<string, string>>): string[] {
  const targets = Object.entries(files).map(([path, text]) => describeTarget(path, text))
  refuseTwice(targets)
  const changed = targets.filter(({ text, old }) => old?.equals(Buffer.from(text)) !== true)
  const made: string[] = []
  const directories: string[] = []
  const renamed: Target[] = []
  let current = ''
  try {
    for (const target of changed.filter(({ isStream }) => !isStream)) {
      current = target.path
      makeDirectory(dirname(target.real), directories)
      prepare(target, made)
    }
    for (const { path, real, text } of changed.filter(({ isStream }) => isStream)) {
      current = path
      writeStream(real, text)
    }
    for (const target of changed.filter(({ isStream }) => !isStream)) {
      current = target.path
      renameSync(temporary(target.real), target.real)
      renamed.push(target)
    }
  } catch (error) {
    for (const target of renamed.reverse()) attempt(() => restore(target))
    for (const path of made) attempt(() => rmSync(path, { force: true }))
    for (const path of directories.reverse()) attempt(() => rmdirSync(path))
    throw new Error(`cannot write ${current}: ${describeFault(error)}`, { cause: error })
  }
  for (const { real } of renamed) attempt(() => rmSync(backup(real), { force: true }))
  return changed.map(({ path }) => path)
}

interface Target {
  readonly path: string
  /** What symbolic links lead to: that is written, not the link. */
  readonly real: string
  readonly text: string
  /** What lies there. */
  readonly old: Buffer | undefined
  readonly isStream: boolean
}

function describeTarget(path: string, text: string): Target {
  const real = followLinks(path)
  if (isStream(real)) return { path, real, text, old: undefined, isStream: true }
  return { path, real, text, old: readBytes(path), isStream: false }
}

function isStream(real: string): boolean {
  if (descriptorOf(real) !== undefined) return true
  const stats = tryStat(real)
  return stats?.isFIFO() === true || stats?.isCharacterDevice() === true
}

// Also where it leads to nothing yet: a file is made there, as a shell does.
function followLinks(path: string): string {
  let real = path
  for (let hops = 0; hops < 40; hops += 1) {
    if (descriptorOf(real) !== undefined) return real
    const stats = tryStat(real)
    if (stats?.isSymbolicLink() !== true) return real
    real = resolve(realpathSync(dirname(real)), readlinkSync(real))
  }
  throw new Error(`cannot write ${path}: its symbolic links lead in a circle`)
}

// What may not be looked at is found when it is read.
function tryStat(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}

function refuseTwice(targets: readonly Target[]): void {
  const paths = new Map<string, string>()
  for (const { path, real } of targets) {
    const other = paths.get(resolve(real))
    if (other !== undefined) throw new Error(`cannot write ${path}: it is the same file as ${other}`)
    paths.set(resolve(real), path)
  }
}

// The new text and what it takes to bring back the old: from here on nothing needs room on the disk.
function prepare({ real, text, old }: Target, made: string[]): void {
  made.push(temporary(real))
  writeFileSync(temporary(real), text, { flag: 'wx' })
  if (old === undefined) return
  const { mode, uid, gid } = statSync(real)
  attempt(() => chownSync(temporary(real), uid, gid))
  chmodSync(temporary(real), mode & 0o7777)
  made.push(backup(real))
  try {
    linkSync(real, backup(real))
  } catch {
    copyFileSync(real, backup(real))
  }
}

function restore({ real, old }: Target): void {
  if (old === undefined) rmSync(real)
  else renameSync(backup(real), real)
}

/** The text of a file, or undefined when there is none. Throws an Error with a sentence for the user. */
export function readIfThere(path: string): string | undefined {
  return readBytes(path)?.toString('utf8')
}

function readBytes(path: string): Buffer | undefined {
  try {
    if (!statSync(path).isFile()) throw new Error('it is there and is not a regular file')
    return readFileSync(path)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw new Error(`cannot read ${path}: ${describeFault(error)}`, { cause: error })
  }
}

// Makes a directory and those above it, and keeps in mind which are new, the outermost first. Not by
// mkdirSync's own `recursive`: that never ends where a parent allows none, as in /proc (Node 20).
function makeDirectory(path: string, made: string[]): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return
  if (dirname(path) !== path) makeDirectory(dirname(path), made)
  mkdirSync(path)
  made.push(path)
}

// Cleaning up goes on after a fault: the first fault is the one that is told.
function attempt(action: () => void): void {
  try {
    action()
  } catch {
    return
  }
}

const faults: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EDQUOT: 'the quota of the disk is used up',
  EEXIST: 'a file is in the place of a directory',
  EISDIR: 'a directory is in its place',
  ELOOP: 'its symbolic links lead in a circle',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such directory, and none can be made there',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a file is in the place of a directory',
  ENXIO: 'nobody reads from it',
  EPERM: 'not permitted',
  EPIPE: 'who read from it has left',
  EROFS: 'the file system is read-only',
}

function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const known = 'code' in error ? faults[String(error.code)] : undefined
  return known ?? error.message
}

// Names that no other run has, nor one that was killed.
const unique = `${process.pid}-${randomBytes(3).toString('hex')}`

function temporary(path: string): string {
  return `${path}.${unique}.tmp`
}

function backup(path: string): string {
  return `${path}.${unique}.old.tmp`
}

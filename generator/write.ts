import {
  chmodSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes all files, or none: each one first under a temporary name beside its place, then all are renamed;
 * when one of these fails, what was there before comes back. An unchanged file keeps its time stamp, a
 * changed one its mode. Throws an Error with a sentence for the user when the disk refuses.
 */
export function writeFiles(files: Readonly<Record<string, string>>): string[] {
  const changed = Object.entries(files)
    .map(([path, text]) => describeTarget(path, text))
    .filter(({ text, old }) => old?.equals(Buffer.from(text)) !== true)
  const temporaries: string[] = []
  const directories: string[] = []
  const renamed: Target[] = []
  let current = ''
  try {
    for (const { path, real, text, old } of changed) {
      current = path
      makeDirectory(dirname(real), directories)
      temporaries.push(temporary(real))
      writeFileSync(temporary(real), text)
      if (old !== undefined) chmodSync(temporary(real), statSync(real).mode & 0o7777)
    }
    for (const target of changed) {
      current = target.path
      renameSync(temporary(target.real), target.real)
      renamed.push(target)
    }
  } catch (error) {
    for (const path of temporaries) attempt(() => rmSync(path, { force: true }))
    for (const { real, old } of renamed) attempt(() => restore(real, old))
    for (const path of directories.reverse()) attempt(() => rmdirSync(path))
    throw new Error(`cannot write ${current}: ${describeFault(error)}`, { cause: error })
  }
  return changed.map(({ path }) => path)
}

interface Target {
  readonly path: string
  /** What a symbolic link leads to: that is written, not the link. */
  readonly real: string
  readonly text: string
  /** What lies there. */
  readonly old: Buffer | undefined
}

function describeTarget(path: string, text: string): Target {
  const old = readBytes(path)
  return { path, real: old === undefined ? path : realpathSync(path), text, old }
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

function restore(path: string, old: Buffer | undefined): void {
  if (old === undefined) rmSync(path)
  else writeFileSync(path, old)
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
  EEXIST: 'a file is in the place of a directory',
  EISDIR: 'a directory is in its place',
  ENAMETOOLONG: 'the name is too long',
  ENOENT: 'there is no such directory, and none can be made there',
  ENOSPC: 'no space is left on the device',
  ENOTDIR: 'a file is in the place of a directory',
  EPERM: 'not permitted',
  EROFS: 'the file system is read-only',
}

function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const known = 'code' in error ? faults[String(error.code)] : undefined
  return known ?? error.message
}

function temporary(path: string): string {
  return `${path}.${process.pid}.tmp`
}

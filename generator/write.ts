import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'

/**
 * Writes all files, or none: each one first under a temporary name beside its place, then all are renamed.
 * An unchanged file keeps its time stamp. Throws an Error with `code` when the disk refuses.
 */
export function writeFiles(files: Readonly<Record<string, string>>): string[] {
  const changed = Object.entries(files).filter(([path, text]) => readIfThere(path) !== text)
  const pending: string[] = []
  try {
    for (const [path, text] of changed) {
      mkdirSync(dirname(path), { recursive: true })
      pending.push(temporary(path))
      writeFileSync(temporary(path), text)
    }
    for (const [path] of changed) renameSync(temporary(path), path)
  } catch (error) {
    for (const path of pending) rmSync(path, { force: true })
    throw error
  }
  return changed.map(([path]) => path)
}

/** The text of a file, or undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined
    throw error
  }
}

function temporary(path: string): string {
  return `${path}.${process.pid}.tmp`
}

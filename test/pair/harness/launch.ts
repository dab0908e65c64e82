import { spawn } from 'node:child_process'
import { closeSync, openSync } from 'node:fs'
import { constants } from 'node:os'
import { descendantsOf } from './processes.js'
import { waitFor } from './wait.js'

export interface Launch {
  readonly words: readonly string[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
  /** Files that the output is appended to. */
  readonly stdout: string
  readonly stderr: string
  /** In a session of its own. */
  readonly detached?: boolean
}

export interface Launched {
  readonly pid: number
  /** The exit code as a shell would see it: 128 + n for signal n. */
  readonly exit: Promise<number>
}

/**
 * Starts a long-lived process that writes to files by itself: with pipes its end would not be seen as long as an
 * orphan of it holds one open.
 */
export function launch({ words, cwd, env, stdout, stderr, detached }: Launch): Launched {
  const files = [openSync(stdout, 'a', 0o644), openSync(stderr, 'a', 0o644)] as const
  const child = spawn(words[0] ?? '', words.slice(1), {
    cwd,
    env: { ...env },
    detached: detached ?? false,
    stdio: ['ignore', ...files],
  })
  for (const file of files) closeSync(file)
  const exit = new Promise<number>((resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code, name) => resolve(code ?? 128 + (name ? constants.signals[name] : 0)))
  })
  if (child.pid === undefined) throw new Error(`could not start ${words.join(' ')}`)
  return { pid: child.pid, exit }
}

/** The process itself behind one that only waits for it; that one when it is too late. */
export async function childOf({ pid, exit }: Launched): Promise<number> {
  let isOver = false
  void exit.then(() => {
    isOver = true
  })
  // Numbers begin anew at 32768, so the lowest of all descendants need not be the child.
  const child = () => descendantsOf(pid).find(({ ppid }) => ppid === pid)?.pid
  return waitFor('the process behind another', () => child() ?? (isOver ? pid : undefined))
}

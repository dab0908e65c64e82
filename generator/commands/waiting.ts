import { writeSync } from 'node:fs'
import { Worker } from 'node:worker_threads'

/** What decides whether somebody watches. */
export interface Watcher {
  readonly isTTY?: boolean | undefined
}

/** Does a person look at that stream? Not in a pipe, not under CI, and not on a terminal that cannot go back in a line. */
export function isWatched({ isTTY }: Watcher, env: Readonly<Record<string, string | undefined>>): boolean {
  const isOff = (value: string | undefined) =>
    value === undefined || value === '' || value === 'false' || value === '0'
  return isTTY === true && isOff(env.CI) && env.TERM !== 'dumb'
}

const clearLine = '\r\u001b[K'

/**
 * Does the work, and says meanwhile on standard error that something is going on, where a person looks: a line that
 * moves, and is gone before anything else is printed. The compiler keeps its thread busy, so another one moves it.
 */
export async function withWaiting<T>(what: string, work: () => Promise<T>): Promise<T> {
  if (!isWatched(process.stderr, process.env)) return work()
  const worker = startWorker(what)
  try {
    return await work()
  } finally {
    await worker?.terminate().catch(() => undefined)
    if (worker !== undefined) writeSync(2, clearLine)
  }
}

// Where there is no thread to be had, there is no line.
function startWorker(what: string): Worker | undefined {
  try {
    const worker = new Worker(
      `(${moveLine.toString()})(require('node:fs').writeSync, require('node:worker_threads').workerData)`,
      {
        eval: true,
        workerData: what,
      },
    )
    worker.on('error', () => undefined)
    worker.unref()
    return worker
  } catch {
    return undefined
  }
}

// Runs in the other thread from its text, and so uses nothing of this file. What is quick shows no line at all.
function moveLine(write: (fd: number, text: string) => unknown, what: string): void {
  const frames = '⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏'
  const start = Date.now()
  setInterval(() => {
    const passed = Date.now() - start
    if (passed < 300) return
    const frame = frames[Math.floor(passed / 80) % frames.length]
    const seconds = passed < 3000 ? '' : ` ${Math.floor(passed / 1000)} s`
    try {
      write(2, `\r${frame} ${what}${seconds}\u001b[K`)
    } catch {}
  }, 80)
}

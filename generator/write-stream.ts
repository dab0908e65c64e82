import { closeSync, constants, openSync, writeSync } from 'node:fs'

/**
 * The number of the open file that a path means, as /dev/stdout does: to open it by the name would begin anew at its
 * start where it is a file, and to replace it would replace a file that the caller holds open.
 */
export function descriptorOf(path: string): number | undefined {
  const named = { '/dev/stdin': 0, '/dev/stdout': 1, '/dev/stderr': 2 }[path]
  if (named !== undefined) return named
  const [, process_, number] = /^\/(?:dev|proc\/(self|thread-self|\d+))\/fd\/(\d+)$/.exec(path) ?? []
  const isOwn = process_ === undefined || !/^\d/.test(process_) || process_ === String(process.pid)
  return number === undefined || !isOwn ? undefined : Number(number)
}

const pause = 20

/**
 * Writes a text into an open file, a pipe or a device. Where nobody reads from a FIFO, it cannot be opened (ENXIO); where
 * a reader takes nothing for as many milliseconds as `patience`, that is an error, too, and no wait without end.
 */
export function writeStream(path: string, text: string, patience = 10_000): void {
  const own = descriptorOf(path)
  const file = own ?? openSync(path, constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY)
  try {
    writeAll(file, Buffer.from(text), patience)
  } finally {
    if (own === undefined) closeSync(file)
  }
}

function writeAll(file: number, bytes: Buffer, patience: number): void {
  let written = 0
  let waited = 0
  while (written < bytes.length) {
    try {
      written += writeSync(file, bytes, written)
      waited = 0
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      if (waited >= patience) throw new Error('who reads from it takes nothing', { cause: error })
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pause)
      waited += pause
    }
  }
}

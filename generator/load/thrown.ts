import { SourceMap } from 'node:module'
import { inspect } from 'node:util'
import type { Place } from '../diagnostics/diagnostic.js'
import type { Emitted } from './program.js'

/** What was thrown, in one line or as it says itself. */
export function describeThrown(error: unknown): string {
  if (error instanceof Error) return error.message === '' ? error.name : `${error.name}: ${error.message}`
  return typeof error === 'string' ? error : inspect(error, { depth: 1, breakLength: Infinity })
}

/** The innermost frame of a stack that lies in one of the user's files, mapped back to its TypeScript. */
export function findFrame(stack: unknown, emitted: ReadonlyMap<string, Emitted>): Place | undefined {
  if (typeof stack !== 'string') return undefined
  for (const frame of stack.split('\n')) {
    if (!/^\s*at /.test(frame)) continue
    for (const [file, { map }] of emitted) {
      const start = frame.lastIndexOf(`${file}:`)
      const [, line, column] = /^:(\d+):(\d+)\)?$/.exec(frame.slice(start + file.length)) ?? []
      if (start < 0 || line === undefined || column === undefined) continue
      const entry = new SourceMap(JSON.parse(map)).findEntry(Number(line) - 1, Number(column) - 1)
      if (!('originalLine' in entry)) continue
      return { file, line: entry.originalLine + 1, column: entry.originalColumn + 1 }
    }
  }
  return undefined
}

import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Evaluation, Program, Report } from './program.js'

/** The variable of the environment that says how many seconds a configuration may take; without it it is 30. */
export const limitVariable = 'REPLICA_CONFIG_TIMEOUT'

/** What it says; undefined where that is no number of seconds. A timer of Node's holds 24 days. */
export function readLimit(text = process.env[limitVariable] ?? '30'): number | undefined {
  return /^[1-9]\d{0,5}$/.test(text) ? Number(text) : undefined
}

/** A process that was started ahead, so that it is ready when the program is. */
export interface Evaluator {
  /** Runs the program, for so many seconds at most. It is called once. */
  readonly run: (program: Program, limit: number) => Promise<Evaluation>
  /** Ends the process, with all that it started. */
  readonly stop: () => void
}

/**
 * Starts the process that a configuration is run in. What it says goes to standard error, by whatever way and
 * whoever of its children says it, for our standard output holds what we say.
 */
export function startEvaluator(): Evaluator {
  const child = spawn(process.execPath, [findChild()], {
    // Nobody answers questions: standard input may be the model's, or another program's.
    stdio: ['ignore', 2, 2, 'ipc'],
    serialization: 'advanced',
    // A group of its own can be ended as a whole.
    detached: true,
    windowsHide: true,
  })
  const stop = () => endGroup(child)
  return {
    run: async (program, limit) => {
      const pass = passSignals(stop)
      try {
        return await converse(child, program, limit)
      } finally {
        pass.end()
        stop()
      }
    },
    stop,
  }
}

/** The one that was bundled beside this file, or what it was bundled from; the built one where the sources themselves run. */
function findChild(): string {
  const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
  if (import.meta.url.endsWith('.ts')) return path('../../build/child.js')
  return existsSync(path('./child.js')) ? path('./child.js') : path('../child.js')
}

function converse(child: ChildProcess, program: Program, limit: number): Promise<Evaluation> {
  return new Promise((resolve) => {
    let file: string | undefined
    let failure = ''
    const timer = isDebugged() ? undefined : setTimeout(() => resolve({ kind: 'late', file }), limit * 1000)
    const end = (evaluation: Evaluation) => {
      clearTimeout(timer)
      resolve(evaluation)
    }
    child.on('message', (said: Report) => {
      if (said.kind === 'running') file = said.file
      else end(said)
    })
    child.on('error', ({ message }) => {
      failure = message
    })
    // After its last message.
    child.on('close', (code, signal) => {
      const how = signal === null ? `with exit code ${code}` : `by the signal ${signal}`
      end({ kind: 'gone', how: failure === '' ? how : failure })
    })
    child.send(program, (error) => {
      if (error !== null) failure = error.message
    })
  })
}

// Who looks at it step by step takes the time that he needs.
function isDebugged(): boolean {
  return /--inspect/.test([...process.execArgv, process.env.NODE_OPTIONS ?? ''].join(' '))
}

/** While a configuration runs, a signal that ends us ends it first. */
function passSignals(stop: () => void): { readonly end: () => void } {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  const pass = (signal: NodeJS.Signals) => {
    end()
    stop()
    process.kill(process.pid, signal)
  }
  const end = () => {
    for (const signal of signals) process.off(signal, pass)
  }
  for (const signal of signals) process.on(signal, pass)
  return { end }
}

function endGroup(child: ChildProcess): void {
  if (child.pid === undefined) return
  // What has ended is not ours any more: its number may be another's.
  if (child.exitCode === null && child.signalCode === null) {
    try {
      process.kill(-child.pid, 'SIGKILL')
    } catch {
      child.kill('SIGKILL')
    }
  }
  if (child.connected) child.disconnect()
  child.unref()
}

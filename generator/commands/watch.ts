import { type ChildProcess, fork } from 'node:child_process'
import { statSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { usualNames } from './find-config.js'
import { exits } from './options.js'
import { printAside } from './print.js'

/** Marks the process that does the work once: the same command line, but for the watching. */
const mark = 'POSTGRES_REP_MARATHON_WATCHED'

export interface WatchOptions {
  /** The configurations as they were given; none: the usual names in this directory. */
  readonly configs: readonly string[]
  readonly isQuiet: boolean
  /** Does the work once, in a process of its own. */
  readonly start?: () => ChildProcess
}

/** Is this process one that `watch` has started? */
export function isWatchedRun(): boolean {
  return process.env[mark] === '1'
}

/** Tells the watching process which files were read, or looked for in vain. */
export function tellDependencies(paths: readonly string[]): void {
  if (isWatchedRun()) process.send?.({ dependencies: paths })
}

/**
 * Runs this very command line, and again whenever a file changes that the last run has read, until SIGINT or SIGTERM.
 * Each run is a process of its own: Node keeps what a configuration once imported, and its faults end nothing here. The
 * files are looked at by name, so that it does not matter how an editor replaces them, or where they lie. Gives the exit
 * code.
 */
export function watch({ configs, isQuiet, start = startOnce }: WatchOptions): Promise<number> {
  const names = configs.length === 0 ? usualNames : configs
  const looker = createLooker(names.map((name) => resolve(name)))
  const say = (text: string) => {
    if (!isQuiet) printAside(`${text}\n`)
  }
  let child: ChildProcess | undefined
  let waiting = new Set<string>()
  let isFirst = true

  const run = () => {
    const begun = Date.now()
    let dependencies: readonly string[] | undefined
    const own = start()
    child = own
    own.on('message', (message) => {
      dependencies = readDependencies(message) ?? dependencies
    })
    own.on('close', () => {
      child = undefined
      if (dependencies !== undefined) looker.keep(dependencies, begun)
      const count = looker.count()
      const what = count === 0 ? 'waiting for a configuration' : `watching ${count} files`
      if (isFirst) say(`${what}; Ctrl-C ends it`)
      isFirst = false
    })
  }

  return new Promise((settle) => {
    const timer = setInterval(() => {
      const changed = looker.look()
      for (const path of changed) waiting.add(path)
      // Whoever saves several files is let finish.
      if (changed.length > 0 || waiting.size === 0 || child !== undefined) return
      say(`\nchanged: ${[...waiting].map((path) => relative('.', path)).join(', ')}`)
      waiting = new Set()
      run()
    }, interval)
    const stop = (code: number) => {
      clearInterval(timer)
      process.off('SIGINT', onInterrupt)
      process.off('SIGTERM', onTerminate)
      if (child === undefined) settle(code)
      else {
        child.once('close', () => settle(code))
        child.kill()
      }
    }
    const onInterrupt = () => stop(130)
    const onTerminate = () => stop(exits.done)
    process.on('SIGINT', onInterrupt)
    process.on('SIGTERM', onTerminate)
    run()
  })
}

const interval = 150

function startOnce(): ChildProcess {
  return fork(process.argv[1] ?? '', process.argv.slice(2), {
    env: { ...process.env, [mark]: '1' },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
}

function readDependencies(message: unknown): readonly string[] | undefined {
  const { dependencies } = Object(message)
  return Array.isArray(dependencies) ? dependencies.map(String) : undefined
}

/** Remembers how files were, and says which have changed since. */
export interface Looker {
  /** The files that are not as they were when they were last looked at. */
  readonly look: () => string[]
  /** Looks at these from now on; one that is new to it counts as changed if it was written after `since`. */
  readonly keep: (paths: readonly string[], since: number) => void
  readonly count: () => number
}

export function createLooker(paths: readonly string[]): Looker {
  let seen = new Map(paths.map((path) => [path, describe(path)]))
  return {
    look: () => {
      const changed = [...seen].filter(([path, before]) => describe(path) !== before)
      for (const [path] of changed) seen.set(path, describe(path))
      return changed.map(([path]) => path)
    },
    keep: (next, since) => {
      seen = new Map(next.map((path) => [path, seen.get(path) ?? describe(path, since)]))
    },
    count: () => [...seen.values()].filter((state) => state !== '').length,
  }
}

// Another file by the same name is another state, and so is none.
function describe(path: string, since = Infinity): string {
  try {
    const { ino, size, mtimeMs, ctimeMs } = statSync(path)
    return mtimeMs > since ? 'too new' : `${ino} ${size} ${mtimeMs} ${ctimeMs}`
  } catch {
    return ''
  }
}

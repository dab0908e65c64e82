import { appendFileSync, chmodSync, existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { chownTo, type Identity } from '../pair/harness/identity.js'
import { mountWords } from '../pair/harness/mounts.js'
import type { AgentOptions } from './agent.js'
import type { App, PersistentVolume } from './app.js'
import { sandboxOf, type TaskIds } from './paths.js'

/** Makes the working directory of a task, of its user and nobody else (paths.cpp, createExecutorDirectory). */
export function makeSandbox(workDir: string, ids: TaskIds, user: Identity): string {
  const sandbox = sandboxOf(workDir, ids)
  mkdirSync(sandbox, { recursive: true })
  chmodSync(sandbox, 0o750)
  chownTo(sandbox, user)
  const latest = join(sandbox, '../latest')
  rmSync(latest, { force: true })
  symlinkSync(ids.containerId, latest)
  for (const name of ['stdout', 'stderr']) {
    writeFileSync(join(sandbox, name), '')
    chownTo(join(sandbox, name), user)
  }
  return sandbox
}

/** Makes a persistent volume once, as root (slave.cpp); at each start only the directory itself is given to the user. */
export function makeVolume(dir: string, { persistent }: PersistentVolume, user: Identity): void {
  if (!existsSync(dir)) {
    mkdirSync(dir, { recursive: true })
    // A disk of its own is a file system of its own.
    if (persistent.type === 'mount') mkdirSync(join(dir, 'lost+found'), { mode: 0o700 })
  }
  chownTo(dir, user)
}

/** A task that fails before its command is run. */
export class LaunchFailed extends Error {
  constructor(reason: string) {
    super(`TASK_FAILED: ${reason}`)
  }
}

/** Puts the app's artefacts into the sandbox; throws LaunchFailed when one cannot be had. */
export async function runFetcher(
  app: App,
  sandbox: string,
  user: Identity,
  { host, programs, mounts = [] }: AgentOptions,
): Promise<void> {
  const words = [
    ...host.words,
    ...mountWords(mounts),
    ...['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--'],
    ...[process.execPath, programs.fetcher, JSON.stringify(app.fetch)],
  ]
  const { exitCode, all } = await execa(words[0] ?? '', words.slice(1), {
    cwd: sandbox,
    all: true,
    reject: false,
  })
  appendFileSync(join(sandbox, 'stderr'), all === '' ? '' : `${all}\n`)
  if (exitCode !== 0) throw new LaunchFailed(all)
}

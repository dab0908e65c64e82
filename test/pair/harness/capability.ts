import { execFileSync } from 'node:child_process'
import { accessSync, constants, existsSync } from 'node:fs'
import { type TestContext, test } from 'vitest'
import { labFault } from '../../lab/cache.js'
import { findUser, isRoot } from './identity.js'
import { memoryGroupFault } from './memory.js'
import { networkFault } from './network.js'
import { pidsGroupFault } from './pids.js'

export const serverBin = '/usr/lib/postgresql/15/bin'

/** What a test may need from the machine; each answers why it is missing, or undefined. */
const capabilities = {
  postgres: () => (existsSync(`${serverBin}/postgres`) ? undefined : `no ${serverBin}/postgres`),
  nginx: () => missingTool('nginx'),
  debian: () => missingTool('pg_createcluster'),
  localedef: () =>
    existsSync('/usr/share/i18n/locales/de_DE') ? missingTool('localedef') : 'no locale sources',
  root: () => (isRoot ? undefined : 'the tests do not run as root'),
  nobody: () => (findUser('nobody') ? undefined : 'no user nobody'),
  namespace: () => (isRoot ? namespaceFault() : 'the tests do not run as root'),
  cgroup: () => (isRoot ? memoryGroupFault() : 'the tests do not run as root'),
  pids: () => (isRoot ? pidsGroupFault() : 'the tests do not run as root'),
  network: () => (isRoot ? networkFault() : 'the tests do not run as root'),
  busybox: () => missingTool('busybox'),
  bash: () => missingTool('bash'),
  heavy: () => (process.env.CI || process.env.RUN_HEAVY ? undefined : 'RUN_HEAVY is not set'),
} as const

export type Capability =
  | keyof typeof capabilities
  | { readonly tool: string }
  | { readonly lab: readonly string[] }

/** Why one of `needs` is missing here, or undefined. */
export function missing(...needs: readonly Capability[]): string | undefined {
  for (const need of needs) {
    const why =
      typeof need === 'string'
        ? capability(need)
        : 'tool' in need
          ? missingTool(need.tool)
          : isRoot
            ? labFault(need.lab)
            : 'the tests do not run as root'
    if (why) return why
  }
  return undefined
}

/** Asked once: to find out, some make a namespace or a cgroup. */
const known = new Map<keyof typeof capabilities, string | undefined>()

function capability(name: keyof typeof capabilities): string | undefined {
  if (!known.has(name)) known.set(name, capabilities[name]())
  return known.get(name)
}

/** A test that is reported as NOT RUN where the machine lacks something, and fails there under CI. */
export function testWith(
  needs: readonly Capability[],
  title: string,
  body: (context: TestContext) => Promise<void>,
  limit?: number,
): void {
  const why = missing('postgres', ...needs)
  if (!why) {
    test(title, body, limit)
  } else if (process.env.CI) {
    test(title, () => {
      throw new Error(`under CI nothing may be missing: ${why}`)
    })
  } else {
    // Elsewhere than under CI a tool may be missing; test/summary.js counts what was not run.
    test.skip(`${title} [NOT RUN: ${why}]`, body)
  }
}

/** Absolute path of a tool on PATH or in the sbin directories. */
export function findTool(name: string): string | undefined {
  const path = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin:/usr/bin:/bin`
  for (const dir of path.split(':')) {
    try {
      accessSync(`${dir}/${name}`, constants.X_OK)
      return `${dir}/${name}`
    } catch {
      // not in this directory
    }
  }
  return undefined
}

function missingTool(name: string): string | undefined {
  return findTool(name) ? undefined : `no ${name}`
}

function namespaceFault(): string | undefined {
  try {
    execFileSync('unshare', ['--mount', '--propagation', 'private', 'true'], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no private mount namespaces'
  }
}

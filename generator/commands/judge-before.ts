import { closeSync, type Dirent, openSync, readdirSync, readSync, statSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { StartedTarget } from '../compile/targets.js'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { listNames } from '../load/choose.js'
import { readIfThere } from '../write.js'
import type { Built } from './build.js'
import { pathOf, type Where } from './place-files.js'

/** What is to be said where files of an earlier model lie: updates that are refused, and files of something else. */
export function judgeBefore({ values, placeOf }: Built, where: Where): Diagnostic[] {
  const found = (values?.targets ?? []).flatMap((target) => judgeTarget(target, where))
  return found.map((fault): Diagnostic => {
    const place = placeOf(fault.path ?? [])
    return place === undefined ? fault : { ...fault, place }
  })
}

// The files of the last time; one that cannot be read is found when it is to be written.
function judgeTarget({ print, identity, judgeUpdate }: StartedTarget, where: Where): readonly Diagnostic[] {
  const names = Object.keys(print())
  const before = Object.fromEntries(
    names.flatMap((name): [string, string][] => {
      const text = readQuietly(pathOf(name, where))
      return text === undefined ? [] : [[name, text]]
    }),
  )
  const name = identity?.read?.(before)
  if (identity === undefined || name === undefined || name === identity.name)
    return judgeUpdate?.(before) ?? []
  const { what, path } = identity
  const file = pathOf(names[0] ?? '', where)
  const message = `${file} is of the ${what} ${name}, and is replaced by that of ${identity.name}`
  const hint = `${name} keeps running where it was started: delete it there, or put this model into a directory of its own`
  return [{ code: 'W_TARGET_NAME', path, message, hint }]
}

/**
 * The files of an earlier time that the model does not print: those that SHA256SUMS names, and those that say themselves
 * that they are ours. They are told and left, since a person may have put something else under these names.
 */
export function judgeStale(
  { files, names }: Pick<Built, 'files' | 'names'>,
  where: Where,
): readonly Diagnostic[] {
  const own = new Set(Object.keys(files).map((name) => pathOf(name, where)))
  const app = files['marathon.json'] === undefined && isApp(where.app) ? [where.app] : []
  const around = listAround(names.length === 0 ? where.out : dirname(where.out), names, dirname(where.app))
  const stale = [...new Set([...listMarked(where.out), ...listSummed(where.out), ...around, ...app])]
    .filter((path) => !own.has(path))
    .sort()
  if (stale.length === 0) return []
  const isOne = stale.length === 1
  const more = stale.length > 8 ? [`${stale.length - 8} more`] : []
  const message = `${listNames([...stale.slice(0, 8), ...more])} ${isOne ? 'is' : 'are'} left from an earlier model; this model does not print ${isOne ? 'it' : 'them'}`
  const hint = `remove ${isOne ? 'it' : 'them'}, here and where ${isOne ? 'it was' : 'they were'} published`
  return [{ code: 'W_STALE', message, hint }]
}

// What was printed before the model had environments, or for one that it has no longer.
function listAround(directory: string, names: readonly string[], appDirectory: string): string[] {
  const former = listEntries(directory)
    .filter((entry) => entry.isDirectory() && !names.includes(entry.name))
    .map(({ name }) => name)
  const apps = former.map((name) => join(appDirectory, `marathon.${name}.json`)).filter(isApp)
  return [...[directory, ...former.map((name) => join(directory, name))].flatMap(listSummed), ...apps]
}

function listSummed(out: string): string[] {
  const path = join(out, 'SHA256SUMS')
  const sums = readQuietly(path)
  if (sums === undefined) return []
  const names = [...sums.matchAll(/^[0-9a-f]{64} [ *](\S.*)$/gm)].map(([, name = '']) => join(out, name))
  return [path, ...names].filter((name) => statSync(name, { throwIfNoEntry: false })?.isFile())
}

function listMarked(out: string): string[] {
  return ['', 'conf'].flatMap((folder) =>
    listEntries(join(out, folder))
      .filter((entry) => entry.isFile())
      .map(({ name }) => join(out, folder, name))
      .filter((path) =>
        /^(#|--) .*\b([Gg]enerated|printed) by postgres-rep-marathon\b/m.test(readHead(path)),
      ),
  )
}

function readHead(path: string): string {
  const head = Buffer.alloc(400)
  try {
    const file = openSync(path, 'r')
    try {
      return head.toString('utf8', 0, readSync(file, head))
    } finally {
      closeSync(file)
    }
  } catch {
    return ''
  }
}

function listEntries(directory: string): Dirent[] {
  try {
    return readdirSync(directory, { withFileTypes: true })
  } catch {
    return []
  }
}

function isApp(path: string): boolean {
  return path !== '-' && /"cmd": "[^"\n]*\brun_rep\.sh\b/.test(readQuietly(path) ?? '')
}

function readQuietly(path: string): string | undefined {
  try {
    return readIfThere(path)
  } catch {
    return undefined
  }
}

import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import { listNames } from '../load/choose.js'
import type { Built } from './build.js'

/**
 * What is to be said of a model beside the others of its configuration: at one `publish` lies one set of files, so if
 * two environments fetch from there what is printed differently for each, one of them runs with the files of the other.
 */
export function judgeShared(built: Built, all: readonly Built[]): Diagnostic[] {
  const code = 'W_PUBLISH_SHARED'
  if (built.values?.accept?.includes(code) === true) return []
  const sharing = all.filter(
    (other) => other !== built && other.config === built.config && urlOf(other) === urlOf(built),
  )
  const files = new Set(sharing.flatMap((other) => listDiffering(built, other)))
  if (files.size === 0) return []
  const envs = [built, ...sharing.filter((other) => listDiffering(built, other).length > 0)]
    .sort((a, b) => all.indexOf(a) - all.indexOf(b))
    .map(({ env }) => env ?? '')
  const path = pathTo`publish`
  const place = built.placeOf(path)
  const message = `${listNames(envs)} fetch ${listNames([...files].sort())} from ${urlOf(built)}, and each would need its own there`
  const hint = `give each a publish of its own, as '${urlOf(built)}/${envs[0]}'`
  return [{ code, path, ...(place !== undefined && { place }), message, hint }]
}

function urlOf({ values }: Built): string | undefined {
  return values?.model.publish.replace(/\/+$/, '')
}

// What both fetch, and is not the same.
function listDiffering(one: Built, other: Built): string[] {
  const fetched = new Set(listFetched(other))
  return listFetched(one).filter((name) => fetched.has(name) && textOf(one, name) !== textOf(other, name))
}

function listFetched({ values }: Built): string[] {
  return [...new Set((values?.targets ?? []).flatMap(({ fetches = [] }) => fetches))]
}

// The script tells of which model it is, which changes nothing that it does.
function textOf({ files }: Built, name: string): string {
  return (files[name] ?? '').replace(
    /(# SHA-256 of all lines below this one:|run_rep\.sh of model) [0-9a-f]+/g,
    '$1',
  )
}

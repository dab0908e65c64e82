import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { MarathonApp } from './app.js'

/**
 * Judges ids of other apps and groups; they lead to no circle (RootGroup.scala). Only absolute ones: what another is
 * relative to has changed between the releases (AppNormalization.scala, withCanonizedIds).
 */
export function judgeDependencies({ id, dependencies = [] }: MarathonApp): Diagnostic[] {
  const own = toAbsolute(id)
  const paths = dependencies.map(toAbsolute)
  return dependencies.flatMap((other, index): Diagnostic[] => {
    const reason = refuse(other, own)
    const isTwice = paths.indexOf(paths[index] ?? '') < index
    if (reason === undefined && !isTwice) return []
    const message = `the dependency on ${other} cannot be: ${reason ?? 'it is named twice'}`
    return [{ code: 'E_APP_ID', path: pathTo`targets.marathon.dependencies.${index}`, message }]
  })
}

const segment = /^(([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])$/

function refuse(other: string, own: string): string | undefined {
  if (!other.startsWith('/'))
    return `releases differ in what it is relative to; write it from the root, as ${toAbsolute(other)}`
  const parts = other.slice(1).split('/')
  const bad = parts.find((text) => text !== '' && !/^\.{1,2}$/.test(text) && !segment.test(text))
  if (bad !== undefined) return `'${bad}' is no part of an app's id`
  const path = toAbsolute(other)
  if (path === own) return 'it is the app itself'
  return `${own}/`.startsWith(path === '/' ? path : `${path}/`)
    ? 'it is a group of the app itself'
    : undefined
}

function toAbsolute(path: string): string {
  const parts: string[] = []
  for (const part of path.split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return `/${parts.join('/')}`
}

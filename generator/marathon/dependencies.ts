import type { Diagnostic } from '../compile/diagnostic.js'
import type { MarathonApp } from './app.js'

/** Judges ids of other apps, absolute or relative to the group of this one; they lead to no circle (RootGroup.scala). */
export function judgeDependencies({ id, dependencies = [] }: MarathonApp): Diagnostic[] {
  const group = toAbsolute(id, '/').replace(/[^/]*$/, '')
  const paths = dependencies.map((other) => toAbsolute(other, group))
  return dependencies.flatMap((other, index): Diagnostic[] => {
    const reason = refuse(other, paths[index] === toAbsolute(id, '/'))
    const isTwice = paths.indexOf(paths[index] ?? '') < index
    if (reason === undefined && !isTwice) return []
    const message = `Marathon refuses the dependency on ${other}: ${reason ?? 'it is named twice'}`
    return [{ code: 'E_APP_ID', path: `app.dependencies.${index}`, message }]
  })
}

const segment = /^(([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])$/

function refuse(other: string, isItself: boolean): string | undefined {
  const parts = other.replace(/^\//, '').split('/')
  const bad = parts.find((text) => !/^\.{1,2}$/.test(text) && !segment.test(text))
  if (bad !== undefined) return `'${bad}' is no part of an app's id`
  return isItself ? 'it is the app itself' : undefined
}

function toAbsolute(path: string, group: string): string {
  const parts: string[] = []
  for (const part of (path.startsWith('/') ? path : `${group}${path}`).split('/')) {
    if (part === '..') parts.pop()
    else if (part !== '.' && part !== '') parts.push(part)
  }
  return `/${parts.join('/')}`
}

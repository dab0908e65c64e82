import { publishedPath } from '../diff/artefacts.js'

/** What is served, by its path below the root. */
export type Site = ReadonlyMap<string, Page>

export interface Page {
  readonly text: string
  readonly type: string
}

/** What is answered to one request. */
export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly body: string
}

/** Artefacts, as they are published below `publish`. */
export function makeSite(files: Readonly<Record<string, string>>): Site {
  const pages = Object.entries(files).map(([path, text]): [string, Page] => [
    `/${publishedPath(path)}`,
    { text, type: typeOf(path) },
  ])
  return new Map(pages.sort(([a], [b]) => (a < b ? -1 : 1)))
}

const plain = 'text/plain; charset=utf-8'

const types: Readonly<Record<string, string>> = {
  sh: 'text/x-shellscript; charset=utf-8',
  json: 'application/json',
  sql: 'application/sql; charset=utf-8',
  yaml: 'application/yaml',
}

function typeOf(path: string): string {
  return types[path.slice(path.lastIndexOf('.') + 1)] ?? plain
}

/**
 * Answers a request: what is in the site, by its path, or by that below the path of `publish`, so that this host may stand
 * in for the one that publishes. Nothing else is looked for anywhere.
 */
export function answer(
  site: Site,
  { method, target, publish }: { readonly method: string; readonly target: string; readonly publish: string },
): Answer {
  if (method !== 'GET' && method !== 'HEAD')
    return say(405, 'this server is for reading only', { Allow: 'GET, HEAD' })
  const path = readPath(target)
  if (path === undefined) return say(400, 'this is no path')
  const prefix = new URL(publish).pathname.replace(/\/+$/, '')
  const below = prefix !== '' && path.startsWith(`${prefix}/`) ? path.slice(prefix.length) : undefined
  const page = site.get(path) ?? (below === undefined ? undefined : site.get(below))
  if (page !== undefined) return give(200, page)
  if (path === '/' || path === prefix || below === '/') return say(200, [...site.keys()].join('\n'))
  return say(404, 'nothing of that name is published')
}

// As it stands in the request: a URL would be resolved, and .. with it.
function readPath(target: string): string | undefined {
  try {
    const path = decodeURIComponent(target.replace(/[?#].*$/s, ''))
    return path.startsWith('/') && !path.includes('\0') ? path : undefined
  } catch {
    return undefined
  }
}

function say(status: number, words: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const page = give(status, { text: `${words}\n`, type: plain })
  return { ...page, headers: { ...page.headers, ...headers } }
}

function give(status: number, { text, type }: Page): Answer {
  const headers = {
    'Content-Type': type,
    'Content-Length': String(Buffer.byteLength(text)),
    'Cache-Control': 'no-store',
    'X-Content-Type-Options': 'nosniff',
  }
  return { status, headers, body: text }
}

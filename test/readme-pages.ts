import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))

/** One Markdown file of the repository, by its path from the root. */
export interface Page {
  readonly path: string
  readonly text: string
}

/** A block of code between fences, and the word behind the first fence. */
export interface Fence {
  readonly language: string
  readonly code: string
}

/** Every Markdown file at the top and in the four rooms; what npm and the build put there is not ours. */
export function readPages(): Page[] {
  const below = ['generator', 'templates', 'test'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)),
  )
  return [...readdirSync(root), ...below]
    .filter((path) => path.endsWith('.md') && !path.includes('node_modules'))
    .sort()
    .map((path) => ({ path, text: readFileSync(join(root, path), 'utf8') }))
}

/** The fenced code of a page. Throws where a fence is not closed. */
export function listFences({ path, text }: Page): Fence[] {
  const fences: Fence[] = []
  let open: { language: string; indent: string; lines: string[] } | undefined
  for (const line of text.split('\n')) {
    const [, indent = '', language = ''] = /^( *)```(.*)$/.exec(line) ?? []
    if (open === undefined) {
      if (/^ *```/.test(line)) open = { language, indent, lines: [] }
    } else if (/^ *```$/.test(line)) {
      fences.push({ language: open.language, code: `${open.lines.join('\n')}\n` })
      open = undefined
    } else {
      open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line)
    }
  }
  if (open !== undefined) throw new Error(`${path}: a fence is not closed: ${open.lines[0] ?? ''}`)
  return fences
}

/** The text of a page as a reader sees it: without fenced code and without comments. */
export function proseOf({ text }: Page): string {
  return text.replace(/^( *)```[\s\S]*?^ *```$/gm, '').replace(/<!--[\s\S]*?-->/g, '')
}

/**
 * The anchors of a page by GitHub's rules (html-pipeline's table of contents): the heading as it is read, in lower case,
 * without what is neither letter, digit, hyphen, underscore nor blank, with hyphens for blanks; -1, -2 … for one that
 * was there before. And names that the page gives itself.
 */
export function listAnchors(page: Page): Set<string> {
  const prose = proseOf(page)
  const anchors = new Set([...prose.matchAll(/<a (?:id|name)="([^"]+)"/g)].map(([, name = '']) => name))
  const seen = new Map<string, number>()
  for (const [, heading = ''] of prose.matchAll(/^#{1,6} +(.+?)(?: +#+)?$/gm)) {
    const shown = heading.replace(/!?\[([^\]]*)\]\([^)]*\)/g, '$1').replace(/[`*]/g, '')
    const anchor = shown
      .toLowerCase()
      .replace(/[^\p{L}\p{M}\p{N}\p{Pc}\- ]/gu, '')
      .replaceAll(' ', '-')
    const before = seen.get(anchor) ?? 0
    seen.set(anchor, before + 1)
    anchors.add(before === 0 ? anchor : `${anchor}-${before}`)
  }
  return anchors
}

/** Where the links of a page lead, as they are written: inline, images, references, bare URLs and HTML. */
export function listLinks(page: Page): string[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, '')
  const found = [
    ...prose.matchAll(/\]\(<?([^)\s>]*)>?(?: "[^"]*")?\)/g),
    ...prose.matchAll(/^\[[^\]]+\]: +(\S+)/gm),
    ...prose.matchAll(/<(https?:[^>]*)>/g),
    ...prose.matchAll(/(?:href|src)="([^"]*)"/g),
  ]
  return found.map(([, target = '']) => target)
}

/** Is this a link to elsewhere? */
export function isExternal(target: string): boolean {
  return /^[a-z][a-z0-9+.-]*:/i.test(target) || target.startsWith('//')
}

/** What is wrong with a link, or undefined. */
export function judgeLink(page: Page, target: string, pages: readonly Page[]): string | undefined {
  if (isExternal(target)) return judgeUrl(target)
  const [file = '', anchor] = target.split('#', 2)
  const path = file === '' ? page.path : normalize(join(dirname(page.path), decodeURIComponent(file)))
  if (path.startsWith('..') || file.startsWith('/')) return 'leads out of the repository'
  if (/^(build|node_modules)(\/|$)/.test(path)) return 'leads to what is not in the repository'
  if (!existsSync(join(root, path))) return 'there is no such file'
  if (anchor === undefined) return undefined
  const other = pages.find((one) => one.path === path)
  if (other === undefined) return 'only a Markdown file has anchors'
  return listAnchors(other).has(anchor) ? undefined : 'there is no such heading'
}

function judgeUrl(target: string): string | undefined {
  if (!URL.canParse(target)) return 'is no URL'
  const { protocol, hostname, username } = new URL(target)
  if (protocol !== 'https:') return 'is not https'
  return hostname.includes('.') && username === '' ? undefined : 'is no public address'
}

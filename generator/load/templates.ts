import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../templates/', import.meta.url))

/** All templates of this package by their path below `templates/`, with `/` on every system. */
export function readTemplates(): Record<string, string> {
  const names = listFolder()
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(hbs|sh)$/.test(name))
    .sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}${name}`, 'utf8')]))
}

// A program that was bundled with this package has left them behind.
function listFolder(): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: 'utf8' })
  } catch (cause) {
    const message = `postgres-rep-marathon lacks its templates, which belong in ${folder}`
    throw new Error(`${message}: install all of it, and leave it out of a bundle`, { cause })
  }
}

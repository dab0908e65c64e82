import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const folder = fileURLToPath(new URL('../../templates/', import.meta.url))

/**
 * All templates by their path below `templates/`, with `/` on every system. In the package their texts stand in the
 * program instead, put there in place of this file (.rolldown.config.mjs).
 */
export function readTemplates(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(hbs|sh)$/.test(name))
    .sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}${name}`, 'utf8')]))
}

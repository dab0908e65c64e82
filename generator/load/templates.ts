import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Facts } from '../compile/facts.js'

const folder = fileURLToPath(new URL('../../templates/', import.meta.url))
const factsFile = fileURLToPath(new URL('../../build/facts.json', import.meta.url))

/** All templates of this package by their path below `templates/`, with `/` on every system. */
export function readTemplates(): Record<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((name) => name.replaceAll('\\', '/'))
    .filter((name) => /\.(hbs|sh)$/.test(name))
    .sort()
  return Object.fromEntries(names.map((name) => [name, readFileSync(`${folder}${name}`, 'utf8')]))
}

/** What the build found out about the shipped shell; undefined where it was not built. */
export function readFacts(): Facts | undefined {
  try {
    return JSON.parse(readFileSync(factsFile, 'utf8')) as Facts
  } catch {
    return undefined
  }
}

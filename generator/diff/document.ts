import { readYaml } from '../targets/document/yaml.js'

/** What a target's file says, flat: the environment that it gives, and everything else by its keys. */
export interface Document {
  readonly env: ReadonlyMap<string, string>
  readonly keys: ReadonlyMap<string, string>
}

/** By which a supervisor sees that the script or the configuration changed: the same in each container. */
export const digestKey = 'run_rep/digest'

/** What starts the script, as the name of its file tells; undefined for a file of no target. */
export type Kind = 'marathon' | 'systemd' | 'environment' | 'compose' | 'kubernetes'

/** Which target a file belongs to. */
export function kindOf(name: string): Kind | undefined {
  if (name === 'marathon.json') return 'marathon'
  if (name === 'compose.yaml') return 'compose'
  if (name === 'kubernetes.yaml') return 'kubernetes'
  if (name.endsWith('.service')) return 'systemd'
  return name.endsWith('.env') ? 'environment' : undefined
}

/** Reads a target's file; undefined where it is none, as an edited one may be. */
export function readDocument(kind: Kind, text: string): Document | undefined {
  switch (kind) {
    case 'marathon':
      return flatten([parseJson(text)])
    case 'compose':
      return flatten(parseYaml(text))
    case 'kubernetes':
      return flatten(parseYaml(text)?.map((one) => ({ [objectName(one)]: one })))
    case 'systemd':
      return readUnit(text)
    case 'environment':
      return { env: new Map(readAssignments(text)), keys: new Map() }
    default:
      return kind satisfies never
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

// Anybody may have written it: aliases without end are an error of the parser's.
function parseYaml(text: string): unknown[] | undefined {
  try {
    const documents = readYaml(text)
    return documents.length === 0 ? undefined : documents
  } catch {
    return undefined
  }
}

// A namespace is part of the name: what moves to another one is made there, and stays here.
function objectName(one: unknown): string {
  const metadata = Object(Object(one).metadata)
  const namespace = metadata.namespace === undefined ? '' : `${metadata.namespace}/`
  return `${Object(one).kind} ${namespace}${metadata.name}`
}

function flatten(documents: readonly unknown[] | undefined): Document | undefined {
  if (documents === undefined || documents.some((one) => typeof one !== 'object' || one === null))
    return undefined
  const found = { env: new Map<string, string>(), keys: new Map<string, string>() }
  for (const one of documents) walk(one, '', found)
  return found
}

type Found = { readonly env: Map<string, string>; readonly keys: Map<string, string> }

function walk(value: unknown, path: string, found: Found): void {
  if (isOfOthers(path)) return
  if (/(^|\.)run_rep[./]digest$/.test(path)) {
    found.keys.set(digestKey, String(value))
    return
  }
  if (/(^|\.)(env|environment)$/.test(path)) {
    for (const [name, text] of listVariables(value)) addVariable(found.env, name, text)
    return
  }
  if (typeof value !== 'object' || value === null) {
    found.keys.set(path, String(value))
    return
  }
  // A list of words is one value; one of things is as many as it has.
  if (Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null)) {
    found.keys.set(path, value.join(' '))
    return
  }
  const members = Array.isArray(value)
    ? value.map((one, index) => [nameItem(one, index), one] as const)
    : Object.entries(value)
  if (members.length === 0) found.keys.set(path, Array.isArray(value) ? '[]' : '{}')
  for (const [key, one] of members) walk(one, join(path, key), found)
}

function join(path: string, key: string): string {
  if (path === '') return key
  return key.startsWith('[') ? `${path}${key}` : `${path}.${key}`
}

function nameItem(one: unknown, index: number): string {
  const { name, mountPath, containerPath, uri } = Object(one)
  const known = [name, mountPath, containerPath, uri].find((text) => typeof text === 'string')
  return `[${known ?? index}]`
}

// The script and the configuration, which a manifest holds, are compared by themselves.
function isOfOthers(path: string): boolean {
  return /^ConfigMap [^.]*\.data(\.|$)/.test(path)
}

/** An environment as Marathon and Compose write it, by its names, or as a pod has it, by a list. */
function listVariables(value: unknown): [string, string][] {
  const entries: (readonly [string, unknown])[] = Array.isArray(value)
    ? value.map((one) => [String(Object(one).name), Object(one).value ?? Object(one).valueFrom])
    : Object.entries(Object(value))
  return entries.map(([name, text]) => [
    name,
    typeof text === 'object' && text !== null ? JSON.stringify(text) : String(text),
  ])
}

// Several services have the same environment, but for what tells them apart.
function addVariable(env: Map<string, string>, name: string, text: string): void {
  const before = env.get(name)
  if (before === undefined) env.set(name, text)
  else if (!before.split(' | ').includes(text)) env.set(name, `${before} | ${text}`)
}

/** A key that stands several times in a unit has several values, in their order. */
function readUnit(text: string): Document {
  const env: [string, string][] = []
  const keys = new Map<string, string>()
  let section = ''
  for (const line of text.split('\n')) {
    section = /^\[(\w+)\]\s*$/.exec(line)?.[1] ?? section
    const [, key, value = ''] = /^(\w+)=(.*)$/.exec(line) ?? []
    if (key === undefined) continue
    if (key === 'Environment') env.push(...readAssignments(value))
    else
      keys.set(
        `${section}.${key}`,
        [keys.get(`${section}.${key}`), value].filter((one) => one !== undefined).join('; '),
      )
  }
  return { env: new Map(env), keys }
}

function readAssignments(text: string): [string, string][] {
  return [...text.matchAll(/^([A-Za-z_]\w*)=(.*)$/gm)].map(([, name = '', value = '']) => [
    name,
    /^"(?:[^"\\]|\\.)*"$/.test(value) ? value.slice(1, -1).replace(/\\(.)/g, '$1') : value,
  ])
}

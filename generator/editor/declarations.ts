import { type Schema, sentence } from './schema.js'

/** How an object of the model is called in TypeScript, where its place in the model makes no good name. */
const names: Readonly<Record<string, string>> = {
  '': 'ReplicaInput',
  'steps[]': 'StepInput',
  'env.NAME:port': 'PlainVariableInput',
  'env.NAME:integer': 'NumberVariableInput',
  'env.NAME:choice': 'ChoiceVariableInput',
  'access[]:local': 'AccessLocalInput',
  'access[]:host': 'AccessHostInput',
  'access[]:local.database': 'LiteralNameInput',
  'access[]:local.user': 'LiteralNameInput',
  'access[]:host.database': 'LiteralNameInput',
  'access[]:host.user': 'LiteralNameInput',
  'access[]:replication': 'AccessReplicationInput',
  'access[]:replication.user': 'LiteralNameInput',
}

/** What is printed by hand: a type of its own, and where it comes from. */
const settings = { path: 'postgresql.settings', type: 'SettingsInput', from: '../postgres/settings-input.js' }

const head = `// Printed from the schemas of the model by "npm run input"; do not edit it.
import type { ${settings.type} } from '${settings.from}'
`

const width = 110

const about = `/**
 * A model as a person writes it; every part may be left out. Times are whole seconds. Sizes are MiB as a number; those of
 * a volume and of \`shm\` may be text with a unit ('100GiB'), \`task.mem\` and \`task.disk\` may not. Settings of PostgreSQL
 * have PostgreSQL's units. What several models share is typed by \`satisfies ReplicaInput\`.
 */`

/** The types of what a person writes, an interface for each object, from the outside in, with all that is known of each key. */
export function printDeclarations(model: Schema): string {
  const interfaces = new Map<string, string>()

  const printObject = (path: string, schema: Schema): string => {
    const name = names[path] ?? names[path.replace(/\[\]$/, '')] ?? `${pascal(path)}Input`
    // Its place is kept: what it holds comes after it.
    interfaces.set(name, '')
    const members = Object.entries(schema.properties ?? {}).map(([key, member]) => {
      const isRequired = schema.required?.includes(key) ?? false
      const type = printType(path === '' ? key : `${path}.${key}`, member)
      const line = isRequired ? `  readonly ${key}: ${type}` : `  readonly ${key}?: ${type} | undefined`
      return `${printDoc(member, '  ')}${breakUnion(line)}\n`
    })
    const doc = path === '' ? `${about}\n` : printDoc({ ...schema, default: undefined }, '')
    interfaces.set(name, `${doc}export interface ${name} {\n${members.join('')}}\n`)
    return name
  }

  const printType = (path: string, schema: Schema): string => {
    if (path === settings.path) return settings.type
    const branches = schema.anyOf ?? schema.oneOf
    if (branches !== undefined) {
      const isOne = branches.filter(({ properties }) => properties !== undefined).length < 2
      const types = branches.map((branch) => printType(isOne ? path : `${path}${nameBranch(branch)}`, branch))
      return [...new Set(types)].join(' | ')
    }
    if ('const' in schema) return literal(schema.const)
    if (schema.enum !== undefined) return schema.enum.map(literal).join(' | ')
    if (schema.items !== undefined) {
      const item = printType(`${path}[]`, schema.items)
      return / /.test(item) ? `readonly (${item})[]` : `readonly ${item}[]`
    }
    if (typeof schema.additionalProperties === 'object') {
      return `Readonly<Record<string, ${printType(`${path}.NAME`, schema.additionalProperties)}>>`
    }
    if (schema.properties !== undefined) return printObject(path, schema)
    const types = [schema.type ?? 'unknown'].flat()
    return types.map((type) => (type === 'integer' ? 'number' : type)).join(' | ')
  }

  printObject('', model)
  return `${head}\n${[...interfaces.values()].join('\n')}`
}

/** Which of several objects it is, by the first word of its first key. */
function nameBranch({ properties = {} }: Schema): string {
  const [first] = Object.values(properties)
  return `:${String(first?.const ?? first?.enum?.[0])}`
}

function pascal(path: string): string {
  return path
    .replace(/^targets\.|\.NAME|\[\]/g, '')
    .split(/[.:-]/)
    .map((word) => word.slice(0, 1).toUpperCase() + word.slice(1))
    .join('')
}

/** A line that is too long, a word of its union on each. */
function breakUnion(line: string): string {
  if (line.length <= width) return line
  const [name = '', type = ''] = line.split(/: (.*)/)
  // Not within brackets.
  const words = type.split(/ \| (?![^<(]*[>)])/)
  return `${name}:\n${words.map((word) => `    | ${word}`).join('\n')}`
}

function printDoc(schema: Schema, indent: string): string {
  const words = [schema.description, ...listFormats(schema), describeRange(schema)]
  const sentences = words.flatMap((text) => (text === undefined || text === '' ? [] : [sentence(text)]))
  const usual = schema.default === undefined ? '' : literal(schema.default)
  const lines = [
    ...wrap([...new Set(sentences)].join(' '), width - indent.length - 3),
    ...(usual === '' || /^(\{\}|\[\])$/.test(usual)
      ? []
      : wrap(`@default ${usual}`, width - indent.length - 3)),
  ].map((text) => text.replaceAll('*/', '* /'))
  const [first] = lines
  if (first === undefined) return ''
  if (lines.length === 1 && first.length + indent.length + 7 <= width) return `${indent}/** ${first} */\n`
  return `${indent}/**\n${lines.map((text) => `${indent} * ${text}\n`).join('')}${indent} */\n`
}

/** What is said of the values themselves, wherever it stands. */
function listFormats({ format_, anyOf, items }: Schema): string[] {
  const inner = [...(anyOf ?? []), ...(items === undefined ? [] : [items])].filter(
    ({ properties }) => properties === undefined,
  )
  return [
    ...(format_ === undefined ? [] : [format_]),
    ...inner.flatMap((schema) => [
      ...(schema.description === undefined || schema.enum !== undefined ? [] : [schema.description]),
      ...listFormats(schema),
    ]),
  ]
}

function describeRange({ minimum, maximum }: Schema): string | undefined {
  if (minimum === undefined && maximum === undefined) return undefined
  if (maximum === undefined || maximum === 2_147_483_647)
    return minimum === 0 ? undefined : `At least ${minimum}`
  return `${minimum ?? 0} to ${maximum}`
}

function literal(value: unknown): string {
  if (typeof value === 'string') return `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value).map(([key, member]) => `${key}: ${literal(member)}`)
    return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
  }
  return String(value)
}

function wrap(text: string, most: number): string[] {
  const lines: string[] = []
  for (const word of text.split(' ').filter((one) => one !== '')) {
    const last = lines.at(-1)
    if (last === undefined || last.length + 1 + word.length > most) lines.push(word)
    else lines[lines.length - 1] = `${last} ${word}`
  }
  return lines
}

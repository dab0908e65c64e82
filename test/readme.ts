import { z } from 'zod'
import { createProgram } from '../generator/commands/program.js'
import { modelSchema } from '../generator/compile/model.js'
import { builtinSteps } from '../generator/model/builtin-steps.js'
import { supervisorWords } from '../generator/model/contract/supervisor.js'
import { builtinVariables } from '../generator/model/contract/variables.js'
import { exitClasses, failures } from '../generator/model/exits.js'
import { maxInteger } from '../generator/targets/marathon/schema.js'
import { readVerified } from './lab/record.js'
import { type Page, readPages } from './readme-pages.js'

/** The generated blocks of the pages by the name in their markers, each printed from what the compiler uses itself. */
export const sections: Readonly<Record<string, () => string>> = {
  picture: printPicture,
  commands: printCommands,
  steps: printSteps,
  contract: printContract,
  supervisor: printSupervisor,
  exits: printExits,
  model: printModel,
  verified: printVerified,
}

/** Blocks whose lines a test takes from the page and uses, and that test. */
export const rehearsed: Readonly<Record<string, string>> = {
  'systemd install': 'test/supervisors/systemd.test.ts',
  'systemd ready': 'test/supervisors/systemd.test.ts',
  'password file': 'test/pair/readme-lines.test.ts',
  'tls authority': 'test/pair/readme-lines.test.ts',
  'tls server': 'test/pair/readme-lines.test.ts',
  'tls client': 'test/pair/readme-lines.test.ts',
  'upgrades set aside': 'test/lab/upgraded.ts',
}

/** A block of a page: what stands between `<!-- begin NAME -->` and `<!-- end NAME -->`. */
export interface Block {
  readonly name: string
  readonly body: string
}

/** The blocks of a page. Throws where a marker has no partner. */
export function listBlocks({ path, text }: Page): Block[] {
  const found = [...text.matchAll(/^<!-- begin (.+?) -->\n([\s\S]*?)^<!-- end \1 -->$/gm)]
  const markers = [...text.matchAll(/<!-- (?:begin|end) (.+?) -->/g)]
  const blocks = found.map(([, name = '', body = '']) => ({ name, body }))
  const lonely = markers.find(([, name]) => {
    const closed = blocks.filter((block) => block.name === name).length
    return markers.filter(([, other]) => other === name).length !== 2 * closed
  })
  if (lonely !== undefined) throw new Error(`${path}: ${lonely[0]} has no partner`)
  return blocks
}

/** The one page that has a block of that name; throws where there is none, or more than one. */
export function findBlock(pages: readonly Page[], name: string): Block {
  const found = pages.flatMap((page) => listBlocks(page).filter((block) => block.name === name))
  const [block, ...others] = found
  if (block === undefined) throw new Error(`no page has the block ${name}`)
  if (others.length > 0) throw new Error(`the block ${name} is there ${found.length} times`)
  return block
}

/** The lines of a rehearsed block. */
export function linesOf(name: string): string {
  const { body } = findBlock(readPages(), name)
  const [, lines] = /^```(?:sh|text)\n([\s\S]*?)```\n$/.exec(body) ?? []
  if (lines === undefined) throw new Error(`the block ${name} is not one fence`)
  return lines
}

/** Prints each generated block of a page anew. */
export function fillPage(page: Page): string {
  return listBlocks(page).reduce((text, { name }) => {
    const print = sections[name]
    if (print === undefined) return text
    const marks = new RegExp(`(<!-- begin ${name} -->\n)[\\s\\S]*?(<!-- end ${name} -->)`)
    return text.replace(marks, (_, begin: string, end: string) => `${begin}${print()}${end}`)
  }, page.text)
}

/** The command line, by what prints its help. */
function printCommands(): string {
  const { commands } = createProgram(() => {})
  const rows = commands.map((command) => [
    code([command.name(), ...command.registeredArguments.map(nameArgument)].join(' ')),
    command.description(),
    command.options.map(({ flags }) => code(flags)).join(', '),
  ])
  return printTable(['command', 'what it does', 'options'], rows)
}

function nameArgument(argument: { name: () => string; required: boolean }): string {
  return argument.required ? `<${argument.name()}>` : `[${argument.name()}]`
}

/** The picture of a run, folded; test/report/graph.test.ts draws the file. */
function printPicture(): string {
  const text = 'A run of run_rep.sh: its steps, what each decides, and the exit codes'
  const image = `![${text}](generator/report/run.svg)`
  return ['<details><summary>The picture of a run</summary>', '', image, '', '</details>', ''].join('\n')
}

function printSteps(): string {
  const rows = builtinSteps.map(({ name, file, doc }) => [code(name), doc, code(`templates/run_rep/${file}`)])
  return printTable(['step', 'what it does', 'where it is written'], rows)
}

function printContract(): string {
  const rows = builtinVariables.map(({ name, required, default: usual, setBy, doc }) => [
    code(name),
    required ? 'required' : usual === undefined ? '' : code(usual),
    setBy,
    doc,
  ])
  return printTable(['variable', 'default', 'set by', 'what it is'], rows)
}

function printSupervisor(): string {
  const rows = supervisorWords.flatMap(({ variables, doc }) =>
    variables.map(({ name, setBy }) => [code(name), setBy, doc]),
  )
  return printTable(['variable', 'set by', 'what for'], rows)
}

function printExits(): string {
  const rows = exitClasses.flatMap(({ code: exitCode, means }) => [
    [`**${exitCode}**`, '', `**${means}**`, '', ''],
    ...failures
      .filter((failure) => failure.code === exitCode)
      .map((failure) => ['', code(failure.id), failure.means, failure.advice, failure.data]),
  ])
  return printTable(['exit', 'failure', 'what happened', 'what to do', 'what it means for the data'], rows)
}

function printVerified(): string {
  const rows = Object.entries(readVerified()).flatMap(([group, cells]) =>
    Object.entries(cells)
      .sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true }))
      .map(([name, { postgres, debian }]) => [group, name, postgres, debian]),
  )
  return printTable(['what differs', 'cell', 'PostgreSQL', 'Debian of the agent'], rows)
}

function printModel(): string {
  return printTable(
    ['key', 'type', 'default', 'what it is'],
    listKeys().map(({ path, type, usual, doc }) => [code(path), type, usual, doc]),
  )
}

/** One key of a model, as a person writes it. */
export interface ModelKey {
  readonly path: string
  readonly type: string
  readonly usual: string
  readonly doc: string
}

/** Every key that a model may have: `[]` stands for an item of a list, `NAME` for a name of the user's. */
export function listKeys(): ModelKey[] {
  const root = z.toJSONSchema(modelSchema, { io: 'input', unrepresentable: 'any', reused: 'inline' })
  return listMembers(asSchema(root)).flatMap(({ name, schemas, isRequired }) =>
    describeKey(name, schemas, isRequired),
  )
}

/** What is used here of JSON Schema, as zod prints it. */
interface Schema {
  readonly type?: string | readonly string[]
  readonly const?: unknown
  readonly enum?: readonly unknown[]
  readonly anyOf?: readonly Schema[]
  readonly oneOf?: readonly Schema[]
  readonly items?: Schema
  readonly properties?: Readonly<Record<string, Schema>>
  readonly required?: readonly string[]
  readonly additionalProperties?: Schema | boolean
  readonly minimum?: number
  readonly maximum?: number
  readonly default?: unknown
  readonly description?: string
}

interface Member {
  readonly name: string
  /** One for each kind of object that has the member. */
  readonly schemas: readonly Schema[]
  readonly isRequired: boolean
}

function describeKey(path: string, schemas: readonly Schema[], isRequired: boolean): ModelKey[] {
  const [first] = schemas
  const below = unique(schemas.flatMap((schema) => listBelow(schema)))
  const members = below.flatMap((suffix) => {
    const holders = schemas.flatMap((schema) => findHolders(schema, suffix))
    return mergeMembers(holders.flatMap(listMembers)).map((member) => ({ ...member, suffix }))
  })
  const keys = members.flatMap(({ name, suffix, schemas: inner, isRequired: needed }) =>
    describeKey(`${path}${suffix}.${name}`, inner, needed),
  )
  // A group of keys that is always there, such as `run`, needs no line of its own.
  if (first?.properties !== undefined && first.default !== undefined) return keys
  const usual = first?.default
  const key = {
    path,
    type: unique(schemas.flatMap(nameTypes)).join(' or '),
    usual: usual === undefined ? (isRequired ? 'required' : '') : nameDefault(usual),
    doc: unique(schemas.flatMap(({ description }) => description ?? [])).join('; '),
  }
  return [key, ...keys]
}

// Where the objects are that a value holds: '' for the value itself, '[]' for items, '.NAME' for named ones.
function listBelow(schema: Schema): string[] {
  return ['', '[]', '.NAME'].filter((suffix) => findHolders(schema, suffix).length > 0)
}

function findHolders(schema: Schema, suffix: string): Schema[] {
  const branches = alternatives(schema)
  const { additionalProperties: named } = schema
  if (suffix === '[]') return branches.flatMap(({ items }) => (items ? findHolders(items, '') : []))
  if (suffix === '.NAME') return typeof named === 'object' ? findHolders(named, '') : []
  return branches.filter(({ properties }) => properties !== undefined)
}

function listMembers(schema: Schema): Member[] {
  return Object.entries(schema.properties ?? {}).map(([name, member]) => ({
    name,
    schemas: [member],
    isRequired: schema.required?.includes(name) ?? false,
  }))
}

function mergeMembers(members: readonly Member[]): Member[] {
  return unique(members.map(({ name }) => name)).map((name) => {
    const same = members.filter((member) => member.name === name)
    return {
      name,
      schemas: same.flatMap(({ schemas }) => schemas),
      isRequired: same.some(({ isRequired }) => isRequired),
    }
  })
}

function alternatives(schema: Schema): readonly Schema[] {
  return (schema.anyOf ?? schema.oneOf)?.flatMap(alternatives) ?? [schema]
}

function nameTypes(schema: Schema): string[] {
  const branches = alternatives(schema)
  const constants = branches.flatMap((branch) => ('const' in branch ? [JSON.stringify(branch.const)] : []))
  const others = branches.filter((branch) => !('const' in branch)).flatMap(nameType)
  return unique([...sayWords(constants), ...others])
}

function nameType(schema: Schema): string[] {
  const { type, items, additionalProperties: named, minimum = 0, maximum = Number.MAX_SAFE_INTEGER } = schema
  if (schema.enum !== undefined) return sayWords(schema.enum.map((value) => JSON.stringify(value)))
  if (items !== undefined) return [`list of ${nameTypes(items).join(' or ')}`]
  if (typeof named === 'object') return [`${nameTypes(named).join(' or ')} by name`]
  if (type === 'integer') {
    // What no number of seconds reaches is no news to a reader.
    if (maximum < maxInteger) return [`integer, ${minimum} to ${maximum}`]
    return [minimum > 0 ? `integer from ${minimum}` : 'integer']
  }
  return typeof type === 'string' ? [type] : [...(type ?? ['any'])]
}

// Numbers in a row are said by their ends; words are listed.
function sayWords(values: readonly string[]): string[] {
  const [first, last] = [values[0], values.at(-1)]
  const isRow = values.length > 2 && values.every((value, index) => Number(value) === Number(first) + index)
  if (isRow) return [`${first} to ${last}`]
  return values.length === 0 ? [] : [values.map(code).join(', ')]
}

function nameDefault(value: unknown): string {
  const text = JSON.stringify(value)
  if (text.length <= 40) return code(text)
  return Array.isArray(value) ? `${value.length} items` : '…'
}

function printTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map(escapeCell).join(' | ')} |`,
  )
  return `${lines.join('\n').replaceAll('|  |', '| |').replaceAll('|  |', '| |')}\n`
}

// In code an entity would be shown as it is written.
function escapeCell(text: string): string {
  const parts = text.split(/(`[^`]*`)/)
  const escaped = parts.map((part, index) => (index % 2 === 1 ? part : part.replaceAll('<', '&lt;')))
  return escaped.join('').replaceAll('|', '\\|').replaceAll('\n', ' ')
}

function code(text: string): string {
  return text === '' ? '' : `\`${text}\``
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)]
}

function asSchema(value: object): Schema {
  return value
}

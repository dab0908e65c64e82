/** What run_rep.sh and its map tell of the model that they came from. */
export interface ScriptFacts {
  /** What the model compiled in, by name, each with its value as the script reads it. */
  readonly constants: ReadonlyMap<string, Constant>
  readonly majors: readonly number[]
  /** The settings that the model gives the server on its command line. */
  readonly held: ReadonlyMap<string, Constant>
  readonly variables: ReadonlyMap<string, Variable>
  /** In the order in which they run. */
  readonly steps: ReadonlyMap<string, Step>
  /** The text that each source gave the script. */
  readonly parts: ReadonlyMap<string, string>
}

export interface Constant {
  readonly value: string
  readonly model?: string | undefined
}

export interface Variable {
  readonly type: string
  readonly what: string
  readonly doc: string
  readonly required: boolean
  readonly default?: string | undefined
  readonly secret: boolean
  readonly model?: string | undefined
}

export interface Step {
  readonly doc: string
  readonly source: string
  readonly text: string
  /** The step in the model, if it is the user's. */
  readonly model?: string | undefined
}

/**
 * Reads a script, and its map where there is one: it may be of any version, or edited, so that nothing is believed of it.
 * Without a map variables, steps and parts are not known.
 */
export function readScript(script: string, mapText: string | undefined): ScriptFacts {
  const map = parseMap(mapText)
  const lines = script.split('\n')
  const textOf = (range: unknown) => {
    const [from, to] = Array.isArray(range) ? range.map(Number) : []
    return from === undefined || to === undefined ? '' : lines.slice(from - 1, to).join('\n')
  }
  const modelOf = (name: string) => textAt(entriesOf(map, 'constants').get(name), 'model')
  return {
    constants: new Map(
      readConstants(script).map(([name, value]) => [name, { value, model: modelOf(name) }] as const),
    ),
    majors: (/'for PostgreSQL ([\d ]+)'/.exec(script)?.[1] ?? '').split(' ').filter(Boolean).map(Number),
    held: mapEach(entriesOf(map, 'held'), (one) => ({
      value: textAt(one, 'value') ?? '',
      model: textAt(one, 'model'),
    })),
    variables: mapEach(entriesOf(map, 'variables'), (one) => ({
      type: textAt(one, 'type') ?? '',
      what: textAt(one, 'what') ?? '',
      doc: textAt(one, 'doc') ?? '',
      required: Reflect.get(one, 'required') === true,
      default: textAt(one, 'default'),
      secret: Reflect.get(one, 'secret') === true,
      model: textAt(one, 'model'),
    })),
    steps: mapEach(entriesOf(map, 'steps'), (one) => ({
      doc: textAt(one, 'doc') ?? '',
      source: textAt(one, 'source') ?? '',
      text: textOf(Reflect.get(one, 'lines')),
      model: textAt(one, 'model'),
    })),
    parts: readParts(map, textOf),
  }
}

// The block of constants stands before the first function, each on a line of its own.
function readConstants(script: string): [string, string][] {
  const [, block = ''] =
    /\n# What the model compiles in[^\n]*\n((?:#[^\n]*\n|[a-z_]+=[^\n]*\n)+)/.exec(script) ?? []
  return [...block.matchAll(/^([a-z_]+)=(.*)$/gm)].map(([, name = '', value = '']) => [name, unquote(value)])
}

function unquote(word: string): string {
  return word.replace(/'([^']*)'|\\(.)/g, (_, quoted?: string, escaped?: string) => quoted ?? escaped ?? '')
}

/** The line with the digest of the model, which changes with the least of changes; each is told where it belongs. */
export const modelLine = /'run_rep\.sh of model [0-9a-f]+' 'for PostgreSQL [\d ]*'/

function readParts(map: object, textOf: (range: unknown) => string): ReadonlyMap<string, string> {
  const sources: unknown = Reflect.get(map, 'sources')
  const parts = new Map<string, string>()
  for (const one of Array.isArray(sources) ? sources : []) {
    const source = textAt(Object(one), 'source') ?? ''
    // A source may give several pieces.
    const before = parts.get(source)
    const text = textOf(Reflect.get(Object(one), 'lines')).replace(modelLine, '')
    parts.set(source, before === undefined ? text : `${before}\n${text}`)
  }
  return parts
}

function parseMap(text: string | undefined): object {
  try {
    return Object(JSON.parse(text ?? '{}'))
  } catch {
    return {}
  }
}

function entriesOf(map: object, key: string): ReadonlyMap<string, object> {
  const found: unknown = Reflect.get(map, key)
  return new Map(Object.entries(Object(found)).map(([name, value]) => [name, Object(value)]))
}

function mapEach<To>(entries: ReadonlyMap<string, object>, to: (one: object) => To): ReadonlyMap<string, To> {
  return new Map([...entries].map(([name, one]) => [name, to(one)]))
}

function textAt(one: object | undefined, key: string): string | undefined {
  const value: unknown = one && Reflect.get(one, key)
  return value === undefined || value === null ? undefined : String(value)
}

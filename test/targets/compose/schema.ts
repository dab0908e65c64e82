import { readFileSync } from 'node:fs'
import { Ajv } from 'ajv'

// dclint ships the schema of the Compose specification.
const schema: unknown = JSON.parse(readFileSync('node_modules/dclint/schemas/compose.schema.json', 'utf8'))
const { $schema: _, ...plain } = Object(schema)
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(plain)

/** What the schema of the Compose specification says of a file: places and words. */
export function findFaults(document: unknown): string[] {
  validate(document)
  return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`)
}

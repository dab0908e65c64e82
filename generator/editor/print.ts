// npm run build, npm run input: prints what editors know of a configuration from the schemas of the model.
//   node build/editor/print.js          the JSON Schema, into build/; fails where the types are not those of the schemas
//   node build/editor/print.js --write  the types as well, which are committed
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { printDeclarations } from './declarations.js'
import { printSchema, readModelSchema } from './schema.js'

const path = (name: string) => fileURLToPath(new URL(name, import.meta.url))
const typesFile = path('../../generator/input/replica-input.ts')

const model = readModelSchema()
const types = printDeclarations(model)
writeFileSync(path('../replica.schema.json'), printSchema(model))
if (process.argv.includes('--write')) writeFileSync(typesFile, types)
if (readFileSync(typesFile, 'utf8') !== types) {
  process.stderr.write('generator/input/replica-input.ts is not what the schemas say: run "npm run input"\n')
  process.exitCode = 1
}

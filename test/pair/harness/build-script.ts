import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { compileReplica } from '../../../generator/compile/compile.js'
import type { ReplicaInput } from '../../../generator/input/replica-input.js'
import { readTemplates } from '../../../generator/load/templates.js'
import type { Space } from './space.js'

let count = 0

/** All files of a model, as text by their names. */
export function buildFiles(
  model: ReplicaInput,
  stepFiles: Readonly<Record<string, string>> = {},
): Readonly<Record<string, string>> & { readonly 'run_rep.sh': string } {
  const { files, diagnostics } = compileReplica(model, {
    templates: readTemplates(),
    stepFiles,
    docs: {},
  })
  const text = files['run_rep.sh']
  if (text === undefined) throw new Error(JSON.stringify(diagnostics))
  return { ...files, 'run_rep.sh': text }
}

/** The script of another model than the embedded one, as a file of the space. */
export function buildScript(
  space: Space,
  model: ReplicaInput,
  stepFiles: Readonly<Record<string, string>> = {},
): string {
  const text = buildFiles(model, stepFiles)['run_rep.sh']
  count += 1
  const path = join(space.dir, `run_rep-${count}.sh`)
  writeFileSync(path, text)
  return path
}

/** As the embedded model, but for a test that must not wait long, and is not about collations. */
export function buildQuickScript(
  space: Space,
  run: ReplicaInput['run'] = {},
  rest: ReplicaInput = {},
): string {
  return buildScript(space, {
    ...rest,
    run: { watchInterval: 1, staleLimit: 5, onCollation: 'ignore', ...run },
  })
}

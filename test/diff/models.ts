import { compileReplica, tryModel } from '../../generator/compile/compile.js'
import { type Artefacts, toArtefacts } from '../../generator/diff/artefacts.js'
import type { Change } from '../../generator/diff/change.js'
import { compareArtefacts } from '../../generator/diff/compare.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { readTemplates } from '../../generator/load/templates.js'

const templates = readTemplates()

/** A model with all that a comparison can find, which compiles without a warning. */
export const base = {
  master: { hosts: ['pg1.db', 'pg2.db'], tls: 'require', channelBinding: 'require' },
  postgresql: { majors: [16], settings: { shared_buffers: '512MB' } },
  access: [],
  task: { cpus: 1, mem: 4096, volume: '100GiB' },
  targets: { marathon: { id: '/db/pg' } },
} as const satisfies ReplicaInput

/** What a model gives, by the names of its files: a second of work. */
export function artefactsOf(
  model: ReplicaInput,
  stepFiles: Readonly<Record<string, string>> = {},
): Artefacts {
  const { files, diagnostics } = compileReplica(model, { templates, stepFiles, docs: {} })
  if (files['run_rep.sh'] === undefined) throw new Error(JSON.stringify(diagnostics))
  return toArtefacts(files)
}

let made: Artefacts | undefined

/** What the usual model gives, made once. */
export function usual(): Artefacts {
  made ??= artefactsOf(base)
  return made
}

/** The usual artefacts with other texts in the place of some. */
export function withTexts(texts: Readonly<Record<string, string | ((text: string) => string)>>): Artefacts {
  const entries = Object.entries(texts).map(([name, text]): [string, string] => [
    name,
    typeof text === 'string' ? text : text(usual()[name] ?? ''),
  ])
  return { ...usual(), ...Object.fromEntries(entries) }
}

/** The usual artefacts with what the targets of a model print, which takes no script. */
export function withTargets(model: ReplicaInput): Artefacts {
  const { files, diagnostics } = tryModel({ ...base, ...model })
  if (Object.keys(files).length === 0) throw new Error(JSON.stringify(diagnostics))
  const { 'marathon.json': _, ...rest } = usual()
  return { ...rest, ...toArtefacts(files) }
}

/** The changes from one side to another. */
export function changes(from: Artefacts, to: Artefacts): readonly Change[] {
  return compareArtefacts(from, to).changes
}

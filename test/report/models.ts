import { readFileSync } from 'node:fs'
import type { Values } from '../../generator/compile/compile.js'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { printPage } from '../../generator/report/page.js'
import type { ProofRow } from '../../generator/report/proofs.js'
import { compile } from '../compile/sources.js'

/** Models whose runs differ as much as they may. */
export const models = {
  embedded: {},
  rewind: { run: { onDiverged: 'rewind', durability: 'behind' }, postgresql: { majors: [15] } },
  reclone: { run: { onDiverged: 'reclone' } },
  published: {
    master: { hosts: ['pg1.db', 'pg2.db'], tls: 'verify-full' },
    postgresql: { majors: [12, 16], settings: { max_connections: 200, work_mem: '64MB' } },
    access: [{ type: 'hostnossl', database: 'shop', user: '+readers', from: '10.0.0.0/8' }],
    task: { mem: 4096, volume: '100GiB' },
    targets: { marathon: {}, systemd: { name: 'pg-replica' } },
  },
} as const satisfies Readonly<Record<string, ReplicaInput>>

/** What a model comes to, without errors. */
export function valuesOf(
  model: ReplicaInput | object,
  steps: Readonly<Record<string, string>> = {},
): { values: Values; files: Readonly<Record<string, string>>; diagnostics: readonly Diagnostic[] } {
  const { values, files, diagnostics } = compile(model, { stepFiles: steps })
  if (values === undefined)
    throw new Error(diagnostics.map(({ code, message }) => `${code} ${message}`).join('\n'))
  return { values, files, diagnostics }
}

const proofs: readonly ProofRow[] = [
  { what: 'syntax', by: 'unbash', version: '1', result: 'passed', detail: '' },
]

/** The page of a model, as `report` prints it. */
export function pageOf(model: ReplicaInput | object, steps: Readonly<Record<string, string>> = {}): string {
  const { values, files, diagnostics } = valuesOf(model, steps)
  return printPage({
    config: 'replica.config.ts',
    version: '1.0.0',
    values,
    files,
    diagnostics,
    placeOf: () => undefined,
    proofs,
  })
}

export const announce = readFileSync('test/golden/rich/steps/announce.sh', 'utf8')

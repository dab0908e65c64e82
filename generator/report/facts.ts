import { configurationOf, hostsOf, readTls } from '../model/replica.js'
import type { Content, Markup } from './markup.js'
import type { Page } from './page.js'
import { code, inARow, pairs } from './parts.js'

/** What one asks first of a replica. */
export function factsSection({ config, values, files, version }: Page): Markup {
  const { model, targets } = values
  const { master, run, ready, task, postgresql } = model
  const tls = readTls(master)
  const started = targets.map(({ name, print }) => `${name} (${Object.keys(print()).join(', ')})`)
  return pairs([
    ['Model', config === undefined ? 'the embedded one, an example' : code(config)],
    ['Master', inARow(hostsOf(master).map(code))],
    ['As role', code(master.role)],
    ['TLS', tls === undefined ? 'as libpq does by itself (prefer)' : tls.mode],
    ['PostgreSQL', showMajors(postgresql.majors)],
    ['Started by', started.length === 0 ? 'nothing that the model names' : started.join('; ')],
    ['Each task', `${task.instances} × ${task.cpus} CPU, ${task.mem} MiB memory`],
    [
      'Data',
      [
        code(run.dataDir),
        task.volume === undefined ? ', gone with the task' : `, on a volume of ${showSize(task.volume)}`,
      ],
    ],
    [
      'Whose configuration',
      configurationOf(model) === 'published' ? 'the published files rule' : 'the master’s, as it was cloned',
    ],
    ['Data that cannot follow', diverged[run.onDiverged]],
    [
      'A clone answers',
      run.durability === 'before' ? 'when it is on disk' : 'at once, and streams when it is on disk',
    ],
    [
      'Ready',
      `at most ${ready.lagMiB} MiB behind${ready.lagSeconds === undefined ? '' : ` and ${ready.lagSeconds} s old`}`,
    ],
    ['Script', showScript(files)],
    ['Compiler', version],
  ])
}

const diverged = {
  fail: 'the run ends (65), a person decides',
  reclone: 'is cloned again',
  rewind: 'is rewound, where pg_rewind can',
} as const

function showMajors(majors: readonly number[]): string {
  return [...new Set(majors)].sort((a, b) => a - b).join(', ')
}

function showSize(size: number | string): string {
  return typeof size === 'number' ? `${size} MiB` : size
}

// As `sh run_rep.sh version` has it on an agent.
function showScript(files: Page['files']): Content {
  const script = files['run_rep.sh'] ?? ''
  const digest = /'run_rep\.sh of model ([0-9a-f]+)'/.exec(script)?.[1] ?? ''
  return [`${script.split('\n').length - 1} lines, of model `, code(digest)]
}

import type { ReplicaInput } from '../input/replica-input.js'
import type { Answers } from './answers.js'
import { makeModel } from './model.js'

/** The schema by which an editor knows what a replica.config.json may hold. */
export const schemaPath = './node_modules/postgres-rep-marathon/build/replica.schema.json'

/** Prints replica.config.json. */
export function printJson(answers: Answers): string {
  return `${JSON.stringify({ $schema: schemaPath, ...makeModel(answers) }, null, 2)}\n`
}

/** Prints replica.config.ts: each part with what it is for, and what comes next as lines to be switched on. */
export function printTypeScript(answers: Answers): string {
  const { master, run, postgresql, task, targets, publish } = makeModel(answers)
  const { majors } = postgresql ?? {}
  return `import { defineReplica } from 'postgres-rep-marathon'

// One read replica, whoever starts it. Each key says in your editor what it is for; what is left out has a default.
// After each change: postgres-rep-marathon generate, and diff to see what it means for replicas that run.
export default defineReplica({
  // The master as replicas reach it; its role and its pg_hba.conf: dist/master.sql, dist/master.pg_hba.conf.
  master: ${literal(master)},
${run === undefined ? '' : `${configurationLines(run)}\n`}
  postgresql: {
    // The major that the master has: a replica has the same.
    majors: ${literal(majors)},
    // Lines of postgresql.conf. With one of them, or with access, your files rule in place of the master's.
    // settings: { max_connections: 200, work_mem: '16MB' },
  },

  // Who may read, as lines of pg_hba.conf (import allow, too). Without it: as the master says, or, with settings,
  // all private networks by password.
  // access: [allow.host({ database: 'all', user: 'all', from: '10.0.0.0/8' })],

  // What the supervisor gives each replica: shares of CPUs, MiB of memory, how many${task?.volume === undefined ? '' : ', the disk that keeps its data'}.
  task: ${literal(task)},

  // What starts it.
  targets: ${literalLines(targets)},
${publish === undefined ? '' : `\n  // Where you serve what lies in dist.\n  publish: ${literal(publish)},\n`}})
`
}

function configurationLines(run: NonNullable<ReplicaInput['run']>): string {
  return `
  // Where the configuration lies on each host, for a master that keeps its own elsewhere, as Debian does.
  run: ${literal(run)},`
}

// One target a line.
function literalLines(sections: object = {}): string {
  const lines = Object.entries(sections).map(([name, section]) => `    ${name}: ${literal(section)},\n`)
  return `{\n${lines.join('')}  }`
}

/** A value of the model as a person writes it in TypeScript. */
function literal(value: unknown): string {
  if (typeof value === 'string') return quote(value)
  if (Array.isArray(value)) return `[${value.map(literal).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  return `{ ${Object.entries(value)
    .map(([key, one]) => `${key}: ${literal(one)}`)
    .join(', ')} }`
}

function quote(text: string): string {
  const escaped = JSON.stringify(text).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")
  return `'${escaped.replaceAll('\u2028', '\\u2028').replaceAll('\u2029', '\\u2029')}'`
}

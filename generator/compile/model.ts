import { z } from 'zod'
import { replicaSchema } from '../model/replica.js'
import { targets } from '../targets/all.js'

type Sections = {
  [Name in keyof typeof targets]: z.ZodOptional<(typeof targets)[Name]['schema']>
}

const sections = Object.fromEntries(
  Object.entries(targets).map(([name, { schema }]) => [name, schema.optional()]),
) as Sections

/** A whole model: a replica, and whatever is to start it. Every other file knows the replica, or one target. */
export const modelSchema = replicaSchema.extend({
  targets: z
    .strictObject(sections)
    .prefault({ marathon: {} })
    .describe('What starts the script: each that is named is printed; by default Marathon alone'),
})

/** A model with every default filled in and every value checked. */
export type Model = z.infer<typeof modelSchema>

// An interface below, since an alias for what zod infers could not be named in the declarations of a user's program, and
// what is said of its members would be lost.
type Input = z.input<typeof modelSchema>

/**
 * A model as a person writes it; every part may be left out. Times are whole seconds. Sizes are MiB as a number, or text
 * with a unit ('100GiB'); settings of PostgreSQL have PostgreSQL's units. Every key with its type, range and default:
 * README, "The model".
 */
export interface ReplicaInput extends Input {
  /** Where the master is, and as whom, and how, replicas reach it. */
  master?: Input['master']
  /** How the script behaves: as whom it runs PostgreSQL, where the data lies, how long it waits, what it does with trouble. */
  run?: Input['run']
  /** How the copy of the master is made: how fast, after which checkpoint, compressed or not. */
  clone?: Input['clone']
  /** How data that left the master's history is brought back, where `run.onDiverged` is 'rewind'. */
  rewind?: Input['rewind']
  /** The archive from which WAL is taken that the master has removed. */
  restore?: Input['restore']
  /** What `run_rep.sh ready` takes for ready. */
  ready?: Input['ready']
  /** How long each kind of shutdown may take; both must fit into `task.stopGrace`. */
  shutdown?: Input['shutdown']
  /** The majors that a master may have, and the settings of postgresql.conf by name. */
  postgresql?: Input['postgresql']
  /** Lines of pg_hba.conf for the clients of the replica, made by `allow` and `deny`; the first that matches decides. */
  access?: Input['access']
  /** Variables of your own by name, made by `variable`, for steps of your own. */
  env?: Input['env']
  /** Steps of your own: files of plain shell, each run before or after a built-in step. */
  steps?: Input['steps']
  /** What every supervisor gives a replica: how many, how much, how long, with which environment. */
  task?: Input['task']
  /** What starts the script, each with what only it knows: Marathon (the default), systemd, Compose, Kubernetes. */
  targets?: Input['targets']
  /** The URL where you serve what is generated: run_rep.sh, and conf/postgresql.conf and conf/pg_hba.conf. */
  publish?: Input['publish']
}

/**
 * States a replica, in `replica.config.ts` or for `generate`. It gives the literal its type and returns the same object,
 * and throws nothing: the values are judged when the model is compiled, where each finding has its place in your file.
 */
export function defineReplica(model: ReplicaInput): ReplicaInput {
  return model
}

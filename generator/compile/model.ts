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
  accept: z
    .array(z.string().regex(/^W_[A-Z_]+$/, 'the code of a warning'))
    .optional()
    .describe(
      'Codes of warnings that are meant as they are: they are not shown, and --strict lets them pass',
    ),
})

/** A model with every default filled in and every value checked. */
export type Model = z.infer<typeof modelSchema>

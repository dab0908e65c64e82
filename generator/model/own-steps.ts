import { posix } from 'node:path'
import { z } from 'zod'
import { builtinSteps, type StepName, stepNames, workStep } from './builtin-steps.js'

/** A built-in step other than `end`, at which nothing is run. */
const point = <End extends StepName>(end: End) => {
  const names = stepNames.filter((name): name is Exclude<StepName, End> => name !== end)
  const whyNot = 'nothing runs before the contract is checked, or after serve, which ends the script'
  return z.enum(names, { error: ({ input }) => (input === end ? whyNot : undefined) })
}

/**
 * A step of the user's own: a file of plain shell that defines the function `step_<name>`, run before or
 * after a named step. The file is relative to the configuration that names it.
 */
export const userStepSchema = z
  .strictObject({
    name: z
      .string()
      .regex(/^[a-z][a-z0-9_]*$/, 'a step has lower case letters, digits and _')
      .refine((name) => !builtinSteps.some((step) => step.name === name), 'a built-in step has this name')
      .describe('Its name, as it stands in the log; the file defines step_<name>'),
    // It stands in a comment of the script: what follows a line break there would be run.
    doc: z
      .string()
      .min(1)
      .regex(
        /^[^\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]*$/u,
        'one line, without control characters',
      )
      .describe('One sentence on what it is for; it stands in the table of contents of the script'),
    file: z
      .string()
      .regex(/^[^\p{Cc}\\]*\.sh$/u, 'a file of plain shell, its name ends in .sh')
      .refine((file) => !posix.isAbsolute(file), {
        error: 'relative to the configuration: an absolute path would stand in what is generated',
      })
      .describe('A file of plain shell that defines step_<name>, relative to the configuration'),
    tools: z
      .array(z.string().regex(/^[A-Za-z0-9_][\w.+-]*$/, 'the name of a program'))
      .default([])
      .describe('Programs that it runs besides those of POSIX and PostgreSQL; preflight looks for them'),
    before: point('contract').optional().describe('The built-in step that it runs before'),
    after: point('serve').optional().describe('The built-in step that it runs after'),
  })
  .refine(({ before, after }) => (before === undefined) !== (after === undefined), {
    error: 'say either before or after, and the name of a built-in step',
  })
  .meta({
    description: 'A step of your own: its name, its file, and where in a run it stands',
    allOf: [{ oneOf: [{ required: ['before'] }, { required: ['after'] }] }],
  })

export type UserStep = z.infer<typeof userStepSchema>

/** All steps of a run in their order: the built-in ones and the user's, those at one point as listed. */
export function orderSteps(
  own: readonly (Pick<UserStep, 'name'> & { readonly [at in 'before' | 'after']?: string | undefined })[],
): string[] {
  return builtinSteps.flatMap(({ name }) => [
    ...own.filter((step) => step.before === name).map((step) => step.name),
    name,
    ...own.filter((step) => step.after === name).map((step) => step.name),
  ])
}

/** The steps of the user's that run before `$work` is there, the directory for small files. */
export function listEarly(own: Parameters<typeof orderSteps>[0]): string[] {
  const order = orderSteps(own)
  return order.slice(0, order.indexOf(workStep)).filter((name) => own.some((step) => step.name === name))
}

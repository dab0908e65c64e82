import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import type { UserStep } from '../model/own-steps.js'
import type { Effects } from '../shell/effects.js'
import type { Design } from './sources.js'

/** A program that a step names and nothing runs: a name too many would hide the next one that is misspelt. */
export function judgeStepTools(steps: readonly UserStep[], { functions }: Effects): Diagnostic[] {
  const run = new Set(functions.flatMap(({ tools }) => tools.map(({ name }) => name)))
  return steps.flatMap(({ name, tools }, step) =>
    tools.flatMap((tool, index): Diagnostic[] => {
      if (run.has(tool)) return []
      const message = `the step ${name} names the program ${tool}, and nothing runs it`
      return [
        { code: 'E_STEP_TOOL', path: pathTo`steps.${step}.tools.${index}`, message, hint: 'take it out' },
      ]
    }),
  )
}

/** A variable of the contract that nothing reads. libpq reads its own. */
export function judgeReaders({ model, contract }: Design, effects: Effects): Diagnostic[] {
  const names = contract.filter(({ setBy }) => setBy !== 'libpq').map(({ name }) => name)
  return listUnreadContract(effects, names).map((name) => ({
    code: 'E_ENV_UNREAD',
    ...(Object.hasOwn(model.env, name) ? { path: pathTo`env.${name}` } : {}),
    message: `${name} is in the contract, but no step reads it and no child gets it`,
    hint: `read "$${name}" in a step, export it there for a program, or take it out`,
  }))
}

/** What looks at every variable of the contract, and takes none for anything. */
const passive: ReadonlySet<string> = new Set(['step_contract', 'keep_contract'])

/**
 * Each variable of the contract has a reader besides its own check, or a child: libpq's go to PostgreSQL's tools
 * by the environment, others when they are exported. Gives the names that have none.
 */
export function listUnreadContract({ functions }: Effects, names: readonly string[]): string[] {
  const read = new Set(
    functions
      .filter(({ name }) => !passive.has(name))
      .flatMap(({ reads, exports }) => [...reads, ...exports])
      .map(({ name }) => name),
  )
  return names.filter((name) => !read.has(name))
}

import type { UserStep } from '../model/own-steps.js'
import { functionsOf } from '../shell/commands.js'
import { type FunctionEffects, functionEffectsOf } from '../shell/effects.js'
import { parseShell } from '../shell/parse.js'
import { reachableFrom } from '../shell/tools.js'

/** What a shell sets by itself, or uses only to read words: it lasts no longer than the step that sets it. */
const ofTheShell = new Set(['IFS', 'OPTARG', 'OPTIND', 'OLDPWD', 'PWD'])

/** A step of the user's and its functions: those of its file, and of others that it calls there. */
export interface StepFunctions {
  readonly step: string
  readonly functions: readonly FunctionEffects[]
}

/** The functions that each of the user's steps reaches in the user's own files (`texts`, by the model's name). */
export function functionsOfSteps(
  steps: readonly Pick<UserStep, 'name' | 'file'>[],
  texts: Readonly<Record<string, string>>,
): StepFunctions[] {
  const all = [...new Set(steps.map(({ file }) => file))].flatMap((file) => {
    const shell = parseShell(texts[file] ?? '')
    return functionEffectsOf(shell, functionsOf(shell)).filter(({ name }) => name !== '')
  })
  return steps.map(({ name }) => {
    const reached = new Set(reachableFrom({ functions: all }, [`step_${name}`]))
    return { step: name, functions: all.filter((one) => reached.has(one.name)) }
  })
}

/**
 * The steps whose work has to last in the script: they give a value to a variable of the environment (by convention
 * in capitals), export or unset one, or set what another step reads. They run in the script's own shell, all others
 * in a process of their own (templates/run_rep/lib/own-step.sh).
 */
function listLastingSteps(all: readonly StepFunctions[]): string[] {
  return all
    .filter(({ step, functions }) => {
      const others = all.filter((other) => other.step !== step).flatMap((other) => other.functions)
      const mine = new Set(functions.map(({ name }) => name))
      const read = new Set(
        others.filter(({ name }) => !mine.has(name)).flatMap(({ reads }) => reads.map(({ name }) => name)),
      )
      return functions.some(({ sets, exports, unsets }) => {
        const given = [...sets.filter(({ by }) => by !== 'environment'), ...exports, ...unsets]
        return (
          given.some(({ name }) => !ofTheShell.has(name) && (/^[A-Z]/.test(name) || read.has(name))) ||
          // Not all of the environment is in capitals: http_proxy.
          exports.some(({ name }) => !name.startsWith('_'))
        )
      })
    })
    .map(({ step }) => step)
}

/** The steps that run in the script's own shell, and their functions. */
export interface Lasting {
  readonly steps: readonly string[]
  readonly functions: ReadonlySet<string>
}

/** Finds those steps in the user's files (`texts`, by the model's name). */
export function findLasting(
  steps: readonly Pick<UserStep, 'name' | 'file'>[],
  texts: Readonly<Record<string, string>>,
): Lasting {
  const all = functionsOfSteps(steps, texts)
  const lasting = listLastingSteps(all)
  return { steps: lasting, functions: functionsIn(all, lasting) }
}

/** The functions that some of the steps reach. */
export function functionsIn(all: readonly StepFunctions[], steps: readonly string[]): ReadonlySet<string> {
  return new Set(
    all.flatMap(({ step, functions }) => (steps.includes(step) ? functions.map(({ name }) => name) : [])),
  )
}

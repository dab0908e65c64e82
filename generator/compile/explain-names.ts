import { codes as generalCodes } from '../diagnostics/codes.js'
import { builtinSteps } from '../model/builtin-steps.js'
import { builtinVariables } from '../model/contract/variables.js'
import { exitClasses, failures } from '../model/exits.js'
import { catalogue } from '../postgres/catalogue.js'
import { targets } from '../targets/all.js'
import { keyNames } from './keys.js'

/** Every code of a finding, those of the targets, too. */
export const codes: Readonly<Record<string, string>> = Object.assign(
  {},
  generalCodes,
  ...Object.values(targets).map((target) => target.codes),
)

/** A kind of thing that can be explained, and the names that every model has of it. */
export interface NameGroup {
  readonly title: string
  readonly names: readonly string[]
  /** Too many to be listed: how many there are is said, and a few are named. */
  readonly isLong?: boolean
}

/** What can be explained whatever the model is. */
export function nameGroups(): NameGroup[] {
  return [
    { title: 'steps of a run', names: builtinSteps.map(({ name }) => name) },
    { title: 'variables of the script', names: builtinVariables.map(({ name }) => name) },
    { title: 'failures of the script', names: failures.map(({ id }) => id) },
    {
      title: 'exit codes',
      names: ['0', '1', '2', ...exitClasses.map(({ code }) => String(code)), '137', '143'],
    },
    { title: 'keys of the model', names: keyNames() },
    { title: 'codes of findings', names: Object.keys(codes) },
    { title: 'settings of PostgreSQL', names: [...catalogue.values()].map(({ name }) => name), isLong: true },
  ]
}

/** All these names, for the completion of a shell. */
export function usualNames(): string[] {
  return nameGroups().flatMap(({ names }) => names)
}

import { posix } from 'node:path'
import type { ContractVariable } from '../model/contract/variables.js'
import type { Replica } from '../model/replica.js'

/** A model, and the contract that comes of it: all that a script is made for. */
export interface Design {
  readonly model: Replica
  readonly contract: readonly ContractVariable[]
}

/** Everything that compiling needs besides the model; nothing of the compiler reads a file. */
export interface Sources {
  /** The package's templates by their path below `templates/`. */
  readonly templates: Readonly<Record<string, string>>
  /** The text of each step file of the user's, by the name that the model gives it. */
  readonly stepFiles: Readonly<Record<string, string>>
  /** Why a step file could not be read. */
  readonly stepFaults?: Readonly<Record<string, string>>
  /** The folder that step files are relative to, as the user named it; places begin with it. */
  readonly stepDir?: string
  /** Doc comments on the variables of `env`. */
  readonly docs: Readonly<Record<string, string>>
}

/** The text of a template; throws where the package lacks it. */
export function templateOf({ templates }: Sources, name: string): string {
  const text = templates[name]
  if (text === undefined) throw new Error(`no template ${name}`)
  return text
}

/** A step file as a person finds it. */
export function showStepFile(file: string, { stepDir = '' }: Sources): string {
  return posix.join(stepDir, file)
}

import type { Replica } from '../model/replica.js'
import { targets } from '../targets/all.js'
import type { Files, Started, Target } from '../targets/target.js'
import type { Model } from './model.js'

/** What one of the model's targets came to, before what lies beside its files is known. */
export interface UnprintedTarget extends Started, Pick<Target, 'isPublished'> {
  readonly name: string
}

/** What one of the model's targets came to. */
export interface StartedTarget extends Omit<UnprintedTarget, 'print' | 'trace'> {
  readonly print: () => Files
  readonly trace?: () => ReturnType<NonNullable<Started['trace']>>
}

/** A target, and the files that are published whatever it is. */
export function printBeside({ print, trace, ...rest }: UnprintedTarget, published: Files): StartedTarget {
  return { ...rest, print: () => print(published), ...(trace && { trace: () => trace(published) }) }
}

/** Compiles each target that a model names, in the order of the list. */
export function compileTargets(sections: Model['targets'], replica: Replica): UnprintedTarget[] {
  const all: Readonly<Record<string, Target>> = targets
  const given: Readonly<Record<string, unknown>> = sections
  return Object.entries(all).flatMap(([name, target]): UnprintedTarget[] => {
    const section = given[name]
    if (section === undefined) return []
    return [{ name, isPublished: target.isPublished, ...target.compile(section, replica) }]
  })
}

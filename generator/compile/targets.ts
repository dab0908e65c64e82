import type { Replica } from '../model/replica.js'
import { targets } from '../targets/all.js'
import type { Started, Target } from '../targets/target.js'
import type { Model } from './model.js'

/** What one of the model's targets came to. */
export interface StartedTarget extends Started, Pick<Target, 'isPublished'> {
  readonly name: string
}

/** Compiles each target that a model names, in the order of the list. */
export function compileTargets(sections: Model['targets'], replica: Replica): StartedTarget[] {
  const all: Readonly<Record<string, Target>> = targets
  const given: Readonly<Record<string, unknown>> = sections
  return Object.entries(all).flatMap(([name, target]): StartedTarget[] => {
    const section = given[name]
    if (section === undefined) return []
    return [{ name, isPublished: target.isPublished, ...target.compile(section, replica) }]
  })
}

import { type Model, modelSchema } from '../../../generator/compile/model.js'
import type { MarathonApp } from '../../../generator/targets/marathon/app.js'
import { buildApp } from '../../../generator/targets/marathon/build.js'
import { marathonSchema } from '../../../generator/targets/marathon/schema.js'

/** Keys of `task` and of `targets.marathon` side by side, since an app has them so; a volume has those of both. */
type Flat = object

/** The whole model of them, beside its other parts. */
export function modelOf(flat: Flat, parts: object = {}): Model {
  const task: Record<string, unknown> = {}
  const marathon: Record<string, unknown> = {}
  for (const [key, value] of Object.entries(flat)) {
    if (key === 'volume' && typeof value === 'object') {
      const { size, ...from } = value
      task.volume = size
      if (Object.keys(from).length > 0) marathon.volume = from
    } else if (key !== 'volume' && Object.hasOwn(marathonSchema.shape, key)) marathon[key] = value
    else task[key] = value
  }
  return modelSchema.parse({ ...parts, task, targets: { marathon } })
}

/** The app that comes of it. */
export function appOf(flat: Flat, parts: object = {}): MarathonApp {
  const { targets, ...replica } = modelOf(flat, parts)
  return buildApp(marathonSchema.parse(targets.marathon), replica)
}

import { join } from 'node:path'
import type { Values } from '../compile/compile.js'
import { listNames } from '../load/choose.js'
import { hostsOf } from '../model/replica.js'
import type { Origin } from './build.js'
import { showOrigin, type Where } from './place-files.js'

/** One line that says which model that is, what it makes, whose replica, and where its files are written or looked for. */
export function describeModel(
  origin: Origin,
  { model, targets }: Values,
  { out, app }: Where,
  verb: 'into' | 'in',
): string {
  const made = targets.flatMap(({ identity }) => (identity ? [`${identity.what} ${identity.name}`] : []))
  const isApp = targets.some(({ name }) => name === 'marathon')
  const places = [join(out, '/'), ...(isApp ? [app === '-' ? 'standard output' : app] : [])]
  return [
    `${showOrigin(origin)}: ${made.length === 0 ? 'no target' : listNames(made)}`,
    `master ${listNames(hostsOf(model.master))}`,
    `${verb} ${listNames(places)}`,
  ].join(', ')
}

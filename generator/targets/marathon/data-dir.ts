import { posix } from 'node:path'
import { usualValue } from '../../model/contract/variables.js'
import type { MarathonApp } from './app.js'

/** Where the tasks of an app have their data: a path of the agent, or below the sandbox. */
export function findDataDir({ env }: MarathonApp): string {
  const given = env.PGDATA_DIR
  return posix
    .normalize(typeof given === 'string' ? given : usualValue('PGDATA_DIR'))
    .replace(/(.)\/+$/, '$1')
}

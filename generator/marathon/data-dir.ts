import { posix } from 'node:path'
import { builtinVariables } from '../model/contract/variables.js'
import type { MarathonApp } from './app.js'

const variable = builtinVariables.find(({ name }) => name === 'PGDATA_DIR')

/** Where the tasks of an app have their data: a path of the agent, or below the sandbox. */
export function findDataDir({ env }: MarathonApp): string {
  const given = env[variable?.name ?? '']
  return posix
    .normalize(typeof given === 'string' ? given : (variable?.default ?? ''))
    .replace(/(.)\/+$/, '$1')
}

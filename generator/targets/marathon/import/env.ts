import { type ModelPath, pathTo } from '../../../diagnostics/path.js'
import { builtinVariables } from '../../../model/contract/variables.js'
import { pathOfVariable, usualReplica } from '../../../model/replica.js'
import { isObject } from './app-file.js'
import type { Taking } from './draft.js'

/** Takes the environment: variables of the contract go to their part of the model, all others to task.env. */
export function takeEnv(value: unknown, taking: Taking): void {
  const { set, change } = taking
  const env = isObject(value) ? value : {}
  const others: Record<string, unknown> = {}
  const hasFiles = ['PGSSLROOTCERT', 'PGSSLCERT', 'PGSSLKEY'].some((name) => typeof env[name] === 'string')
  for (const [name, given] of Object.entries(env)) {
    const path = pathOfVariable(usualReplica, name)
    const isOurs = builtinVariables.some((variable) => variable.name === name) && path !== undefined
    if (/^(PORT\d*|PORTS|HOST|MESOS_\w+|MARATHON_\w+)$/.test(name)) {
      change(
        `${name} is Marathon's to set: a task would be told a port or host that is not its own`,
        'it is left out',
      )
    } else if (name === 'PGPASSWORD') {
      change(
        'every process of the agent could read PGPASSWORD, and the script refuses it',
        'write it into the password file: run.passfile',
      )
    } else if (isOurs && given === '') {
      // As good as not set, for the script, too.
    } else if (!isOurs || typeof given !== 'string') {
      Object.defineProperty(others, name, { value: given, enumerable: true })
    } else if (name === 'POSTGRES_MASTER') {
      takeMaster(given, taking)
    } else if (name === 'CONFIG_URL') {
      set(pathTo`run.configUrl`, given)
    } else {
      const to = name === 'PGSSLMODE' && hasFiles ? pathTo`master.tls.mode` : path
      set(to, typeof readAt(usualReplica, to) === 'number' && /^\d+$/.test(given) ? Number(given) : given)
    }
  }
  if (!env.CONFIG_URL) set(pathTo`run.configUrl`, null)
  if (Object.keys(others).length > 0) set(pathTo`task.env`, others)
}

// The script of 2015 had no variable for a port, and put the master into a connection string as it was.
function takeMaster(given: string, { set, change }: Taking): void {
  const [host = '', ...keywords] = given
    .trim()
    .replace(/^host=/, '')
    .split(/\s+/)
  if (keywords.length === 0) {
    const hosts = given.split(',')
    set(pathTo`master.hosts`, hosts.length > 1 ? hosts : given)
    return
  }
  set(pathTo`master.hosts`, host)
  const port = keywords.find((keyword) => /^port=\d+$/.test(keyword))?.slice('port='.length)
  if (port !== undefined) set(pathTo`master.port`, Number(port))
  const others = keywords.filter((keyword) => !keyword.startsWith('port='))
  change(
    `POSTGRES_MASTER is hosts, and no part of a connection string${others.length === 0 ? '' : `: ${others.join(' ')} is left out`}`,
    'the port is master.port, TLS is master.tls',
  )
}

function readAt(model: object, path: ModelPath): unknown {
  return path.reduce<unknown>((around, key) => (isObject(around) ? around[key] : undefined), model)
}

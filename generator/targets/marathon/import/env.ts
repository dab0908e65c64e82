import { type ModelPath, pathTo } from '../../../diagnostics/path.js'
import { builtinVariables } from '../../../model/contract/variables.js'
import { pathOfVariable, usualReplica } from '../../../model/replica.js'
import { findLibpqWord, libpqKeywords } from '../../../postgres/libpq.js'
import { isObject } from './app-file.js'
import type { Taking } from './draft.js'
import { loseUnlike } from './others.js'

/** Takes the environment: variables of the contract go to their part of the model, all others to task.env. */
export function takeEnv(value: unknown, taking: Taking): void {
  const { set, change } = taking
  if (loseUnlike(value, 'an object', taking)) return
  const env = isObject(value) ? value : {}
  const others: Record<string, unknown> = {}
  const hasTlsParts = tlsParts.some((name) => typeof env[name] === 'string' && env[name] !== '')
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
      Object.defineProperty(others, name, {
        value: given,
        enumerable: true,
        writable: true,
        configurable: true,
      })
    } else if (name === 'POSTGRES_MASTER') {
      takeMaster(given, taking)
    } else if (name === 'CONFIG_URL') {
      set(pathTo`run.configUrl`, given)
    } else {
      const to = name === 'PGSSLMODE' && hasTlsParts ? pathTo`master.tls.mode` : path
      set(to, typeof readAt(usualReplica, to) === 'number' && /^\d+$/.test(given) ? Number(given) : given)
    }
  }
  // What libpq takes by itself.
  if (hasTlsParts && !env.PGSSLMODE) {
    set(pathTo`master.tls.mode`, env.PGSSLROOTCERT === 'system' ? 'verify-full' : 'prefer')
  }
  takeMajors(env, taking)
  if (!env.CONFIG_URL) set(pathTo`run.configUrl`, null)
  if (Object.keys(others).length > 0) set(pathTo`task.env`, others)
}

// An app names no majors; what protects wants a master whose libpq keeps it.
function takeMajors(env: Readonly<Record<string, unknown>>, { set }: Taking): void {
  const sinces = Object.entries(libpqKeywords).map(([name, keyword]) => {
    const value = env[name]
    const word = typeof value === 'string' ? findLibpqWord(keyword, value) : undefined
    return value !== '' && word?.protects ? word.since : 0
  })
  const { majors } = usualReplica.postgresql
  const left = majors.filter((major) => major >= Math.max(...sinces))
  if (left.length < majors.length) set(pathTo`postgresql.majors`, left)
}

const tlsParts = ['ROOTCERT', 'CERT', 'KEY', 'CRL', 'MINPROTOCOLVERSION', 'NEGOTIATION'].map(
  (part) => `PGSSL${part}`,
)

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

import { pathTo } from '../../../diagnostics/path.js'
import { usualReplica } from '../../../model/replica.js'
import { isObject } from './app-file.js'
import type { Taking } from './draft.js'
import { loseOthers, loseStrangeItems, loseUnlike } from './others.js'

const ours = 'exec sh run_rep.sh health'

/** Takes the numbers of our own health check; any other is replaced by it, with the reason. */
export function takeHealthChecks(value: unknown, taking: Taking): void {
  const { set, change } = taking
  if (loseUnlike(value, 'a list', taking)) return
  loseStrangeItems(value, taking)
  const checks = (Array.isArray(value) ? value : []).filter(isObject)
  const own = checks.find(({ command }) => isObject(command) && command.value === ours)
  for (const { protocol = 'HTTP' } of checks.filter((check) => check !== own)) {
    change(`${reasonAgainst(String(protocol))}: run_rep.sh health takes its place, with the model's patience`)
  }
  if (own === undefined) return
  loseOthers(own, ownKeys, taking, 'healthChecks[].')
  loseOthers(own.command, ['value'], taking, 'healthChecks[].command.')
  const { delaySeconds, gracePeriodSeconds, intervalSeconds, timeoutSeconds, maxConsecutiveFailures } = own
  const numbers = {
    delay: delaySeconds,
    gracePeriod: gracePeriodSeconds,
    interval: intervalSeconds,
    timeout: timeoutSeconds,
    maxFailures: maxConsecutiveFailures,
  }
  for (const [name, number] of Object.entries(numbers)) {
    if (number !== undefined) set(pathTo`task.health.${name}`, number)
    else if (name in defaults) set(pathTo`task.health.${name}`, Reflect.get(defaults, name))
  }
  if (gracePeriodSeconds === undefined)
    change(
      'a clone that takes longer than 300 s is killed by default',
      `the model says ${usualReplica.task.health.gracePeriod}, a day`,
    )
}

// Of a check by a command; what Marathon prints of a port beside it means nothing there.
const ownKeys = [
  ...['protocol', 'command', 'delaySeconds', 'gracePeriodSeconds', 'intervalSeconds', 'timeoutSeconds'],
  'maxConsecutiveFailures',
]

/** Marathon's own numbers, where ours are others (healthCheck.raml). */
const defaults = { interval: 60, timeout: 20, maxFailures: 3 }

function reasonAgainst(protocol: string): string {
  switch (protocol) {
    case 'COMMAND':
      return 'another command does not know whether this is our server, and a standby'
    case 'TCP':
    case 'MESOS_TCP':
      return 'an open port says nothing of whose it is, and whether anybody is let in'
    default:
      return `PostgreSQL does not speak ${protocol.replace('MESOS_', '')}`
  }
}

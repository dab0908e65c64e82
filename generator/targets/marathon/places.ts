import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { MarathonApp } from './app.js'

/**
 * Judges whether the constraints of an app leave room for all of its tasks, as far as they say so themselves: what
 * agents there are nobody knows here, but a constraint may name those that count, or how many tasks each may have.
 */
export function judgePlaces(app: MarathonApp): Diagnostic[] {
  const constraints = app.constraints ?? []
  const fields = [...new Set(constraints.map(([field = '']) => plainField(field)))]
  return fields.flatMap((field): Diagnostic[] => {
    const own = constraints.filter(([name = '']) => plainField(name) === field)
    const room = countPlaces(own, field === 'hostname' && app.requirePorts)
    if (room >= app.instances) return []
    const last = constraints.findLastIndex(([name = '']) => plainField(name) === field)
    const why = field === 'hostname' && app.requirePorts ? ' and a fixed port' : ''
    const message = `the constraints on ${field}${why} leave room for ${room} of ${app.instances} tasks; the others would wait for ever`
    const hint = 'lower task.instances, or allow more'
    return [{ code: 'E_APP_CONSTRAINT', path: pathTo`targets.marathon.constraints.${last}`, message, hint }]
  })
}

type Constraint = readonly string[]

function countPlaces(constraints: readonly Constraint[], isOnce: boolean): number {
  let values: readonly string[] | undefined
  let most = isOnce ? 1 : Number.POSITIVE_INFINITY
  let isOneValue = false
  for (const [, operator, value = ''] of constraints) {
    if (operator === 'UNIQUE') most = Math.min(most, 1)
    if (operator === 'MAX_PER' && /^\d+$/.test(value)) most = Math.min(most, Number(value))
    if (operator === 'CLUSTER') isOneValue = true
    const named = listNamed(operator, value)
    if (named !== undefined) values = values?.filter((one) => named.includes(one)) ?? named
  }
  const count = Math.min(
    values?.length ?? Number.POSITIVE_INFINITY,
    isOneValue ? 1 : Number.POSITIVE_INFINITY,
  )
  // Neither says anything of how many there are.
  return count === 0 || most === 0 ? 0 : count * most
}

/** The values that a constraint names one by one; undefined where it names none, or a pattern of many. */
function listNamed(operator: string | undefined, value: string): string[] | undefined {
  if (operator === 'IS' || operator === 'CLUSTER') return value === '' ? undefined : [value]
  if (operator !== 'LIKE' || !/^([\w-]|\\\.)+(\|([\w-]|\\\.)+)*$/.test(value)) return undefined
  return [...new Set(value.replaceAll('\\.', '.').split('|'))]
}

function plainField(field: string): string {
  return field === '@hostname' ? 'hostname' : field
}

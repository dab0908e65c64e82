import { isIPv6 } from 'node:net'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'

/**
 * Judges the addresses of run.listen in their order (StreamServerPort). Where one of them is taken already, no
 * wildcard can be bound, and the server goes on with a warning in its log; behind a wildcard an address is in vain.
 */
export function judgeListen(listen: readonly string[]): Diagnostic[] {
  return listen.flatMap((address, index): Diagnostic[] => {
    const before = listen.slice(0, index)
    const path = pathTo`run.listen.${index}`
    if (isNoAddress(address)) {
      const message = `${address} is neither an address nor a host name, so PostgreSQL cannot listen there`
      const hint = "an address has four numbers up to 255, as '10.0.0.5', or is one of IPv6, as '::1'"
      return [{ code: 'E_RUN_LISTEN', path, message, hint }]
    }
    const taken = before.find((other) => isOfBoth(other, address))
    if (taken === undefined) return []
    if (wildcards.has(address) && !wildcards.has(taken)) {
      const message = `PostgreSQL cannot listen on ${address} behind ${taken}, and would listen on ${taken} alone`
      return [{ code: 'E_RUN_LISTEN', path, message, hint: `use ['${address}'], which holds ${taken}` }]
    }
    const message = `${address} has no effect behind ${taken}`
    return [{ code: 'W_RUN_LISTEN', path, message, hint: 'take it out' }]
  })
}

// No host has a name of four numbers or more (RFC 1123, 2.1), and colons stand in IPv6 only. Of fewer numbers the C
// library makes an address: 127.1.
function isNoAddress(address: string): boolean {
  if (address.includes(':')) return !isIPv6(address)
  const numbers = address.split('.')
  if (numbers.length < 4 || !numbers.every((one) => /^\d+$/.test(one))) return false
  return numbers.length > 4 || numbers.some((one) => Number(one) > 255)
}

const wildcards: ReadonlySet<string> = new Set(['*', '0.0.0.0', '::'])

// Two addresses that one server cannot have in turn: the same, or one of them is all of that family.
function isOfBoth(one: string, other: string): boolean {
  if (one === other) return true
  if (!wildcards.has(one) && !wildcards.has(other)) return false
  return familiesOf(one).some((family) => familiesOf(other).includes(family))
}

// What a name is only the agent can tell; most have an address of the older kind.
function familiesOf(address: string): number[] {
  if (address === '*') return [4, 6]
  return isIPv6(address) ? [6] : [4]
}

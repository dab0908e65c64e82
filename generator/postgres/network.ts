import { isIPv4, isIPv6 } from 'node:net'

/** Where clients of an access rule come from, as the address column of pg_hba.conf takes it. */
export type Network =
  | { readonly kind: 'keyword'; readonly text: 'all' | 'samehost' | 'samenet' }
  | { readonly kind: 'name'; readonly text: string }
  | {
      readonly kind: 'range'
      readonly text: string
      readonly family: 4 | 6
      readonly isLoopback: boolean
      /** The loopback address that the script asks its own server by is in it: 127.0.0.1. */
      readonly holdsLoopback: boolean
      /** Bits are set behind the mask, which PostgreSQL ignores without a word. */
      readonly hasHostBits: boolean
    }

/**
 * Reads a keyword, an IPv4 or IPv6 range, a single address (gets its full mask) or a host name, or a
 * domain with a leading dot; undefined for anything else (PostgreSQL, "The pg_hba.conf File").
 */
export function parseNetwork(text: string): Network | undefined {
  if (text === 'all' || text === 'samehost' || text === 'samenet') return { kind: 'keyword', text }
  const [address = '', mask, ...rest] = text.split('/')
  const width = isIPv4(address) ? 32 : isIPv6(address) && !address.includes('%') ? 128 : 0
  if (width === 0) return hostName.test(text) && text.length <= 253 ? { kind: 'name', text } : undefined
  if (rest.length > 0 || (mask !== undefined && !/^(0|[1-9]\d{0,2})$/.test(mask))) return undefined
  const prefix = mask === undefined ? width : Number(mask)
  if (prefix > width) return undefined
  const bits = width === 32 ? readIPv4(address) : readIPv6(address)
  const hostMask = (1n << BigInt(width - prefix)) - 1n
  const isLoopback = width === 32 ? prefix >= 8 && bits >> 24n === 127n : prefix === 128 && bits === 1n
  return {
    kind: 'range',
    text: `${address}/${prefix}`,
    family: width === 32 ? 4 : 6,
    isLoopback,
    holdsLoopback: width === 32 && (bits | hostMask) === (readIPv4('127.0.0.1') | hostMask),
    hasHostBits: (bits & hostMask) !== 0n,
  }
}

/** Is every client of `inner` one of `outer`, too? Of a name, or of the agent's own networks, nobody can tell. */
export function isWithin(inner: string, outer: string): boolean {
  if (inner === outer || outer === 'all') return true
  const [one, other] = [readRange(inner), readRange(outer)]
  if (one === undefined || other === undefined || one.width !== other.width) return false
  const shift = BigInt(other.width - other.prefix)
  return one.prefix >= other.prefix && one.bits >> shift === other.bits >> shift
}

function readRange(text: string): { width: number; prefix: number; bits: bigint } | undefined {
  const network = parseNetwork(text)
  if (network?.kind !== 'range') return undefined
  const [address = '', prefix] = network.text.split('/')
  const isOld = network.family === 4
  return {
    width: isOld ? 32 : 128,
    prefix: Number(prefix),
    bits: isOld ? readIPv4(address) : readIPv6(address),
  }
}

// The last label is not all digits, so a mistyped IPv4 address is not taken for a name.
const hostName =
  /^\.?([A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?\.)*(?!\d+$)[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?$/

function readIPv4(address: string): bigint {
  return address.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n)
}

function readIPv6(address: string): bigint {
  const dotted = /^(.*:)(\d+\.\d+\.\d+\.\d+)$/.exec(address)
  if (dotted?.[1] !== undefined && dotted[2] !== undefined) {
    const low = readIPv4(dotted[2])
    return readIPv6(`${dotted[1]}${(low >> 16n).toString(16)}:${(low & 0xffffn).toString(16)}`)
  }
  const [head = '', tail] = address.split('::')
  const left = head === '' ? [] : head.split(':')
  const right = tail === undefined || tail === '' ? [] : tail.split(':')
  const zeros = Array.from({ length: 8 - left.length - right.length }, () => '0')
  return [...left, ...zeros, ...right].reduce((bits, part) => (bits << 16n) | BigInt(`0x${part}`), 0n)
}

import { isIPv4, isIPv6 } from 'node:net'

const mostHosts = 16

/** 1 to 16 comma-separated hosts: libpq's `host=`, each with a port of its own. */
export function isHostList(value: string): boolean {
  const hosts = value.split(',')
  return hosts.length <= mostHosts && hosts.every(isHostPort)
}

/** A name, IPv4 or [IPv6] with an optional `:port`, or a bare IPv6, which takes none. */
function isHostPort(value: string): boolean {
  if (isAddress6(value)) return true
  const [, bracketed, plain = '', port] = /^(?:\[([^\]]*)\]|([^:[\]]*))(?::(.*))?$/s.exec(value) ?? []
  if (port !== undefined && !isPort(port)) return false
  return bracketed === undefined ? isHostName(plain) : isAddress6(bracketed)
}

/** A DNS name (RFC 1123, and the underscore that some have), perhaps with a dot at its end, or an IPv4 address. */
function isHostName(value: string): boolean {
  if (/^[0-9.]*$/.test(value)) return isIPv4(value)
  return value.length <= 253 && value.replace(/\.$/, '').split('.').every(isLabel)
}

/** An http or https URL without user and fragment; of RFC 3986's characters those no shell and no curl reads. */
export function isUrl(value: string): boolean {
  const [, authority, tail = ''] = /^https?:\/\/([^/?]*)(.*)$/s.exec(value) ?? []
  if (authority === undefined || isAddress6(authority)) return false
  return isHostPort(authority) && /^(?:[\w.~:/?@&+,;=-]|%[0-9A-Fa-f]{2})*$/.test(tail)
}

/** As `isUrl`, or file:///DIRECTORY, in characters that need no escape and without "..". */
export function isConfigUrl(value: string): boolean {
  if (!value.startsWith('file:///')) return isUrl(value)
  const path = value.slice('file://'.length)
  return value.length <= 1000 && /^[\w.~/@+,=:-]*$/.test(path) && !path.split('/').includes('..')
}

/** A TCP port in plain digits; 0 would mean "any" to a server and nothing to a client. */
export function isPort(value: string): boolean {
  return /^[1-9][0-9]{0,4}$/.test(value) && Number(value) <= 65535
}

/** The resolver's own grammar, less the zone id: `fe80::1%eth0` means nothing on another machine. */
function isAddress6(value: string): boolean {
  return isIPv6(value) && !value.includes('%')
}

function isLabel(label: string): boolean {
  return /^[\w-]{1,63}$/.test(label) && !label.startsWith('-') && !label.endsWith('-')
}

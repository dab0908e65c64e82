/** A value as a configuration has it, in one line: { hosts: ['a', 'b'] }. */
export function showSource(value: unknown): string {
  if (typeof value === 'string')
    return `'${JSON.stringify(value).slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
  if (Array.isArray(value)) return `[${value.map(showSource).join(', ')}]`
  if (typeof value !== 'object' || value === null) return String(value)
  const members = Object.entries(value).map(([key, member]) => {
    const name = /^[A-Za-z_$][\w$]*$/.test(key) ? key : `'${key}'`
    return `${name}: ${showSource(member)}`
  })
  return members.length === 0 ? '{}' : `{ ${members.join(', ')} }`
}

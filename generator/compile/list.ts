/** A heading and the rows below it: each label is followed by at least two blanks; what has no value is left out. */
export function list(rows: readonly (readonly [label: string, text: string | undefined])[]): string {
  const [heading, ...rest] = rows
  const shown = rest.filter(([, text]) => text !== undefined && text !== '')
  const width = Math.max(12, ...shown.map(([label]) => label.length)) + 2
  const title =
    heading?.[1] === undefined || heading[1] === '' ? heading?.[0] : `${heading[0]}: ${heading[1]}`
  return [title, ...shown.map(([label, text]) => `  ${label.padEnd(width)}${text}`)].join('\n')
}

/** Prints a text as SQL takes it where standard_conforming_strings is on. */
export function sqlText(text: string): string {
  return `'${refuseControls(text).replaceAll("'", "''")}'`
}

/** Prints an identifier of SQL, always in quotes. */
export function sqlName(text: string): string {
  return `"${refuseControls(text).replaceAll('"', '""')}"`
}

function refuseControls(text: string): string {
  if (/[\p{Cc}\p{Cs}]/u.test(text)) throw new Error(`no text of one line: ${JSON.stringify(text)}`)
  return text
}

/**
 * The settings of a postgresql.conf by their names in lower case, as its reader takes them (guc-file.l): the last line of
 * a name counts, the = may be left out, a value may stand in quotes. Lines that it would not take are left out.
 */
export function readConf(text: string): Map<string, string> {
  const line =
    /^[ \t]*([A-Za-z_][\w$]*(?:\.[A-Za-z_][\w$]*)?)(?:[ \t]*=[ \t]*|[ \t]+)('(?:[^'\\]|\\.|'')*'|[^\s#']+)[ \t]*(?:#.*)?\r?$/
  const found = text.split('\n').flatMap((one): [string, string][] => {
    const [, name, value] = line.exec(one) ?? []
    return name === undefined || value === undefined ? [] : [[name.toLowerCase(), unquote(value)]]
  })
  return new Map(found)
}

function unquote(value: string): string {
  if (!value.startsWith("'")) return value
  return value
    .slice(1, -1)
    .replace(/''|\\(.)/g, (whole, escaped?: string) => (whole === "''" ? "'" : (escaped ?? '')))
}

/** The lines of a pg_hba.conf that say something, in their order, each with one blank between its words. */
export function readRules(text: string): string[] {
  return text
    .replace(/\\\r?\n/g, '')
    .split('\n')
    .map((line) => (line.match(/#.*|"(?:[^"]|"")*"|[^\s#"]+|\s+/g) ?? []).reduce(joinWords, '').trim())
    .filter((line) => line !== '')
}

function joinWords(line: string, word: string): string {
  if (word.startsWith('#')) return line
  return /^\s/.test(word) ? `${line} ` : line + word
}

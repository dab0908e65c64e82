/** Texts of artefacts, each by its name, whichever folder it lies in. */
export type Artefacts = Readonly<Record<string, string>>

/** What every model gives, whatever starts the script: that a URL or a directory holds at least the first is asked for. */
export const usualArtefacts = [
  'run_rep.sh',
  'run_rep.map.json',
  'postgresql.conf',
  'pg_hba.conf',
  'master.sql',
  'master.pg_hba.conf',
  'SHA256SUMS',
] as const

/** The name of an artefact, without the folder that it is published in. */
export function nameArtefact(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1)
}

/** Where an artefact is published, below `publish`: what CONFIG_URL leads to lies in a folder of its own. */
export function publishedPath(path: string): string {
  const name = nameArtefact(path)
  return name === 'postgresql.conf' || name === 'pg_hba.conf' ? `conf/${name}` : path
}

/** Where an artefact may lie: where it is published, or where earlier versions put it. */
export function possiblePaths(name: string): readonly string[] {
  return [...new Set([publishedPath(name), name])]
}

/** Files by their paths as artefacts by their names. */
export function toArtefacts(files: Readonly<Record<string, string>>): Artefacts {
  return Object.fromEntries(Object.entries(files).map(([path, text]) => [nameArtefact(path), text]))
}

/** The names that a SHA256SUMS lists, with their digests. A line that no `sha256sum -c` would take is left out. */
export function readSums(text: string): ReadonlyMap<string, string> {
  const lines = [
    ...text.matchAll(/^([0-9a-f]{64}) [ *](?:\.\/)?((?:[\w@+-][\w@.+-]*\/)*[\w@+-][\w@.+-]*)$/gm),
  ]
  return new Map(lines.map(([, digest = '', path = '']) => [path, digest]))
}

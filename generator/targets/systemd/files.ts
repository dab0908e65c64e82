import { posix } from 'node:path'
import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import { pathOfVariable, type Replica } from '../../model/replica.js'
import type { Systemd } from './schema.js'
import type { Service } from './service.js'

/** A file or directory of the host that a replica works with, and the part of the model that names it. */
export interface HostFile {
  readonly path: string
  readonly from: ModelPath
  readonly isData: boolean
}

const variables = ['PGDATA_DIR', 'PGPASSFILE', 'PGSSLROOTCERT', 'PGSSLCRL', 'PGSSLCERT', 'PGSSLKEY']

/** All that the model names of the host by an absolute path, the script first. */
export function listHostFiles(
  { script }: Systemd,
  replica: Replica,
  environment: Service['environment'],
): HostFile[] {
  const given = variables.flatMap((name): HostFile[] => {
    const path = environment[name]
    const from = pathOfVariable(replica, name)
    if (typeof path !== 'string' || from === undefined || !posix.isAbsolute(path)) return []
    return [{ path, from, isData: name === 'PGDATA_DIR' }]
  })
  return [
    { path: script, from: pathTo`targets.systemd.script`, isData: false },
    ...given,
    ...listWal(replica),
    ...listArchive(replica),
  ]
}

function listWal({ clone: { walDir } }: Replica): HostFile[] {
  return walDir === undefined ? [] : [{ path: walDir, from: pathTo`clone.walDir`, isData: true }]
}

function listArchive({ restore }: Replica): HostFile[] {
  if (restore?.from === 'directory')
    return [{ path: restore.path, from: pathTo`restore.path`, isData: false }]
  if (restore === undefined || !('config' in restore) || restore.config === undefined) return []
  return [{ path: restore.config, from: pathTo`restore.config`, isData: false }]
}

/** Whether a path lies in one of these directories, or is one. */
export function isBelow(path: string, directories: readonly string[]): boolean {
  const plain = `${posix.normalize(path).replace(/\/+$/, '')}/`
  return directories.some((directory) => plain.startsWith(`${directory}/`))
}

import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import type { Replica } from '../model/replica.js'
import { expandedLength, findShellFault, printRestore } from '../script/restore.js'

/** MAXPGPATH, less what a longer name of the WAL directory may take. */
const longest = 1000

/** Judges the command by which WAL comes from the archive: a server finds such a fault only when it needs that WAL. */
export function judgeRestore({ restore }: Replica): Diagnostic[] {
  if (restore === undefined) return []
  const found: Diagnostic[] = []
  if (restore.from === 'command') {
    const fault = findShellFault(restore.command)
    if (fault !== undefined) {
      const message = `sh cannot run this command: ${fault}`
      const hint = 'close each quote and bracket, and take comments out'
      found.push({ code: 'E_RESTORE', path: pathTo`restore.command`, message, hint })
    }
  }
  const length = expandedLength(printRestore(restore).command)
  if (length > longest) {
    const message = `restore_command has ${length} bytes, and a server may cut off what comes after ${longest}`
    const hint = 'put it into a file on each agent, and name that'
    found.push({ code: 'E_RESTORE', path: pathTo`restore`, message, hint })
  }
  return found
}

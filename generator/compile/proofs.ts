import { functionsOf } from '../shell/commands.js'
import { functionEffectsOf } from '../shell/effects.js'
import { shellExceptions } from '../shell/exceptions.js'
import { parseShell } from '../shell/parse.js'
import { rules } from '../shell/rules/all.js'
import { standbyRules } from './standby.js'

/** One of the five proofs that a script has passed when it is printed at all, and what it was about. */
export interface PassedProof {
  readonly what: string
  readonly detail: string
}

/** What the proofs of a printed script looked at, in figures. */
export function proofsOf(script: string): PassedProof[] {
  const shell = parseShell(script)
  const functions = functionEffectsOf(shell, functionsOf(shell))
  const count = (pick: (item: (typeof functions)[number]) => readonly unknown[]) =>
    functions.reduce((sum, item) => sum + pick(item).length, 0)
  const tools = new Set(functions.flatMap((item) => item.tools.map(({ name }) => name)))
  const reads = count((item) => item.reads)
  const needed = (script.match(/^ +need \S+$/gm) ?? []).length
  return [
    {
      what: 'definite assignment',
      detail: `${reads} reads and ${count(({ sets }) => sets)} assignments in ${functions.length} functions`,
    },
    {
      what: 'tools',
      detail: `${count((item) => item.tools)} calls of ${tools.size} programs; preflight looks for ${needed}`,
    },
    { what: 'plain POSIX', detail: `${rules.length} rules; exceptions: ${shellExceptions.length}` },
    { what: 'standby only', detail: `${standbyRules.length} rules, and the gate before the start` },
    { what: 'one story', detail: 'the model against PostgreSQL, Marathon and the script' },
  ]
}

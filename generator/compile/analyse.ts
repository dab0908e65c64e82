import { type Effects, effectsOf } from '../shell/effects.js'
import { parseShell, type Shell } from '../shell/parse.js'
import { toolsOf } from '../shell/tools.js'

// What a run can reach: the steps in their order, and the traps.
const roots = ['run', 'on_signal', 'on_verdict', 'on_exit']

/** Shell text as a tree, and what it does: read once, for the tables, the rules and the map. */
export interface Analysis {
  readonly shell: Shell
  readonly effects: Effects
}

/** Parses shell text and reads off what it does. Faults are in the tree's `errors`. */
export function analyseShell(text: string): Analysis {
  const shell = parseShell(text)
  return { shell, effects: effectsOf(shell) }
}

/**
 * The commands that every run needs: reached without a question whether they are here (`have X`), and
 * looked for in PATH. PostgreSQL's own tools are called by their directory and have checks of their own.
 */
export function listNeededTools(effects: Effects): string[] {
  const tools = roots
    .flatMap((root) => toolsOf(effects, root))
    .filter(({ dir, guardedBy }) => dir === undefined && guardedBy.length === 0)
  return [...new Set(tools.map(({ tool }) => tool))].filter((tool) => tool !== 'sh').sort()
}

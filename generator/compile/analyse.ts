import { type Effects, effectsOf } from '../shell/effects.js'
import { parseShell } from '../shell/parse.js'
import { toolsOf } from '../shell/tools.js'

// What a run can reach: the steps in their order, and the two traps.
const roots = ['run', 'on_signal', 'on_exit']

/** What the shell of the script does, read off its text before the tables are printed from it. */
export function analyseShell(texts: readonly string[]): Effects {
  return effectsOf(parseShell(texts.join('\n')))
}

/**
 * The commands that every run needs: reached without a question whether they are here (`have X`), and
 * looked for in PATH. PostgreSQL's own tools are called by their directory and have checks of their own.
 * `need_tools` itself is what will be printed from this.
 */
export function listNeededTools(effects: Effects): string[] {
  const tools = roots
    .flatMap((root) => toolsOf(effects, root))
    .filter(({ dir, guardedBy }) => dir === undefined && guardedBy.length === 0)
  return [...new Set(tools.map(({ tool }) => tool))].filter((tool) => tool !== 'need_tools').sort()
}

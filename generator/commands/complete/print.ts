import { printBash } from './bash.js'
import { printFish } from './fish.js'
import type { ProgramWords } from './words.js'
import { printZsh } from './zsh.js'

/** The shells that this command line can be completed in. */
export const shells = ['bash', 'zsh', 'fish'] as const

const printers: Readonly<Record<(typeof shells)[number], (program: ProgramWords) => string>> = {
  bash: printBash,
  zsh: printZsh,
  fish: printFish,
}

/** The file that lets a shell complete the command line. */
export function printCompletion(shell: (typeof shells)[number], program: ProgramWords): string {
  return printers[shell](program)
}

import type { End } from './ends.js'
import type { Guard, RunStep } from './run.js'
import { shortExits } from './signs.js'

/** What an end is, in two or three words. */
export function showEnd({ code, says }: End): string {
  return says ?? shortExits[code] ?? ''
}

/** When a step does something at all; undefined where it always does. */
export function showGuard({ onlyIf }: RunStep): string | undefined {
  return onlyIf && `only if ${onlyIf.variable} is ${onlyIf.word}`
}

/** When it does nothing. */
export function showOthers({ others }: Guard): string {
  return others.join(' or ')
}

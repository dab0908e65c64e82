import { verifyScript } from '../../generator/script/verify.js'

// Commands of no meaning, in the examples.
const standIns = 'a b c f g h i x cmd evaluate fail failing on_exit'.split(' ')

/** The codes and lines that the rules find in shell text, as `CODE:line`. */
export function judge(text: string): string[] {
  return verifyScript(text, { failureIds: ['NO_SPACE', 'USAGE'], tools: standIns, exceptions: [] }).map(
    ({ code, line }) => `${code}:${line}`,
  )
}

import { verifyScript } from '../../generator/compile/verify.js'

/** The codes and lines that the rules find in shell text, as `CODE:line`. */
export function judge(text: string): string[] {
  return verifyScript(text, { failureIds: ['NO_SPACE', 'USAGE'], exceptions: [] }).map(
    ({ code, line }) => `${code}:${line}`,
  )
}

import { readTemplates } from '../../generator/load/templates.js'
import { readRights } from '../../generator/script/standby.js'
import { verifyScript } from '../../generator/script/verify.js'

const rights = readRights(readTemplates())

// Commands of no meaning, in the examples.
const standIns = 'a b c f g h i x cmd evaluate fail failing on_exit'.split(' ')

/** The codes and lines that the rules find in shell text, as `CODE:line`. */
export function judge(text: string): string[] {
  const given = { failureIds: ['NO_SPACE', 'USAGE'], tools: standIns, rights, exceptions: [] }
  return verifyScript(text, given).map(({ code, line }) => `${code}:${line}`)
}

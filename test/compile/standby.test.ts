import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { judgeGate } from '../../generator/compile/standby.js'
import { effectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'

const shipped = readFileSync(new URL('../../dist/run_rep.sh', import.meta.url), 'utf8')
const judge = (text: string) => judgeGate(effectsOf(parseShell(text))).map(({ message }) => message)

const skeleton = `require_standby() {
  [ -f standby.signal ] || exit 65
}
install_clone() {
  mv a b
}
with_settings() {
  "$@"
}
step_serve() {
  with_settings postgres -D x
}
`

test('in the shipped script the gate dominates the start', () => {
  expect(judge(shipped)).toEqual([])
})

test.each([
  'require_standby\nstep_serve\n',
  'install_clone\nrequire_standby\nstep_serve\n',
  'if a; then require_standby; else exit 1; fi\nstep_serve\n',
  'f() {\n  require_standby\n}\nf\nwhile step_serve; do require_standby; done\n',
  'a || fail\nfail() {\n  exit 1\n}\nrequire_standby || fail\nstep_serve\n',
])('passes: %j', (text) => {
  expect(judge(skeleton + text)).toEqual([])
})

test.each([
  'step_serve\n',
  'step_serve\nrequire_standby\n',
  'require_standby\ninstall_clone\nstep_serve\n',
  'if a; then require_standby; fi\nstep_serve\n',
  'a || require_standby\nstep_serve\n',
  '(require_standby)\nstep_serve\n',
  'require_standby &\nstep_serve\n',
  'require_standby | cat\nstep_serve\n',
  'x=$(require_standby)\nstep_serve\n',
  'require_standby\nwhile step_serve; do install_clone; done\n',
  'f() {\n  step_serve\n}\nf\n',
])('refuses: %j', (text) => {
  const [message] = judge(skeleton + text)
  expect(message).toMatch(/^step_serve is reached without a look of require_standby at the data as they are/)
})

test('the shipped script without its gate is refused, and so is one that changes the data after it', () => {
  const without = shipped.replace(/^ {2}step_gate$/m, '  :')
  expect(without).not.toBe(shipped)
  expect(judge(without)).toHaveLength(1)
  const late = shipped.replace(/^ {2}step_serve$/m, '  install_clone x\n  step_serve')
  expect(judge(late)).toHaveLength(1)
  const later = shipped.replace(/^ {2}with_settings launch/m, '  retire_replica\n$&')
  expect(judge(later)).toHaveLength(1)
})

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { judgeProgram } from '../../generator/compile/program.js'
import { effectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'
import { judge as judgeText } from '../shell/judge.js'

const shipped = readFileSync(new URL('../../dist/run_rep.sh', import.meta.url), 'utf8')
const judge = (text: string) =>
  judgeProgram(effectsOf(parseShell(text)))
    .filter(({ code }) => code === 'E_SHELL_GATE')
    .map(({ message }) => message)

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
  expect(message).toMatch(/^a server is started without a look of require_standby at the data as they are/)
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

describe('each piece by itself', () => {
  test.each([
    '[ -f "$d/standby.signal" ]',
    'fail USAGE "no standby.signal"',
    'write_standby_marker() { printf "" >"$1/standby.signal"; }',
    'remove_clone() { rm -rf -- "${1:?}"; }',
    'install_clone() { mv -- "$1" "$replica"; }',
    'rm -r /var/tmp/mine',
    'mv -- "$x/verdict.new" "$x/verdict"',
    'mv -- "$x.new" "$x"',
    '"$pg_bin"/postgres --version',
    'with_settings() { "$@"; }; with_settings "$pg_bin"/postgres -D "$x" -C port',
    'with_settings() { "$@"; }; step_serve() { with_settings "$pg_bin"/postgres -D "$x"; }',
    ': promote promotion',
  ])('passes: %s', (text) => {
    expect(judgeText(`:\n${text}\n`)).toEqual([])
  })

  const refused: Readonly<Record<string, readonly [code: string, texts: readonly string[]]>> = {
    master: [
      'MASTER',
      [
        'initdb -D x',
        '"$pg_bin"/pg_ctl promote',
        'pg_resetwal x',
        'psql -c "SELECT pg_promote()"',
        ': >"$d/promote"',
        "printf 'promote_trigger_file = /tmp/x\\n'",
        'f() { "$@"; }; f "$b"/initdb',
      ],
    ],
    marker: [
      'MARKER',
      [
        'x=$d/standby.signal',
        ': >"$d/standby.signal"',
        'rm -f -- "$d/standby.signal"',
        'rm -f -- "$d/$standby_marker"',
        'touch "$d/recovery.signal"',
        'f() { mv -- "$d/recovery.conf" x.old; }',
        'cp x "$d/${standby_marker}"',
        'ls >>"$d/standby.signal"',
      ],
    ],
    data: [
      'DATA',
      [
        'rm -rf -- "${x:?}"',
        'f() { rm -R "${x:?}/y"; }',
        'mv -- "$a" "$b"',
        'mv -- "$a/data" "$b/old"',
        'mv "$store/clone.1" x',
        'find "$a" -exec rm {} +',
      ],
    ],
    start: [
      'START',
      [
        '"$pg_bin"/postgres -D "$x"',
        'step_serve() { "$pg_bin"/postgres -D "$x"; }',
        'with_settings() { "$@"; }; g() { with_settings "$pg_bin"/postgres -D "$x"; }',
        'with_settings() { "$@"; }; step_serve() { with_settings "$pg_bin"/postgres --single; }',
        'exec "$pg_bin"/postgres',
      ],
    ],
    gate: ['GATE', ['require_standby() { [ -f "$1/standby.signal" ]; }']],
  }
  for (const [rule, [code, texts]] of Object.entries(refused)) {
    test.each(texts)(`${rule} refuses: %s`, (text) => {
      expect(judgeText(`:\n${text}\n`)).toContain(`E_SHELL_${code}:2`)
    })
  }

  test('a look of the gate that is commented out is none', () => {
    const gate = /^require_standby\(\) \{\n[\s\S]*?^\}\n/m.exec(shipped)?.[0] ?? ''
    expect(judgeText(gate).filter((found) => found.includes('GATE'))).toEqual([])
    const without = gate.replace(/^(.*recovery\.signal)/gm, '# $1')
    expect(without).not.toBe(gate)
    expect(judgeText(without)).toContain('E_SHELL_GATE:1')
  })
})

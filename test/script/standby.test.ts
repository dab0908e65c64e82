import { describe, expect, test } from 'vitest'
import { isError } from '../../generator/diagnostics/diagnostic.js'
import { readTemplates } from '../../generator/load/templates.js'
import { readRights } from '../../generator/script/standby.js'
import { compile, stepOf } from '../compile/sources.js'
import { judge as judgeText } from '../shell/judge.js'

const start = 'launch "$pg_bin"/postgres -D "$pgdata" "$@" 2>>"$work/first_words"'

// Who is given a right here, by a comment in the shell, may remove or rename what could be somebody's only copy, or start
// a server.
test('few functions may what no other may, and say so', () => {
  expect(readRights(readTemplates())).toEqual({
    touch: new Set(['write_standby_marker', 'require_standby']),
    remove: new Set(['remove_clone', 'remove_work', 'remove_wal_home', 'drop_late_wal']),
    rename: new Set(['install_clone', 'retire_replica']),
    start: new Set(['start_server']),
    rewind: new Set(['call_rewind']),
  })
})

test('a step of the user has no right by saying so', () => {
  const files = {
    './own.sh': 'step_own() {\n  drop "$pgdata"\n}\n# @may remove\ndrop() {\n  rm -rf -- "${1:?}"\n}\n',
  }
  const { diagnostics } = compile({ steps: [stepOf('own')] }, { stepFiles: files })
  expect(diagnostics.filter(isError)).not.toEqual([])
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
    `launch() { "$@"; }; require_standby() { :; }; start_server() { require_standby; ${start}; }`,
    ': promote promotion',
    'call_rewind() { set -- --no-ensure-shutdown; "$pg_bin"/pg_rewind -D x "$@"; }',
    // An empty one, and behind it another setting.
    "held='promote_trigger_file=\nhot_standby=on'",
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
        'exec "$pg_bin"/postgres',
      ],
    ],
    rewind: [
      'REWIND',
      [
        '"$pg_bin"/pg_rewind -D "$x" --no-ensure-shutdown',
        'bounded() { shift; "$@"; }; f() { bounded 5 "$pg_bin"/pg_rewind -D x; }',
        'call_rewind() { "$pg_bin"/pg_rewind -D x; }',
        'call_rewind() { "$pg_bin"/pg_rewind -D x --no-ensure-shutdown -R; }',
      ],
    ],
    gate: [
      'GATE',
      [
        `start_server() { ${start}; }`,
        `start_server() { require_standby & ${start}; }`,
        `start_server() { (require_standby); ${start}; }`,
        `start_server() { require_standby || :; ${start}; }`,
        `start_server() { require_standby; x; ${start}; }`,
        `start_server() { ${start}; require_standby; }`,
        `start_server() { if x; then require_standby; fi; ${start}; }`,
        `start_server() { require_standby; ${start} -c hot_standby=off; }`,
        `start_server() { require_standby; ${start}; } >/dev/null`,
      ],
    ],
  }
  for (const [rule, [code, texts]] of Object.entries(refused)) {
    test.each(texts)(`${rule} refuses: %s`, (text) => {
      expect(judgeText(`:\n${text}\n`)).toContain(`E_SHELL_${code}:2`)
    })
  }
})

import { expect, test } from 'vitest'
import { type Explained, explain, explainable } from '../../generator/compile/explain.js'
import { showPath } from '../../generator/diagnostics/path.js'
import { functionsOf } from '../../generator/shell/commands.js'
import { functionEffectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'
import { compile } from './sources.js'

const { values } = compile({ targets: { systemd: { name: 'db' } }, run: { user: 'pg' } })
if (values === undefined) throw new Error('the embedded model is refused')
const given: Explained = {
  ...values,
  showPlace: (path) => (showPath(path) === 'run.stallLimit' ? 'replica.config.ts:3:5' : undefined),
}

test.each<[string, RegExp[]]>([
  [
    'clone',
    [
      /^step clone: runs pg_basebackup/,
      /from +templates\/run_rep\/steps\/clone\.sh, lines 1 to \d+$/m,
      /runs +after fetch_config, before configure/,
      /NO_SPACE \(73\)/,
    ],
  ],
  [
    'MASTER_WAIT',
    [/^variable MASTER_WAIT: Seconds to wait/, /default +"600"/, /read by +the steps contract, .*clone/],
  ],
  ['POSTGRES_MASTER', [/default +none: a run without it is refused/, /in the model +master\.hosts$/m]],
  [
    'shared_buffers',
    [
      /^setting shared_buffers: not written/,
      /in the model +task\.mem$/m,
      /printed +'128MB': a quarter of task\.mem \(512 MiB\)/,
    ],
  ],
  ['stall_limit', [/in the model +run\.stallLimit \(replica\.config\.ts:3:5\)$/m]],
  ['pgdata', [/^variable pgdata: of the script itself/, /set by +find_store/]],
  ['is_ours', [/^function is_ours: lines \d+ to \d+/, /called by .*remove_clone/, /reached by .*claim/]],
  [
    'NO_SPACE',
    [/exit code +73: no space/, /what to do +give what is named above more space/, /said in .*judge_room/],
  ],
  ['73', [/^exit code 73: no space on the disk\n {2}NO_SPACE/]],
  ['wal_keep_segments', [/last in +PostgreSQL 12/, /instead +wal_keep_size/]],
  ['port', [/held +the supervisor assigns it/]],
  ['E_SHELL_UNQUOTED', [/^E_SHELL_UNQUOTED: the value would be split/]],
  ['serve', [/^step serve: /]],
  [
    'db.service',
    [
      /^file db\.service: printed for targets\.systemd\n +1 {2}# \/etc\/systemd\/system\/db\.service$/m,
      /^ +\d+ {2}TimeoutStopSec=120s\n +what for .*\n +in the model +task\.stopGrace$/m,
      /^ +\d+ {2}KillMode=mixed\n +what for +SIGTERM for the script/m,
    ],
  ],
  [
    'db.env:5',
    [/^file db\.env: printed for targets\.systemd\n +5 {2}EXIT_PAUSE=0\n/, /in the model +run\.exitPause$/m],
  ],
])('%s', (what, wanted) => {
  const text = explain(what, given)
  for (const pattern of wanted) expect(text).toMatch(pattern)
})

test('the lines are those of the printed script, also below the list of tools, which is longer than what was analysed', () => {
  const shell = parseShell(given.script.text)
  const outline = (functions: Explained['functions']) =>
    functions.map(({ name, line, endLine, reads }) => ({
      name,
      line,
      endLine,
      reads: reads.map((read) => read.line),
    }))
  const printed = outline(functionEffectsOf(shell, functionsOf(shell)))
  expect(outline(given.functions).filter(({ name }) => name !== '')).toEqual(
    printed.filter(({ name }) => name !== ''),
  )
})

test('what can be explained is explained', () => {
  const unexplained = explainable(given).filter((name) => explain(name, given) === undefined)
  expect(unexplained).toEqual([])
  for (const name of ['no_such_thing', '__proto__', 'constructor'])
    expect(explain(name, given)).toBeUndefined()
})

test('each line that a target prints is explained, and those of a model by their part', () => {
  for (const { print, trace } of given.targets) {
    const lines = trace?.() ?? {}
    const texts = Object.entries(lines).map(([name, all]) => [
      name,
      all.map(({ text }) => `${text}\n`).join(''),
    ])
    expect(Object.fromEntries(texts)).toEqual(print())
    const silent = Object.values(lines).flatMap((all) =>
      all.filter(({ text, from = [], why }) => from.length === 0 && why === undefined && text !== ''),
    )
    // What speaks for itself: comments, headings, and what shuts a unit in or lets it start.
    expect(silent.map(({ text }) => text).filter((text) => !plain.test(text))).toEqual([])
  }
  for (const name of ['db.service:999', 'db.service:0', 'other.service'])
    expect(explain(name, given)).toBeUndefined()
})

const plain = /^(#|\[|(Wants|Restart|Private\w+|Protect\w+|Restrict\w+|Lock\w+|NoNew\w+|SystemCall\w+)=)/

import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { requireCapability, runShell, shells } from '../shells.js'

const script = readFileSync('dist/run_rep.sh', 'utf8')

/** The functions of run_rep.sh in a run whose watcher does what `watch` says; $marks is an empty directory. */
function program(watch: string, run: string): string {
  return `${script.replace(/^main "\$@"\n$/m, '')}
marks=$1
signals=0 wakes=0 child='' launching=no serving=no exit_code=143 leaving=no self=$$ apart=no called=no pause_on_failure=no
stopper='' watchdog='' watcher='' feeder='' staging='' work=$marks/none alive='' flusher='' syncer='' behind=no access=open wal_holder='' wal_client=''
know_self
own_number=$self_number sub_command=run unwatched=no watcher_falls=0 said=no own_step=no served='' no_fork=no keeper='' clock='' store='' claim=0 beat=''
trap 'on_signal || :' TERM INT HUP
trap on_verdict USR2
# What they do to files is none of this test's business.
make_ours() { :; }
remove_work() { :; }
watch_server() { ${watch}; }
round=0
while [ "$round" -lt 20 ]; do
  round=$((round + 1))
  ${run}
done
`
}

/** What is left in $marks. No round takes its time: only who was not told to end waits for the end of it. */
async function marksOf(shell: (typeof shells)[number], text: string): Promise<readonly string[]> {
  const home = mkdtempSync(join(tmpdir(), 'pgrep-ends-'))
  const [marks, file] = [join(home, 'marks'), join(home, 'script')]
  try {
    mkdirSync(marks)
    // It is too long for one argument.
    writeFileSync(file, text)
    const { exitCode, stderr } = await runShell(shell, '. "$2"', [marks, file])
    // Not that it is silent: bash tells of "no record" of a subshell that ends by its own trap.
    expect(exitCode, stderr).toBe(0)
    return readdirSync(marks)
  } finally {
    rmSync(home, { recursive: true })
  }
}

// A child that has only just been forked may lose a signal: 20 rounds, since a shell that loses it does so nearly each
// time (289 to 300 of 300; yash never).
for (const shell of shells) {
  test(`${shell.name}: a watcher that is told to end at once does so`, async (context) => {
    requireCapability(shell.available, shell.name, context)
    const text = program('sleep 1; : >"$marks/watched"', 'child= && start_watcher && end_watcher')
    expect(await marksOf(shell, text)).toEqual([])
  })

  test(`${shell.name}: so do the helpers of the watcher`, async (context) => {
    requireCapability(shell.available, shell.name, context)
    const watch = '(begin_helper; nap 1; : >"$marks/helped") & end_helper "$!"; exit 0'
    const text = program(watch, 'child= && start_watcher && wait "$watcher" && watcher=')
    expect(await marksOf(shell, text)).toEqual([])
  })

  test(`${shell.name}: nobody is told whose number was that of a watcher or a helper`, async (context) => {
    requireCapability(shell.available, shell.name, context)
    // Its parent has ended, and so it is not a child of the script.
    const stranger =
      '(sleep 60 </dev/null >/dev/null 2>&1 & echo "$!") >"$marks/number"; read -r number <"$marks/number"'
    const tell = 'watcher=$number child=; end_watcher; end_helper "$number"; tell_child KILL "$number"'
    const look = 'kill -0 "$number" && : >"$marks/lives"; kill -s KILL "$number"; round=20'
    expect(await marksOf(shell, program(':', `${stranger}; ${tell}; ${look}`))).toEqual(['lives', 'number'])
  })
}

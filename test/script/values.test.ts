import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { requireCapability, runShell, shells, writeFunctions } from '../shells.js'

// A value may end in what separates it from its name.
const folder = mkdtempSync(join(tmpdir(), 'values-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)
const value = 'a=b='

describe.each(shells)('in $name', (shell) => {
  test('a setting keeps its last =', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const { stdout } = await runShell(
      shell,
      `. ${library}
held_settings="restore_command=$1" behind=no conf_file='' standby_marker=none PORT0=1 pgdata=x hba_file='' store=x
log_file_kb=1 map_file='' work=x own_mark='' own_chain=''
show() { printf '%s\\n' "$2"; }
with_settings show`,
      [value],
    )
    expect(stdout).toBe(`restore_command=${value}\n`)
  })

  test('what a run tells of itself keeps its last =', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const { stdout } = await runShell(
      shell,
      `. ${library}
state_at=${folder}
forget_state
state_words=$1
list_state
printf '%s' "$state_list" >"$state_at/state"
read_state
printf '%s\\n' "$state_words"`,
      [value],
    )
    expect(stdout).toBe(`${value}\n`)
  })

  test('what a task was given keeps its last =', async (context) => {
    requireCapability(shell.available, shell.name, context)
    const store = join(folder, shell.name)
    mkdirSync(join(store, 'status'), { recursive: true })
    const { stdout, stderr } = await runShell(
      shell,
      `. ${library}
begin_main
store=${store} own_user=0 work=${folder}
POSTGRES_MASTER=pg1 POSTGRES_REPUSER=$1 PGDATA_DIR=${store} RUN_USER=$(id -un)
is_user_name() { :; }
keep_contract
unset POSTGRES_MASTER POSTGRES_REPUSER
recall_contract
printf '%s\\n' "$POSTGRES_REPUSER"`,
      [value],
    )
    expect(stderr).toBe('')
    expect(stdout).toBe(`${value}\n`)
  })
})

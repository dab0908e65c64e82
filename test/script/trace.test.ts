import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { shells } from '../shells.js'

const script = new URL('../../dist/run_rep.sh', import.meta.url).pathname

// Whoever looks for a fault by sh -x may hand on what that prints.
describe.each(shells.filter(({ available }) => available))('in $name', (shell) => {
  test.each(['POSTGRES_REPPASSWORD', 'PGPASSWORD'])('no trace holds the value of %s', async (name) => {
    const [command, ...rest] = shell.argv
    const { stderr, stdout } = await execa(command, [...rest, '-x', script, 'preflight'], {
      env: { PATH: process.env.PATH ?? '', POSTGRES_MASTER: 'pg1', [name]: 'hunter2' },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
    })
    expect(stderr).toMatch(/POSTGRES_MASTER/)
    expect(stdout + stderr).not.toContain('hunter2')
  })
})

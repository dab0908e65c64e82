import { createHash } from 'node:crypto'
import { chmod, mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Folder, inFolder } from './cli.js'

interface Row {
  readonly what: string
  readonly by: string
  readonly result: string
  readonly detail: string
}

// A step may do what the script itself may not, since it is asked where its values come from.
test('what the compiler accepts of a step is proven, too, and what somebody adds to it is not', async () => {
  const model = { steps: [{ name: 'warm', doc: 'warms', file: './warm.sh', before: 'serve' }] }
  const warm = `step_warm() {
  _warm_file=/var/tmp/metrics
  date >"$_warm_file.new"
  mv -- "$_warm_file.new" "$_warm_file"
  rm -rf -- "$work/cache"
  log INFO "$(uname -n) $(uname -s)"
}
`
  await inFolder({ 'replica.config.json': JSON.stringify(model), 'warm.sh': warm }, async (folder) => {
    await folder.run(['generate'])
    const whole = await folder.run(['prove', 'dist/run_rep.sh'])
    expect(whole.code, whole.out).toBe(0)
    expect(whole.out).toMatch(/^steps of your own +postgres-rep-marathon +\S+ +passed +1 functions/m)
    await editScript(folder, (text) => text.replace('"$work/cache"', '"$store/replica"'))
    const failed = await failedRows(folder, ['dist/run_rep.sh'])
    expect(failed.map(({ what, detail }) => [what, detail.replace(/\d+/, 'N')])).toEqual([
      [
        'steps of your own',
        expect.stringMatching(/^line N: "\$store\/replica" may lie in the data directory/),
      ],
    ])
  })
})

// Of the tools only sh: ShellCheck takes seconds, and says what it says of the whole script in one test.
async function failedRows({ dir, run }: Folder, args: readonly string[]): Promise<Row[]> {
  await mkdir(join(dir, 'bin'))
  await symlink('/bin/sh', join(dir, 'bin/sh'))
  const { out } = await run(['prove', '--json', ...args], { env: { PATH: join(dir, 'bin') } })
  return (JSON.parse(out).proofs as Row[]).filter(({ result }) => result === 'failed')
}

/** Edits the published script, and its digests, as somebody would who means it. */
async function editScript({ read, write }: Folder, edit: (text: string) => string): Promise<void> {
  const before = await read('dist/run_rep.sh')
  const edited = edit(before)
  expect(edited).not.toBe(before)
  const [, head = '', body = ''] = /^((?:#.*\n){4})([\s\S]*)$/.exec(edited) ?? []
  const text = `${head.replace(/[0-9a-f]{64}/, digestOf(body))}${body}`
  await write('dist/run_rep.sh', text)
  const sums = await read('dist/SHA256SUMS')
  await write('dist/SHA256SUMS', sums.replace(/^.* {2}run_rep\.sh$/m, `${digestOf(text)}  run_rep.sh`))
}

const digestOf = (text: string) => createHash('sha256').update(text).digest('hex')

test('prove prints what was run, by what, and the digests', async () => {
  await inFolder({}, async ({ run, read }) => {
    await run(['generate', '--embedded'])
    for (const args of [['--embedded'], ['dist/run_rep.sh']]) {
      const { code, out, err } = await run(['prove', ...args])
      expect({ code, err }, out).toEqual({ code: 0, err: '' })
      for (const what of [
        'definite assignment',
        'tools',
        'plain POSIX',
        'standby only',
        'one story',
        'head',
      ]) {
        expect(out).toMatch(new RegExp(`^${what} +postgres-rep-marathon +\\d\\S+ +passed`, 'm'))
      }
      expect(out).toMatch(/^syntax +unbash +\d+\.\d+\.\d+ +passed$/m)
      expect(out).toMatch(/^syntax +sh +passed$/m)
      for (const line of (await read('dist/SHA256SUMS')).trim().split('\n')) expect(out).toContain(line)
    }
  })
})

describe('a script that was broken fails in one line of the table', () => {
  const broken: readonly (readonly [what: string, edit: (text: string) => string, words: RegExp])[] = [
    [
      'definite assignment',
      (text) => text.replace(" gate_state='' backup_mb=''", " backup_mb=''"),
      /^line \d+: \$gate_state is read before it has a value/,
    ],
    [
      'tools',
      (text) => text.replace(/^ +need awk\n/m, ''),
      /the script runs awk, and preflight does not look/,
    ],
    [
      'plain POSIX',
      (text) => text.replace('readlink -- "$store/claim.$claim"', 'readlink -f -- "$store/claim.$claim"'),
      /readlink -f is not POSIX/,
    ],
    [
      'standby only',
      (text) => text.replace(/^ {2}require_standby\n(?= {2}launch )/m, ''),
      /start_server is not require_standby and then the start/,
    ],
    [
      'standby only',
      (text) =>
        text.replace('  [ ! -e "$pgdata/recovery.signal" ] \\\n', '  [ ! -e "$pgdata/recovery.signa" ] \\\n'),
      /^require_standby is not the function that this version prints/,
    ],
    [
      'standby only',
      (text) => text.replace('step_serve() {\n', 'step_serve() {\n  "$pg_bin"/postgres -D "$pgdata" &\n'),
      /a server is started here/,
    ],
    [
      'one story',
      (text) => text.replace(/fail NO_SPACE/, 'fail NO_SPICE'),
      /fail NO_SPICE: no failure has this id/,
    ],
  ]
  test.each(broken)('%s', async (what, edit, words) => {
    await inFolder({}, async (folder) => {
      await folder.run(['generate', '--embedded'])
      await editScript(folder, edit)
      const failed = await failedRows(folder, ['dist/run_rep.sh'])
      expect(failed.map((row) => row.what)).toEqual([what])
      expect(failed[0]?.detail).toMatch(words)
    })
  })

  test('what lies beside it is of another script', async () => {
    await inFolder({}, async (folder) => {
      await folder.run(['generate', '--embedded'])
      await folder.write('dist/conf/pg_hba.conf', 'host all all all trust\n')
      const failed = await failedRows(folder, ['dist/run_rep.sh'])
      expect(failed.map(({ what, detail }) => [what, detail])).toEqual([
        ['one story', 'SHA256SUMS has another digest of conf/pg_hba.conf'],
      ])
    })
  })

  test('the head, when a line was changed and nothing else', async () => {
    await inFolder({}, async (folder) => {
      await folder.run(['generate', '--embedded'])
      const script = await folder.read('dist/run_rep.sh')
      await folder.write('web/run_rep.sh', script.replace('on_diverged=fail', 'on_diverged=reclone'))
      expect((await failedRows(folder, ['web/run_rep.sh'])).map(({ what }) => what)).toEqual(['head'])
      const { code } = await folder.run(['prove', 'web/run_rep.sh'])
      expect(code).toBe(1)
    })
  })

  test('text that is no shell has nothing else to prove', async () => {
    await inFolder({ 'run_rep.sh': '#!/bin/sh\nif true; then\n' }, async (folder) => {
      const failed = await failedRows(folder, ['run_rep.sh'])
      expect(failed.map(({ what, by }) => `${what} ${by}`)).toEqual(
        expect.arrayContaining(['syntax unbash', 'syntax sh', 'head postgres-rep-marathon']),
      )
    })
  })
})

test('a file that is not there is told as such', async () => {
  await inFolder({}, async ({ run }) => {
    const { code, out, err } = await run(['prove', 'nowhere/run_rep.sh'])
    expect({ code, out, err }).toEqual({
      code: 1,
      out: '',
      err: 'cannot read nowhere/run_rep.sh: there is no such file\n',
    })
  })
})

test('what the machine lacks is named as not run, and is no failure', async () => {
  await inFolder({ 'bin/here': '' }, async ({ dir, run }) => {
    await symlink('/bin/sh', join(dir, 'bin/sh'))
    const { code, out } = await run(['prove', '--embedded', '--json'], { env: { PATH: join(dir, 'bin') } })
    expect(code).toBe(0)
    const { proofs, digests } = JSON.parse(out)
    const results = proofs.map(({ by, result }: { by: string; result: string }) => `${by} ${result}`)
    expect(results).toEqual(expect.arrayContaining(['dash not run', 'shellcheck not run', 'unbash passed']))
    expect(digests['run_rep.sh']).toMatch(/^[0-9a-f]{64}$/)
  })
})

test('a fault that only another checker sees is a failure', async () => {
  // A program called dash that refuses everything.
  await inFolder({ 'bin/dash': '#!/bin/sh\necho "dash: 3: no" >&2\nexit 2\n' }, async ({ dir, run }) => {
    await chmod(join(dir, 'bin/dash'), 0o755)
    const { code, out } = await run(['prove', '--embedded'], { env: { PATH: `${dir}/bin:/usr/bin:/bin` } })
    expect(code).toBe(1)
    expect(out).toMatch(/^syntax +dash +failed +dash: 3: no$/m)
  })
})

test('a model that is refused has nothing to prove', async () => {
  await inFolder({ 'replica.config.json': '{"task": {"cpus": "x"}}' }, async ({ run }) => {
    const { code, out, err } = await run(['prove'])
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(/error E_MODEL/)
  })
})

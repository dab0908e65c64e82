import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tryModel } from '../../generator/compile/compile.js'
import { isError } from '../../generator/diagnostics/diagnostic.js'
import { showPath } from '../../generator/diagnostics/path.js'
import { type Restore, restoreSchema } from '../../generator/model/restore.js'
import { majors } from '../../generator/postgres/versions.js'
import { expand, printRestore } from '../../generator/script/restore.js'
import { compile, list } from '../compile/sources.js'
import { readTemplate } from '../model/contract/judge.js'
import { coreShells, requireCapability, runShell, runWithBytes, type Shell, shells } from '../shells.js'

const f = '00000001000000000000000A'
const values = { f, p: 'pg_wal/RECOVERYXLOG', r: '0'.repeat(24) }
const print = (restore: object) => printRestore(restoreSchema.parse(restore))

let home = ''
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'restore-'))
  mkdirSync(join(home, 'data/pg_wal'), { recursive: true })
  mkdirSync(join(home, 'bin'))
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

/** Runs restore_command as a server does: in its data directory, what it prints filled in. */
async function run(shell: Shell, { command }: { readonly command: string }, file = f) {
  rmSync(join(home, 'data/pg_wal/RECOVERYXLOG'), { force: true })
  const text = expand(command, { ...values, f: file })
  const { exitCode, stderr } = await runShell(
    shell,
    `cd -- "$1" && exec "$2" $4 -c "$3"`,
    [join(home, 'data'), ...[shell.argv[0], text, shell.argv[1] ?? '']],
    { PATH: `${join(home, 'bin')}:${process.env.PATH ?? ''}` },
  )
  const got = join(home, 'data/pg_wal/RECOVERYXLOG')
  return { exitCode, stderr, got: existsSync(got) ? readFileSync(got, 'utf8') : undefined }
}

/** A program of that name that keeps its words and does what the text says. */
function fake(name: string, text: string): () => string[] {
  const path = join(home, 'bin', name)
  const kept = join(home, `${name}.words`)
  writeFileSync(path, `#!/bin/sh\nprintf '%s\\0' "$@" >'${kept}'\n${text}\n`)
  chmodSync(path, 0o755)
  return () => readFileSync(kept, 'utf8').split('\0').slice(0, -1)
}

/** Text that a shell, PostgreSQL or a file of settings might read in its own way. */
const hostile = fc
  .array(fc.constantFrom(...`'"\\$\`%fpr%#;&|()<>*?[]{}!~= é-`), { minLength: 1, maxLength: 24 })
  .map((letters) => letters.join(''))

describe('the words of the command come through', () => {
  test('a directory of any name', async () => {
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const path = `${home}/archives/${name}`
        mkdirSync(path, { recursive: true })
        writeFileSync(join(path, f), name)
        for (const shell of coreShells) {
          expect(await run(shell, print({ from: 'directory', path }))).toEqual({
            exitCode: 0,
            stderr: '',
            got: name,
          })
        }
      }),
      { numRuns: 40 },
    )
  })

  test('paths of configurations, and a URL', async () => {
    const [pgbackrest, walG, curl] = [
      fake('pgbackrest', 'exit 1'),
      fake('wal-g', 'exit 74'),
      fake('curl', 'echo 404'),
    ]
    await fc.assert(
      fc.asyncProperty(hostile, async (name) => {
        const config = `/${name}`
        const [shell] = coreShells
        if (shell === undefined) throw new Error('no shell')
        expect((await run(shell, print({ from: 'pgbackrest', stanza: 'shop', config }))).exitCode).toBe(1)
        expect(pgbackrest()).toEqual([
          ...['--stanza=shop', `--config=${config}`, `--pg1-path=${join(home, 'data')}`],
          ...['archive-get', f, values.p],
        ])
        expect((await run(shell, print({ from: 'wal-g', config }))).exitCode).toBe(74)
        expect(walG()).toEqual(['--config', config, 'wal-fetch', f, values.p])
      }),
      { numRuns: 20 },
    )
    for (const shell of coreShells) {
      expect(await run(shell, print({ from: 'http', url: 'http://w/a%20b,%41/' }))).toMatchObject({
        exitCode: 1,
      })
      expect(curl().slice(-3)).toEqual([values.p, '--', `http://w/a%20b,%41/${f}`])
    }
  })
})

describe.each(shells)('in $name', (shell) => {
  test.each<[string, string, number, number]>([
    ['a file', 'echo 200', 0, 0],
    ['no file', 'echo 404', 0, 1],
    ['a server in trouble', 'echo 503', 0, 3],
    ['half a file', 'echo 200', 18, 3],
    ['nobody there', 'echo 000', 7, 3],
    ['a program that is killed', 'kill -9 $$', 0, 3],
  ])('curl and %s', async (_title, text, status, wanted) => {
    requireCapability(shell.available, shell.name, {
      skip: () => {
        throw new Error(shell.name)
      },
    })
    fake('curl', `${text}\nexit ${status}`)
    expect((await run(shell, print({ from: 'http', url: 'http://w' }))).exitCode).toBe(wanted)
  })

  test.each<[string, string, number]>([
    ['its own status', '(exit 9)', 9],
    ['a signal', "sh -c 'kill -9 $$'", 125],
    ['a program that is not there', 'nowhere-to-be-found', 125],
    ['one that may not be run', '/etc/passwd', 125],
    ['exit', 'exit 200', 125],
    ['exec', 'exec sh -c "exit 3"', 3],
    ['success', 'echo %f >%p', 0],
  ])('no status above 125 of %s', async (_title, text, wanted) => {
    const command = `: %f %p; ${text}`
    expect((await run(shell, print({ from: 'command', command }))).exitCode).toBe(wanted)
  })

  test('no history, and nothing from where the master took another way', async () => {
    const took = print({ from: 'command', command: 'echo %f >%p' })
    writeFileSync(join(home, 'forks'), '00000001000000000000000B\n000000030000000100000000\n')
    const status = async (file: string) => (await run(shell, took, file)).exitCode
    expect(await status('00000002.history')).toBe(1)
    expect(await status(f)).toBe(0)
    expect(await status('00000001000000000000000B')).toBe(1)
    expect(await status('000000010000000100000000')).toBe(1)
    expect(await status('000000020000000100000000')).toBe(0)
    expect(await status('0000000300000000000000FF')).toBe(0)
    expect(await status('000000030000000100000010')).toBe(1)
    rmSync(join(home, 'forks'))
  })

  test('run_rep.sh fills a command as PostgreSQL does', async () => {
    const texts = fc
      .sample(hostile, { numRuns: 60, seed: 3 })
      .filter((text) => shell.eightBit || !text.includes('é'))
    const archive = readTemplate('lib/archive.sh')
    const script = `set -eu\n${archive}\nfor restore_command in "$@"; do
  fill_command ${f} ${values.p}
  printf '%s\\0' "$filled_command"
done`
    const commands = texts.map((text) => print({ from: 'directory', path: `/${text}` }).command)
    const { stdout } = await runWithBytes(
      [...shell.argv, '-c', script, 'sh'],
      commands.map((text) => Buffer.from(text)),
    )
    expect(stdout.toString().split('\0').slice(0, -1)).toEqual(commands.map((text) => expand(text, values)))
  })
})

describe('the model', () => {
  test.each<Partial<Restore>>([
    { from: 'directory', path: '/archive' },
    { from: 'http', url: 'https://web01/wal/' },
    { from: 'pgbackrest', stanza: 'shop' },
    { from: 'wal-g', config: '/etc/wal-g.json' },
    { from: 'command', command: 'test -f /a/%f.gz && gunzip </a/%f.gz >"%p"' },
    { from: 'command', command: "scp 'backup:/wal/%f' %p; : 100 %% of %r", missing: [1, 2] },
  ])('takes %j', (restore) => {
    const { diagnostics } = tryModel({ restore })
    expect(list(diagnostics)).toEqual([])
  })

  test.each<[object, string]>([
    [{ from: 'nowhere' }, 'E_MODEL restore.from'],
    [{ from: 'directory', path: 'archive' }, 'E_MODEL restore.path'],
    [{ from: 'directory', path: '/a\nb' }, 'E_MODEL restore.path'],
    [{ from: 'directory', path: '/a', url: 'http://w' }, 'E_MODEL_KEY restore.url'],
    [{ from: 'directory', path: `/${"'".repeat(300)}` }, 'E_RESTORE restore'],
    [{ from: 'http', url: 'http://w/?d=' }, 'E_MODEL restore.url'],
    [{ from: 'http', url: 'ftp://w/' }, 'E_MODEL restore.url'],
    [{ from: 'pgbackrest', stanza: "a' b" }, 'E_MODEL restore.stanza'],
    [{ from: 'pgbackrest', stanza: '' }, 'E_MODEL restore.stanza'],
    [{ from: 'wal-g', config: 'wal-g.json' }, 'E_MODEL restore.config'],
    [{ from: 'command', command: 'cp /a/%f' }, 'E_MODEL restore.command'],
    [{ from: 'command', command: 'cp /a/x %p' }, 'E_MODEL restore.command'],
    [{ from: 'command', command: 'cp /a/%f %p %d' }, 'E_MODEL restore.command'],
    [{ from: 'command', command: 'cp /a/%f %p %' }, 'E_MODEL restore.command'],
    [{ from: 'command', command: 'cp /a/%%f %p' }, 'E_MODEL restore.command'],
    [{ from: 'command', command: 'cp /a/%f\n%p' }, 'E_MODEL restore.command'],
    [{ from: 'command', command: "cp '/a/%f %p" }, 'E_RESTORE restore.command'],
    [{ from: 'command', command: 'cp /a/%f %p # as ever' }, 'E_RESTORE restore.command'],
    [{ from: 'command', command: 'cp /a/%f %p) || (true' }, 'E_RESTORE restore.command'],
    [{ from: 'command', command: 'cp /a/%f %p &' }, 'E_RESTORE restore.command'],
    [{ from: 'command', command: `cp /a/%f %p ${'x'.repeat(1000)}` }, 'E_RESTORE restore'],
    [{ from: 'command', command: 'cp /a/%f %p', missing: [126] }, 'E_MODEL restore.missing.0'],
  ])('refuses %j', (restore, wanted) => {
    const { diagnostics } = tryModel({ restore })
    expect(new Set(diagnostics.map(({ code, path }) => `${code} ${showPath(path ?? [])}`))).toEqual(
      new Set([wanted]),
    )
  })

  test('refuses the setting', () => {
    const { diagnostics } = tryModel({
      publish: 'http://files.example/pg',
      postgresql: { settings: { restore_command: 'cp %f %p' } },
    })
    expect(list(diagnostics)).toEqual(['E_SETTING_HELD postgresql.settings.restore_command'])
  })

  test('names the programs of a command for preflight', () => {
    const command = "test -f /a/%f.gz && gunzip </a/%f.gz >%p || 'get wal' %f %p"
    const names = print({ from: 'command', command }).programs.map(({ name }) => name)
    expect(names).toEqual(['get wal', 'gunzip'])
  })

  test.each(majors.filter((major) => major >= 10))('a script for %d alone passes with it', (major) => {
    const { diagnostics, files } = compile({
      restore: { from: 'directory', path: "/srv/o'ffice $wal" },
      postgresql: { majors: [major] },
    })
    expect(list(diagnostics.filter(isError))).toEqual([])
    expect(files['run_rep.sh']).toContain('in_archive()')
  })

  test('a script without it has nothing of it', () => {
    const { files } = compile({})
    expect(files['run_rep.sh']).toContain("restore_command=''")
    expect(files['run_rep.sh']).not.toContain('fill_command')
  })
})

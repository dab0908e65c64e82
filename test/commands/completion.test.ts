import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execaSync } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printCompletion } from '../../generator/commands/complete/print.js'
import { describeProgram } from '../../generator/commands/complete/words.js'
import { examples } from '../../generator/commands/examples.js'
import { printManual } from '../../generator/commands/manual/print.js'
import { createProgram } from '../../generator/commands/program.js'
import { usualNames } from '../../generator/compile/explain-names.js'

const program = createProgram(() => undefined)
const words = describeProgram(program, { explain: usualNames() })
const has = (name: string) => execaSync('sh', ['-c', `command -v ${name}`], { reject: false }).exitCode === 0

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'completion-'))
  for (const shell of ['bash', 'zsh', 'fish'] as const)
    writeFileSync(join(dir, shell), printCompletion(shell, words))
  for (const name of ['replica.config.ts', 'app.json', 'notes.txt']) writeFileSync(join(dir, name), '')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

/** What bash would offer for the last of these words. */
function complete(...given: string[]): string[] {
  const script = `. ./bash
COMP_WORDS=(${given.map((word) => `'${word}'`).join(' ')}) COMP_CWORD=${given.length - 1}
_postgres_rep_marathon
printf '%s\\n' "\${COMPREPLY[@]}"`
  const { stdout } = execaSync('bash', ['--norc', '-c', script], { cwd: dir, stdin: 'ignore' })
  return stdout.split('\n').filter(Boolean).sort()
}

const name = 'postgres-rep-marathon'

describe('bash completes', () => {
  test('commands, and the options of the program', () => {
    expect(complete(name, 'ge')).toEqual(['generate'])
    expect(complete(name, '')).toEqual(
      expect.arrayContaining(['check', 'explain', 'generate', 'import', 'prove']),
    )
    expect(complete(name, '')).not.toContain('manual')
    expect(complete(name, '--v')).toEqual(['--version'])
  })

  test('options of a command, and the words of one', () => {
    expect(complete(name, 'generate', '--')).toEqual(
      expect.arrayContaining(['--app', '--format', '--out', '--strict']),
    )
    expect(complete(name, 'check', '--format', '')).toEqual(['github', 'gitlab', 'json', 'sarif', 'text'])
    expect(complete(name, 'check', '--format', '=', 'sa')).toEqual(['sarif'])
    expect(complete(name, 'completion', 'z')).toEqual(['zsh'])
  })

  test('files of the right kind, also behind an option with a value', () => {
    expect(complete(name, 'generate', '')).toEqual(['app.json', 'replica.config.ts'])
    expect(complete(name, 'generate', '--out', 'x', 're')).toEqual(['replica.config.ts'])
    expect(complete(name, 'import', '')).toEqual(['app.json'])
  })

  test('what can be explained', () => {
    expect(complete(name, 'explain', 'NO_S')).toEqual(['NO_SPACE'])
    expect(complete(name, 'explain', 'master.ho')).toEqual(['master.hosts'])
    expect(complete(name, 'explain', 'wal_keep')).toEqual(
      ['wal_keep_segments', 'wal_keep_size'].filter((word) => usualNames().includes(word)),
    )
  })
})

test.skipIf(!has('zsh'))('zsh completes', () => {
  // A terminal of its own would be needed to press Tab: compadd is asked instead.
  const script = `autoload -U compinit && compinit -u -D; . ./zsh
functions _postgres-rep-marathon >/dev/null && print loaded $_comps[postgres-rep-marathon]`
  const { stdout } = execaSync('zsh', ['-f', '-c', script], { cwd: dir, stdin: 'ignore', env: { HOME: dir } })
  expect(stdout).toBe('loaded _postgres-rep-marathon')
})

test('each shell that is here takes its file', () => {
  for (const shell of ['bash', 'zsh', 'fish'].filter(has))
    expect(execaSync(shell, ['-n', join(dir, shell)], { reject: false }), shell).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
})

test('fish has each command and each option', () => {
  const text = printCompletion('fish', words)
  for (const command of words.commands) {
    expect(text).toContain(` -a ${command.name} `)
    for (const option of command.options.flatMap(({ names }) => names).filter((one) => one.startsWith('--')))
      expect(text).toContain(`-l ${option.slice(2)} `)
  }
})

describe('the manual', () => {
  const page = printManual(program)

  test('has each command with its options and examples', () => {
    const plain = page.replaceAll('\\-', '-')
    for (const { name: command, options } of words.commands.filter((one) => one.name !== 'help')) {
      expect(plain).toContain(`.SS "${command}`)
      for (const option of options
        .flatMap(({ names }) => names)
        .filter((one) => one !== '-h' && one !== '--help'))
        expect(plain).toContain(option)
      expect(examples[command]?.length, `examples of ${command}`).toBeGreaterThan(0)
    }
  })

  test('has no date, and is the same each time', () => {
    expect(page).toBe(printManual(createProgram(() => undefined)))
    expect(page).not.toMatch(/\b20\d\d\b/)
  })

  test.skipIf(!has('groff'))('is in order for groff, and reads as it should', () => {
    const { stdout, stderr } = execaSync('groff', ['-man', '-Tutf8', '-ww', '-P-cbou'], {
      input: page,
      reject: false,
    })
    expect(stderr).toBe('')
    expect(stdout).toMatch(/^NAME\n +postgres-rep-marathon - compiles a typed model/m)
    expect(stdout).toMatch(/--format <form>/)
    expect(stdout).toContain('postgres-rep-marathon explain master.hosts')
  })
})

test('the help of each command has its own examples, and no other', () => {
  for (const command of program.commands.filter((one) => examples[one.name()] !== undefined)) {
    let help = ''
    command.configureOutput({ writeOut: (text) => (help += text) }).outputHelp()
    const shown = [...help.matchAll(/^ {2}postgres-rep-marathon (\S+)/gm)].map(([, first]) => first)
    expect(shown.length).toBeGreaterThan(0)
    expect(new Set(shown)).toEqual(new Set([command.name()]))
  }
})

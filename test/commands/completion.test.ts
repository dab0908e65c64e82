import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa, execaSync } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printCompletion, shells } from '../../generator/commands/complete/print.js'
import { describeProgram } from '../../generator/commands/complete/words.js'
import { knownWords } from '../../generator/commands/completion.js'
import { examples } from '../../generator/commands/examples.js'
import { printManual } from '../../generator/commands/manual/print.js'
import { createProgram } from '../../generator/commands/program.js'
import { requireCapability } from '../shells.js'

const program = createProgram(() => undefined)
const words = describeProgram(program, knownWords())

let dir = ''
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'completion-'))
  for (const shell of shells) writeFileSync(join(dir, shell), printCompletion(shell, words))
  for (const folder of ['home', 'site/old', 'a folder']) mkdirSync(join(dir, folder), { recursive: true })
  for (const file of ['replica.config.ts', 'app.json', 'my app.json', 'notes.txt', 'site/x.json'])
    writeFileSync(join(dir, file), '')
})
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const name = 'postgres-rep-marathon'
const limit = 120_000

interface Offered {
  readonly words: readonly string[]
  readonly errors: string
}

const forms = ['github', 'gitlab', 'json', 'sarif', 'text']

/** Lines, without the name of the program, and what may come at their end. */
const cases: readonly [title: string, lines: Readonly<Record<string, readonly string[]>>][] = [
  [
    'commands, and the options of the program',
    {
      ge: ['generate'],
      'help ge': ['generate'],
      man: [],
      '--v': ['--version'],
    },
  ],
  [
    'the options of the command, and of no other that stands in the line',
    {
      'check --str': ['--strict'],
      'generate --st': ['--stdout', '--strict'],
      'generate --out check --std': ['--stdout'],
      'help generate --std': [],
    },
  ],
  [
    'the words of an option and of an argument',
    {
      'check --format ': forms,
      'check --format=sa': ['sarif'],
      'graph --format ': ['mermaid', 'svg'],
      'init --tls ver': ['verify-ca', 'verify-full'],
      'init --major=1': ['10', '11', '12', '13', '14', '15', '16', '17', '18'],
      'init --target ': ['compose', 'kubernetes', 'marathon', 'systemd'],
      'completion z': ['zsh'],
      'completion zsh z': [],
      'generate --env ': [],
    },
  ],
  [
    'directories, and files of the right kind',
    {
      'import ': ['a folder', 'app.json', 'home', 'my app.json', 'site'],
      'import my': ['my app.json'],
      'generate re': ['replica.config.ts'],
      'generate --out x re': ['replica.config.ts'],
      'generate replica.config.ts ap': ['app.json'],
      'generate - re': ['replica.config.ts'],
      'diff replica.config.ts re': [],
      'diff --against s': ['site'],
      'init ': ['a folder', 'home', 'site'],
      'generate --out ': ['a folder', 'home', 'site'],
      'generate --out=s': ['site'],
      'generate --app no': ['notes.txt'],
      'explain --config=ap': ['app.json'],
    },
  ],
  [
    'what can be explained, once',
    {
      'explain NO_S': ['NO_SPACE'],
      'explain master.ho': ['master.hosts'],
      'explain wal_keep': ['wal_keep_segments', 'wal_keep_size'],
      'explain NO_SPACE NO_S': [],
    },
  ],
]

/** What each shell offers where Tab is pressed at the end of a line. */
const offers: Readonly<
  Record<(typeof shells)[number], (lines: readonly string[], dir: string) => Promise<Offered[]>>
> = { bash: askBash, zsh: askZsh, fish: askFish }

const has = (name: string) => execaSync('sh', ['-c', `command -v ${name}`], { reject: false }).exitCode === 0

describe.each(shells)('%s completes', (shell) => {
  let offered: ReadonlyMap<string, Offered> = new Map()
  beforeAll(async () => {
    if (!has(shell)) return
    const lines = cases.flatMap(([, lines]) => Object.keys(lines))
    const all = await offers[shell](lines, dir)
    offered = new Map(lines.map((line, index) => [line, all[index] ?? { words: [], errors: 'no answer' }]))
  })

  for (const [title, lines] of cases)
    test(title, (context) => {
      requireCapability(has(shell), shell, context)
      const found = Object.fromEntries(Object.keys(lines).map((line) => [line, offered.get(line)?.words]))
      expect(found).toEqual(lines)
    })

  test('and says nothing on standard error', (context) => {
    requireCapability(has(shell), shell, context)
    expect([...offered.values()].map(({ errors }) => errors).join('')).toBe('')
  })

  test('each command, each option and each word of the program', async (context) => {
    requireCapability(has(shell), shell, context)
    const [all, ...each] = await offers[shell](['', ...words.commands.map((one) => `${one.name} --`)], dir)
    expect(all?.words).toEqual(words.commands.map((one) => one.name).sort())
    expect(each.map((one) => one.words)).toEqual(
      words.commands.map(({ options }) =>
        options
          .flatMap(({ names }) => names)
          .filter((one) => one.startsWith('--'))
          .sort(),
      ),
    )
  })
})

async function askBash(lines: readonly string[], cwd: string): Promise<Offered[]> {
  // It makes words of their own of what stands in COMP_WORDBREAKS.
  const script = `. ./bash
words=("$@")
COMP_WORDS=("\${words[@]}") COMP_CWORD=$(($# - 1))
_postgres_rep_marathon
printf '%s\n' "\${COMPREPLY[@]}"`
  return Promise.all(
    lines.map(async (line) => {
      const given = line
        .split(' ')
        .flatMap((word) => word.split(/(=)/).filter((part) => part !== '' || word === ''))
      const { stdout, stderr } = await execa('bash', ['--norc', '-uc', script, 'bash', name, ...given], {
        ...{ cwd, stdin: 'ignore', timeout: limit, killSignal: 'SIGKILL' },
      })
      return { words: tidy(stdout), errors: stderr }
    }),
  )
}

async function askFish(lines: readonly string[], cwd: string): Promise<Offered[]> {
  const script = `source ./fish
for line in $argv
  printf '\\n== %s\\n' $line
  complete -C $line
end`
  const home = join(cwd, 'home')
  const { stdout, stderr } = await execa(
    'fish',
    ['--no-config', '-c', script, '--', ...lines.map((line) => `${name} ${line}`)],
    {
      ...{ cwd, stdin: 'ignore', timeout: limit, killSignal: 'SIGKILL', stripFinalNewline: false },
      env: { HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home, LC_ALL: 'C.UTF-8' },
    },
  )
  const answers = stdout.split(/^== .*\n/m).slice(1)
  // A description stands behind a tab; what stands before = in the word is said again.
  return answers.map((text) => ({
    words: tidy(text.replace(/\t.*/g, '').replace(/^--\w+=/gm, '')),
    errors: stderr,
  }))
}

/**
 * A zsh on a terminal of its own is typed at, as a person does, and what its completion hands to compadd is written
 * down.
 */
async function askZsh(lines: readonly string[], cwd: string): Promise<Offered[]> {
  const setUp = `PROMPT= RPROMPT= PS2=
autoload -U compinit; compinit -u -D; . ./zsh
exec 2>>./zsh.err
compadd() {
  local -a found
  if (( \${argv[(I)-[AOD]*]} )); then builtin compadd "$@"; return; fi
  builtin compadd -O found "$@"
  print -rl -- $found >>./zsh.out
  builtin compadd "$@"
}
next-line() { zle kill-whole-line; print '== ' >>./zsh.out; print -n '<the ne''xt>' }
zle -N next-line
bindkey '^I' complete-word '^A' next-line
unsetopt beep; LISTMAX=1000
print '<it is re''ady>'
`
  writeFileSync(join(cwd, 'zsh.set-up'), setUp)
  writeFileSync(join(cwd, 'zsh.out'), '')
  writeFileSync(join(cwd, 'zsh.err'), '')
  const script = `zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z '. ./zsh.set-up'
zpty -r z shown $'*<it is ready>*'
for line in "$@"; do
  zpty -w -n z $'\\x15'"$line"$'\\t\\x01'
  zpty -r z shown $'*<the next>*'
done
zpty -d z`
  await execa('zsh', ['-f', '-c', script, 'zsh', ...lines.map((line) => `${name} ${line}`)], {
    ...{ cwd, stdin: 'ignore', timeout: limit, killSignal: 'SIGKILL' },
    env: { HOME: join(cwd, 'home'), ZDOTDIR: join(cwd, 'home'), TERM: 'dumb', LC_ALL: 'C.UTF-8' },
  })
  const answers = readFileSync(join(cwd, 'zsh.out'), 'utf8').split(/^== \n/m)
  const errors = readFileSync(join(cwd, 'zsh.err'), 'utf8')
  return lines.map((_, index) => ({ words: tidy((answers[index] ?? '').replace(/\\(.)/g, '$1')), errors }))
}

// The same word can come twice; a directory has a slash where it does not end the word.
function tidy(text: string): string[] {
  const found = text.split('\n').map((word) => word.replace(/\/$/, ''))
  return [...new Set(found.filter(Boolean))].sort()
}

test('each shell that is here takes its file', () => {
  for (const shell of shells.filter(has))
    expect(execaSync(shell, ['-n', join(dir, shell)], { reject: false }), shell).toMatchObject({
      exitCode: 0,
      stderr: '',
    })
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

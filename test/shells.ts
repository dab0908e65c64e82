import { accessSync, constants, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { execa } from 'execa'

/** A shell that run_rep.sh must work in. */
export interface Shell {
  readonly name: string
  /** The command and its first arguments; a script or `-c` follows. */
  readonly argv: readonly [string, ...string[]]
  readonly available: boolean
  /** Holds any byte under LC_ALL=C. yash empties an argument that its locale cannot decode. */
  readonly eightBit: boolean
}

interface ShellResult {
  readonly exitCode: number | undefined
  readonly stdout: string
  readonly stderr: string
}

/** All shells of the house rules; the first three are those that agents have as /bin/sh. */
export const shells: readonly Shell[] = [
  describeShell('dash', ['dash']),
  describeShell('bash', ['bash', '--posix']),
  describeShell('busybox', ['busybox', 'sh']),
  describeShell('mksh', ['mksh']),
  describeShell('yash', ['yash'], false),
]

export const coreShells: readonly Shell[] = shells.slice(0, 3)

/** A shell that loops is ended before vitest's own limit, or it would run on after the test. */
const limitSeconds = 100

/**
 * Writes the functions of dist/run_rep.sh, without their call, into a file that a test sources; gives its path. Where a
 * test needs what main sets first, it calls begin_main.
 */
export function writeFunctions(directory: string): string {
  const script = readFileSync(new URL('../dist/run_rep.sh', import.meta.url), 'utf8')
  const first = /^main\(\) \{\n[\s\S]*?\n {2}exec 9<\/dev\/null\n/m.exec(script)
  if (!first) throw new Error('main begins in another way than test/shells.ts knows')
  const file = join(directory, 'functions.sh')
  writeFileSync(file, script.replace(/main "\$@"\n$/, `begin_${first[0]}}\n`))
  return file
}

/** Runs a script text with arguments; stdin is ignored, since a piped one makes bash source ~/.bashrc. */
export async function runShell(
  shell: Shell,
  script: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): Promise<ShellResult> {
  const [command, ...rest] = shell.argv
  const options = { stdin: 'ignore', extendEnv: false, reject: false, stripFinalNewline: false } as const
  const run = await execa(command, [...rest, '-c', script, 'sh', ...args], {
    ...options,
    timeout: limitSeconds * 1000,
    killSignal: 'SIGKILL',
    env: { ...bareEnv(), ...env },
  })
  return { exitCode: run.exitCode, stdout: run.stdout, stderr: run.stderr }
}

/**
 * Runs a command with arguments of any bytes but NUL, which Node itself cannot pass: GNU xargs adds them, as
 * many at a time as fit, or one where `oneByOne`.
 */
export async function runWithBytes(
  command: readonly string[],
  args: readonly Uint8Array[],
  { env = {}, oneByOne = false }: { env?: Readonly<Record<string, string>>; oneByOne?: boolean } = {},
): Promise<{ readonly stdout: Buffer; readonly stderr: Buffer }> {
  const options = oneByOne ? ['-n', '1'] : []
  const input = Buffer.concat(args.flatMap((arg) => [arg, Buffer.of(0)]))
  const run = await execa('xargs', ['-0', '-r', ...options, 'timeout', String(limitSeconds), ...command], {
    input,
    encoding: 'buffer',
    extendEnv: false,
    reject: false,
    stripFinalNewline: false,
    env: { ...bareEnv(), ...env },
  })
  return { stdout: Buffer.from(run.stdout), stderr: Buffer.from(run.stderr) }
}

/** Ends a test that lacks something: in CI by failure, elsewhere as skipped with the reason. */
export function requireCapability(
  available: boolean,
  what: string,
  context: { skip: (note?: string) => never },
): void {
  if (available) return
  if (process.env.CI) throw new Error(`${what} is missing; sh test/setup.sh installs it`)
  context.skip(`NOT RUN: ${what} is missing`)
}

function describeShell(name: string, argv: Shell['argv'], eightBit = true): Shell {
  return { name, argv, eightBit, available: isOnPath(argv[0]) }
}

function isOnPath(command: string): boolean {
  return (process.env.PATH ?? '').split(delimiter).some((folder) => {
    try {
      accessSync(join(folder, command), constants.X_OK)
      return true
    } catch {
      return false
    }
  })
}

function bareEnv(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C' }
}

/** Special built-in utilities (POSIX XCU 2.14). */
export const specialBuiltins: ReadonlySet<string> = new Set(
  'break : continue . eval exec exit export readonly return set shift times trap unset'.split(' '),
)

/** Built-ins that every POSIX shell has, so no agent can lack them (POSIX XCU 2.9.1.4 d and usual practice). */
const regularBuiltins: ReadonlySet<string> = new Set(
  (
    'alias bg cd command false fc fg getopts hash jobs kill newgrp pwd read true type ulimit umask unalias wait ' +
    'echo printf test ['
  ).split(' '),
)

/** Built-ins of bash, ksh or zsh only; each with what to write instead. */
export const foreignBuiltins: ReadonlyMap<string, string> = new Map([
  ['local', 'a name with the function as its prefix'],
  ['declare', 'a plain assignment'],
  ['typeset', 'a plain assignment'],
  ['integer', 'a plain assignment'],
  ['let', '$(( ))'],
  ['source', 'text of the script itself'],
  ['pushd', 'cd in a subshell'],
  ['popd', 'cd in a subshell'],
  ['dirs', 'cd in a subshell'],
  ['builtin', 'command'],
  ['shopt', 'nothing: POSIX has no such options'],
  ['setopt', 'nothing: POSIX has no such options'],
  ['enable', 'nothing'],
  ['mapfile', 'while IFS= read -r'],
  ['readarray', 'while IFS= read -r'],
  ['disown', 'nothing: a script has no job control'],
  ['caller', 'nothing'],
  ['compgen', 'command -v'],
  ['complete', 'nothing'],
  ['bind', 'nothing'],
  ['help', 'nothing'],
  ['history', 'nothing'],
  ['logout', 'exit'],
  ['suspend', 'kill -s STOP'],
  ['print', 'printf'],
  ['whence', 'command -v'],
])

export function isBuiltin(name: string): boolean {
  return specialBuiltins.has(name) || regularBuiltins.has(name) || foreignBuiltins.has(name)
}

/** A program that becomes, or runs, the command which its own arguments hold. */
export interface Runner {
  /** Operands of its own before that command. */
  readonly operands: number
  /** Options that take the next word as their value. */
  readonly valued: readonly string[]
  /** `NAME=value` words before the command. */
  readonly assignments?: boolean
}

/** Programs and built-ins whose arguments are a command; the privilege tools by their manual pages. */
export const runners: ReadonlyMap<string, Runner> = new Map<string, Runner>([
  ['command', { operands: 0, valued: [] }],
  ['exec', { operands: 0, valued: ['-a'] }],
  ['env', { operands: 0, valued: ['-u', '--unset', '-C', '--chdir'], assignments: true }],
  ['nice', { operands: 0, valued: ['-n', '--adjustment'] }],
  ['nohup', { operands: 0, valued: [] }],
  ['setsid', { operands: 0, valued: [] }],
  ['timeout', { operands: 1, valued: ['-s', '-k', '--signal', '--kill-after'] }],
  ['xargs', { operands: 0, valued: ['-n', '-I', '-L', '-P', '-s', '-E', '-d', '-a'] }],
  ['gosu', { operands: 1, valued: [] }],
  ['su-exec', { operands: 1, valued: [] }],
  ['chroot', { operands: 1, valued: ['--userspec', '--groups'] }],
  ['chpst', { operands: 0, valued: '-u -U -e -/ -b -n -l -L -m -d -o -p -f -c -r -t -C'.split(' ') }],
  [
    'setpriv',
    {
      operands: 0,
      valued: [
        '--reuid',
        '--regid',
        '--ruid',
        '--rgid',
        '--euid',
        '--egid',
        '--groups',
        '--securebits',
      ].concat(
        ['--inh-caps', '--ambient-caps', '--bounding-set', '--selinux-label', '--apparmor-profile'],
        ['--pdeathsig'],
      ),
    },
  ],
])

/** Programs that take a command in a way of their own; with `"$@"` among their words they end a wrapper. */
export const opaqueRunners: ReadonlySet<string> = new Set([
  'su',
  'runuser',
  'sudo',
  'busybox',
  'start-stop-daemon',
])

import type { Command } from 'commander'
import { exitCodes } from '../../diagnostics/exit-codes.js'
import { examples } from '../examples.js'
import { ownVersion } from '../version.js'

/** The manual page in man(7), section 1; it bears no date, so that the same sources give the same bytes. */
export function printManual(program: Command): string {
  const help = program.createHelp()
  const commands = help.visibleCommands(program).filter((command) => command.name() !== 'help')
  const name = program.name()
  return `${[
    `.TH ${quoted(name.toUpperCase())} 1 "" ${quoted(`${name} ${ownVersion()}`)} "User Commands"`,
    // Left as it is: no blanks between words, and no hyphens in names.
    '.ad l',
    '.nh',
    '.SH NAME',
    `${text(name)} \\- ${text(lowerFirst(program.description()))}`,
    '.SH SYNOPSIS',
    ...commands.flatMap((command) => [
      '.P',
      `.B ${text(`${name} ${command.name()}`)}`,
      text(usageOf(command)),
    ]),
    '.SH DESCRIPTION',
    '.P',
    text(description),
    '.SH COMMANDS',
    ...commands.flatMap((command) => printCommand(name, command)),
    '.SH OPTIONS',
    ...help.visibleOptions(program).flatMap(({ flags, description: about }) => printTerm(flags, about)),
    '.SH EXIT STATUS',
    ...exitCodes.flatMap(([code, means]) => printTerm(String(code), means)),
    '.SH ENVIRONMENT',
    ...environment.flatMap(([variable, about]) => printTerm(variable, about)),
    '.SH FILES',
    ...files.flatMap(([file, about]) => printTerm(file, about)),
    '.SH SEE ALSO',
    '.BR psql (1),',
    '.BR pg_basebackup (1),',
    '.BR sh (1)',
  ].join('\n')}\n`
}

const description =
  'The model says what a read replica is: which master it follows, how it is cloned and started, with which settings and access rules, and what starts it. From it the compiler prints a POSIX shell script, run_rep.sh, that clones the master and runs the replica, and the files of whatever starts that script. The hosts need a shell and PostgreSQL, and no Node.js. Nothing is written when anything is wrong with the model.'

const environment: readonly (readonly [string, string])[] = [
  ['NO_COLOR', 'with any text: no colours'],
  ['FORCE_COLOR', 'colours also where the output is no terminal; 0: none anywhere'],
  ['CI', 'with any text: no line that moves'],
  ['REPLICA_CONFIG_TIMEOUT', 'how many seconds a configuration may run; 30 by default'],
  ['NODE_EXTRA_CA_CERTS', 'a file of certificate authorities of your own, for diff --against a URL'],
]

const files: readonly (readonly [string, string])[] = [
  ['replica.config.ts, .mts, .cts or .json', 'the model'],
  [
    'dist/',
    'what is printed from it: run_rep.sh, conf/postgresql.conf, conf/pg_hba.conf and others, with SHA256SUMS',
  ],
  ['marathon.json', 'the app of the target marathon'],
]

function printCommand(program: string, command: Command): string[] {
  const help = command.createHelp()
  const own = examples[command.name()] ?? []
  return [
    `.SS ${quoted(`${command.name()} ${usageOf(command)}`.trim())}`,
    `${text(upperFirst(command.description()))}.`,
    ...help
      .visibleArguments(command)
      .filter((argument) => argument.description !== '')
      .flatMap((argument) => printTerm(argument.name(), help.argumentDescription(argument))),
    ...help
      .visibleOptions(command)
      .filter(({ long }) => long !== '--help')
      .flatMap((option) => printTerm(option.flags, help.optionDescription(option))),
    ...(own.length === 0 ? [] : ['.P', 'Examples:']),
    ...own.flatMap(([line, about]) => ['.TP', `.B ${text(`${program} ${line}`)}`, text(about)]),
  ]
}

function usageOf(command: Command): string {
  return command
    .usage()
    .replace(/^\[options\] ?/, '')
    .replace(/^$/, '')
    .concat(' [options]')
    .trim()
}

function printTerm(term: string, about: string): string[] {
  return ['.TP', `.B ${text(term)}`, text(about)]
}

/** Text of roff: backslashes and hyphens as themselves, and no line that begins as a request does. */
function text(value: string): string {
  return value
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replaceAll('~', '\\(ti')
    .replaceAll('^', '\\(ha')
    .replaceAll('`', '\\(ga')
    .replaceAll('"', '\\(dq')
    .replaceAll('…', '\\&...')
    .split('\n')
    .map((line) => (/^[.']/.test(line) ? `\\&${line}` : line))
    .join('\n')
}

function quoted(value: string): string {
  return `"${text(value)}"`
}

function lowerFirst(value: string): string {
  return value.charAt(0).toLowerCase() + value.slice(1)
}

function upperFirst(value: string): string {
  return value.charAt(0).toUpperCase() + value.slice(1)
}

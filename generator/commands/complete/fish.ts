import type { CommandWords, OptionWords, ProgramWords, Value } from './words.js'

/** A completion for fish 3. */
export function printFish(program: ProgramWords): string {
  const { name, options, commands } = program
  const all = commands.map((command) => command.name).join(' ')
  const none = `not __fish_seen_subcommand_from ${all}`
  return [
    `# fish completion of ${name}`,
    `complete -c ${name} -f`,
    ...options.map((option) => `complete -c ${name} -n ${quote(none)} ${flags(option)}`),
    ...commands.map(
      (command) => `complete -c ${name} -n ${quote(none)} -a ${command.name} -d ${quote(command.about)}`,
    ),
    ...commands.flatMap((command) => printCommand(name, command)),
    '',
  ].join('\n')
}

function printCommand(program: string, { name, options, values }: CommandWords): string[] {
  const here = `__fish_seen_subcommand_from ${name}`
  return [
    ...options.map((option) => `complete -c ${program} -n ${quote(here)} ${flags(option)}`),
    ...values.flatMap((value) => {
      const what = argument(value)
      return what === '' ? [] : [`complete -c ${program} -n ${quote(here)} ${what}`]
    }),
  ]
}

function flags({ names, about, value }: OptionWords): string {
  const words = names.map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
  const taken = value === undefined ? [] : ['-r', argument(value)].filter((part) => part !== '')
  return [...words, `-d ${quote(about)}`, ...taken].join(' ')
}

function argument(value: Value): string {
  switch (value.kind) {
    case 'words':
      return `-a ${quote(value.words.join(' '))}`
    case 'directory':
      return "-a '(__fish_complete_directories)'"
    case 'file':
      return value.endings.length === 0
        ? '-F'
        : `-a ${quote(`(${value.endings.map((ending) => `__fish_complete_suffix .${ending}`).join('; ')})`)}`
    default:
      return ''
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

import {
  type CommandWords,
  isMany,
  listValued,
  type OptionWords,
  type ProgramWords,
  type Value,
} from './words.js'

/** A completion for fish 3. */
export function printFish(program: ProgramWords): string {
  const { name, options, commands } = program
  const own = `__${name.replaceAll('-', '_')}`
  const none = `${own}_is ''`
  return [
    `# fish completion of ${name}`,
    `# The command before the cursor, and how many values it has there.
function ${own}_words
    set -l command ''
    set -l count 0
    set -l skip no
    for word in (commandline -opc)[2..]
        if test $skip = yes
            set skip no
            continue
        end
        switch $word
            case ${listValued(program).join(' ')}
                set skip yes
            case '-?*'
            case '*'
                if test -z "$command"
                    set command $word
                else
                    set count (math $count + 1)
                end
        end
    end
    printf '%s\\n' "$command" $count
end
# Is it this command, with as many values: "generate", "explain -eq 0"?
function ${own}_is
    set -l words (${own}_words)
    test "$words[1]" = "$argv[1]"; or return
    set -q argv[2]; or return 0
    test $words[2] $argv[2..]
end
# Directories, and files that have one of these endings.
function ${own}_files
    complete -C "'' "(commandline -ct) | string match -r '.*(?:/|\\.(?:'(string join '|' $argv)'))$'
end`,
    `complete -c ${name} -f`,
    ...options.map((option) => `complete -c ${name} -n ${quote(none)} ${flags(option)}`),
    ...commands.map(
      (command) => `complete -c ${name} -n ${quote(none)} -a ${command.name} -d ${quote(command.about)}`,
    ),
    ...commands.flatMap(printCommand),
    '',
  ].join('\n')

  function printCommand(command: CommandWords): string[] {
    const is = `${own}_is ${command.name}`
    return [
      ...command.options.map((option) => `complete -c ${name} -n ${quote(is)} ${flags(option)}`),
      ...command.values.flatMap((value, index) => {
        const taken = argument(value)
        const here = `${is} ${isMany(command, index) ? '-ge' : '-eq'} ${index}`
        return taken === '' ? [] : [`complete -c ${name} -n ${quote(here)} ${taken}`]
      }),
    ]
  }

  function flags({ names, about, value }: OptionWords): string {
    const words = names.map((word) => (word.startsWith('--') ? `-l ${word.slice(2)}` : `-s ${word.slice(1)}`))
    return [...words, `-d ${quote(about)}`, ...taken(value)].join(' ')
  }

  // Nothing is offered but what is named here, unless it may be any file.
  function taken(value: Value | undefined): string[] {
    if (value === undefined) return []
    const words = argument(value)
    return words === '-F' ? ['-r', words] : ['-x', words].filter((word) => word !== '')
  }

  function argument(value: Value): string {
    switch (value.kind) {
      case 'words':
        return `-a ${quote(value.words.join(' '))}`
      case 'directory':
        return "-a '(__fish_complete_directories)'"
      case 'file':
        return value.endings.length === 0 ? '-F' : `-a ${quote(`(${own}_files ${value.endings.join(' ')})`)}`
      default:
        return ''
    }
  }
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
}

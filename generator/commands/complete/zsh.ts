import { type CommandWords, isMany, type OptionWords, type ProgramWords, type Value } from './words.js'

/** A completion for zsh: a file of $fpath, or one that is sourced after compinit. */
export function printZsh(program: ProgramWords): string {
  const name = `_${program.name}`
  const described = program.commands.map((command) => `    ${quote(`${command.name}:${command.about}`)}`)
  return `#compdef ${program.name}
# zsh completion of ${program.name}
${name}() {
  local context curcontext="$curcontext" state state_descr line
  local -A opt_args
  local -a commands
  commands=(
${described.join('\n')}
  )
  _arguments -C \\
${program.options
  .flatMap(spec)
  .map((one) => `    ${one} \\`)
  .join('\n')}
    '1:command:->command' \\
    '*::argument:->argument' && return
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $line[1] in
${program.commands.map(commandCase).join('\n')}
      esac
      ;;
  esac
}
# Called by compinit's way, or sourced.
if [ "$funcstack[1]" = ${quote(name)} ]; then ${name} "$@"; else compdef ${name} ${program.name}; fi
`
}

function commandCase(command: CommandWords): string {
  const { name, options, values } = command
  const specs = [
    ...options.flatMap(spec),
    ...values.map((value, index) =>
      quote(`${isMany(command, index) ? '*' : `${index + 1}:`}:argument:${action(value)}`),
    ),
  ]
  return `        ${name})\n          _arguments ${specs.join(' \\\n            ')}\n          ;;`
}

// A value may stand behind a blank or behind =.
function spec({ names, about, value }: OptionWords): string[] {
  const text = escapeColons(about.replaceAll('[', '(').replaceAll(']', ')'))
  const all = names.join(' ')
  const others = names.length > 1 ? `(${all})` : ''
  return names.map((name) => {
    const sign = value !== undefined && name.startsWith('--') ? '=' : ''
    const end = value === undefined ? '' : `:value:${action(value)}`
    return quote(`${others}${name}${sign}[${text}]${end}`)
  })
}

function action(value: Value): string {
  switch (value.kind) {
    case 'words':
      return `(${value.words.map(escapeColons).join(' ')})`
    case 'directory':
      return '_files -/'
    case 'file':
      return value.endings.length === 0 ? '_files' : `_files -g "*.(${value.endings.join('|')})(-.)"`
    default:
      return ' '
  }
}

function escapeColons(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll(':', '\\:')
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

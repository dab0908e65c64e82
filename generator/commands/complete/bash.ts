import {
  type CommandWords,
  isMany,
  listValued,
  type OptionWords,
  type ProgramWords,
  type Value,
} from './words.js'

/** A completion for bash 3.2 or later, which needs no package beside it. */
export function printBash(program: ProgramWords): string {
  const name = functionName(program.name)
  const commands = program.commands.map(({ name: word }) => word)
  return `# bash completion of ${program.name}
${name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} command='' count=0 index item skip=''
  COMPREPLY=()
  # "=" and ":" are words of their own for bash: --out=di, compose.yaml:1.
  [ "$word" = '=' ] && word=''
  if [ "$before" = '=' ] && [ "$COMP_CWORD" -ge 2 ]; then before=\${COMP_WORDS[COMP_CWORD-2]}; fi
  for ((index = 1; index < COMP_CWORD; index++)); do
    item=\${COMP_WORDS[index]}
    if [ -n "$skip" ]; then
      [ "$item" = '=' ] || skip=''
      continue
    fi
    case $item in
${listValued(program)
  .map((option) => `      ${option}) skip=1 ;;`)
  .join('\n')}
      -?* | '=') ;;
      *) if [ -z "$command" ]; then command=$item; else count=$((count + 1)); fi ;;
    esac
  done
  case $command:$before in
${program.commands.flatMap((command) => command.options.flatMap((option) => valueCase(command, option))).join('\n')}
  esac
  case $command in
    '')
      case $word in -*) ${reply(names(program.options))} ;; *) ${reply(commands)} ;; esac
      ;;
${program.commands.map(commandCase).join('\n')}
  esac
}
${name}_files() {
  local line
  local IFS=$'\\n'
  compopt -o filenames 2>/dev/null
  for line in $(compgen -d -- "$1"); do COMPREPLY+=("$line"); done
  [ "$2" = directory ] && return
  for line in $(compgen -f -- "$1"); do
    [ -d "$line" ] && continue
    case $line in
      *.$2 | *.$3 | *.$4 | *.$5 | *.$6) COMPREPLY+=("$line") ;;
    esac
  done
}
complete -F ${name} ${program.name}
`

  function valueCase(command: CommandWords, { names: own, value }: OptionWords): string[] {
    if (value === undefined) return []
    const patterns = own.map((option) => `${command.name}:${option}`).join(' | ')
    return [`    ${patterns})\n      ${complete(value)}\n      return\n      ;;`]
  }

  function commandCase(command: CommandWords): string {
    const values = command.values.map(
      (value, index) =>
        `      [ "$count" -${isMany(command, index) ? 'ge' : 'eq'} ${index} ] && case $word in -*) ;; *) ${complete(value)} ;; esac`,
    )
    return [
      `    ${command.name})`,
      `      case $word in -*) ${reply(names(command.options))} ;; esac`,
      ...values,
      '      ;;',
    ].join('\n')
  }

  function complete(value: Value): string {
    switch (value.kind) {
      case 'words':
        return reply(value.words)
      case 'directory':
        return `${name}_files "$word" directory`
      case 'file':
        return `${name}_files "$word" ${endings(value.endings)}`
      default:
        return ':'
    }
  }
}

// Five places for endings; without any all files are meant.
function endings(all: readonly string[]): string {
  const five = all.length === 0 ? ['*'] : all
  return [0, 1, 2, 3, 4].map((index) => `'${five[Math.min(index, five.length - 1)]}'`).join(' ')
}

function reply(words: readonly string[]): string {
  return `COMPREPLY=($(compgen -W ${quote(words.join(' '))} -- "$word"))`
}

function names(options: readonly OptionWords[]): string[] {
  return options.flatMap((option) => option.names).filter((name) => name.startsWith('--'))
}

function functionName(name: string): string {
  return `_${name.replaceAll('-', '_')}`
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

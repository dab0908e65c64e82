import type { Command } from 'commander'

/** What may stand behind an option, or as an argument. */
export type Value =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file'; readonly endings: readonly string[] }
  | { readonly kind: 'directory' }
  | { readonly kind: 'any' }

export interface OptionWords {
  /** As it is written: --out, -h. */
  readonly names: readonly string[]
  readonly about: string
  /** Undefined for a switch. */
  readonly value?: Value
}

export interface CommandWords {
  readonly name: string
  readonly about: string
  readonly options: readonly OptionWords[]
  /** The arguments in their order. */
  readonly values: readonly Value[]
  /** Whether the last of them may be given again and again. */
  readonly isVariadic: boolean
}

/** All that completion knows of the command line. */
export interface ProgramWords {
  readonly name: string
  readonly options: readonly OptionWords[]
  readonly commands: readonly CommandWords[]
}

/**
 * Reads off the command line what can be completed; `names` has words that only others know: for the argument of a
 * command by its name, for the value of an option by "init --tls".
 */
export function describeProgram(
  program: Command,
  names: Readonly<Record<string, readonly string[]>> = {},
): ProgramWords {
  const help = program.createHelp()
  const visible = help.visibleCommands(program)
  return {
    name: program.name(),
    options: listOptions(program, {}),
    commands: visible.map((command) => ({
      name: command.name(),
      about: firstSentence(command.description()),
      options: listOptions(command, names),
      isVariadic: command.registeredArguments.some(({ variadic }) => variadic),
      values:
        command.name() === 'help'
          ? [{ kind: 'words', words: visible.map((one) => one.name()).filter((name) => name !== 'help') }]
          : command.registeredArguments.map((argument) =>
              readValue(argument.name(), argument.argChoices, names[command.name()]),
            ),
    })),
  }
}

/** Whether an argument may be given again and again. */
export function isMany({ values, isVariadic }: CommandWords, index: number): boolean {
  return isVariadic && index === values.length - 1
}

/** The options, of whichever command, whose value is the next word. */
export function listValued({ options, commands }: ProgramWords): string[] {
  const all = [...options, ...commands.flatMap((command) => command.options)]
  return [...new Set(all.filter(({ value }) => value !== undefined).flatMap((option) => option.names))]
}

function listOptions(command: Command, words: Readonly<Record<string, readonly string[]>>): OptionWords[] {
  return command
    .createHelp()
    .visibleOptions(command)
    .map((option) => {
      const names = [option.short, option.long].filter((name) => name !== undefined && name !== null)
      const about = firstSentence(option.description)
      if (!option.required && !option.optional) return { names, about }
      const [, argument = ''] = /[<[]([^>\]]+)/.exec(option.flags) ?? []
      return {
        names,
        about,
        value: readValue(argument, option.argChoices, words[`${command.name()} ${option.long}`]),
      }
    })
}

// The name of a value says what it is, as a person reads it in the help.
function readValue(name: string, choices?: readonly string[], words?: readonly string[]): Value {
  if (choices !== undefined) return { kind: 'words', words: choices }
  if (words !== undefined) return { kind: 'words', words }
  if (/^(config|model|place)/.test(name)) return { kind: 'file', endings: ['ts', 'mts', 'cts', 'json', 'sh'] }
  if (/^app/.test(name)) return { kind: 'file', endings: ['json'] }
  if (/dir|directory|folder/.test(name)) return { kind: 'directory' }
  return /file|path|script/.test(name) ? { kind: 'file', endings: [] } : { kind: 'any' }
}

function firstSentence(text: string): string {
  return text.split(/[;\n]/)[0]?.trim() ?? ''
}

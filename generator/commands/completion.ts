import { Argument } from 'commander'
import { usualNames } from '../compile/explain-names.js'
import { questions } from '../init/answers.js'
import { printCompletion, shells } from './complete/print.js'
import { describeProgram } from './complete/words.js'
import { type AddCommand, exits } from './options.js'
import { printProduct } from './print.js'

export const addCompletion: AddCommand = (program, end) =>
  program
    .command('completion')
    .description('print what lets a shell complete this command line')
    .addArgument(new Argument('<shell>', 'bash, zsh or fish').choices([...shells]))
    .action((shell: (typeof shells)[number]) => {
      printProduct(printCompletion(shell, describeProgram(program, knownWords())))
      end(exits.done)
    })

/** What else can be completed than the command line itself knows. */
export function knownWords(): Record<string, readonly string[]> {
  const answers = questions.map(({ key, words = [] }) => [`init --${key}`, words] as const)
  return { explain: usualNames(), ...Object.fromEntries(answers.filter(([, words]) => words.length > 0)) }
}

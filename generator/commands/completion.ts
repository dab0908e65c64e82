import { Argument } from 'commander'
import { usualNames } from '../compile/explain-names.js'
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
      printProduct(printCompletion(shell, describeProgram(program, { explain: usualNames() })))
      end(exits.done)
    })

import type { Command } from 'commander'
import { printManual } from './manual/print.js'
import type { AddCommand } from './options.js'
import { exits } from './options.js'
import { printProduct } from './print.js'

/** For the build, which makes the manual page of the package; a person reads that by `man`. */
export const addManual: AddCommand = (program: Command, end) =>
  program
    .command('manual', { hidden: true })
    .description('print the manual page, in the language of man')
    .action(() => {
      printProduct(printManual(program))
      end(exits.done)
    })

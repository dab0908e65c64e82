// The process that a TypeScript configuration is run in: nothing that it does to its process, to standard output or to
// what is built in happens to ours. It is told the program, says what came of it, and is ended.
import { pathToFileURL } from 'node:url'
import * as ownApi from './api.js'
import { chooseModels } from './load/choose.js'
import { pack } from './load/crossing.js'
import { createPlaceBook } from './load/places.js'
import type { Evaluation, Program, Report, SourcePoint } from './load/program.js'
import { ImportError, runProgram } from './load/run-program.js'
import { describeThrown, findFrame } from './load/thrown.js'
import { createApiPlaces } from './load/traced-api.js'

const say = process.send?.bind(process) as (report: Report) => void

// A process that waits for a word of ours is none that has work.
process.on('disconnect', () => process.exit())
process.once('message', (program: Program) => void run(program))

async function run(program: Program): Promise<void> {
  Error.stackTraceLimit = 200
  process.channel?.unref()
  process.argv = [...program.argv]
  let running: string | undefined
  let isOver = false
  let isFunction = false
  const end = (evaluation: Evaluation) => {
    if (!isOver) say(evaluation)
    isOver = true
  }
  const endThrown = (error: unknown) =>
    end({ kind: 'thrown', message: describeThrown(error), at: findThrower(error, program), isFunction })

  process.on('uncaughtException', endThrown)
  process.on('unhandledRejection', endThrown)
  process.on('beforeExit', () => end({ kind: 'stuck', file: running }))
  const { exit } = process
  process.exit = (code) => {
    end({
      kind: 'exit',
      code: String(code ?? process.exitCode ?? 0),
      at: findFrame(new Error().stack, program.emitted),
    })
    return exit(code)
  }

  try {
    const book = createPlaceBook(program.literals)
    const { module } = program.given
    const api: object = module === undefined ? ownApi : await import(pathToFileURL(module).href)
    const exports = await runProgram(program, {
      given: createApiPlaces(api, book.keepPlace),
      stamp: book.stamp,
      announce: (file) => {
        running = file
        say({ kind: 'running', file })
      },
    })
    isFunction = typeof exports.default === 'function'
    const choice = await chooseModels(exports, program.shown, program.envs)
    // A rejection that nobody handled comes up now.
    await new Promise((resolve) => setImmediate(resolve))
    if (choice.kind === 'fault') return end(choice)
    const packed = pack(
      choice.models.map(({ value }) => value),
      book,
    )
    end({ kind: 'models', envs: choice.models.map(({ env }) => env), names: choice.names, packed })
  } catch (error) {
    endThrown(error)
  }
}

function findThrower(error: unknown, { emitted }: Program): SourcePoint | undefined {
  if (error instanceof ImportError) return { file: error.file, specifier: error.specifier }
  return error instanceof Error ? findFrame(error.stack, emitted) : undefined
}

import type { Command } from 'commander'
import { type Diagnostic, isError } from '../diagnostics/diagnostic.js'
import { listNames } from '../load/choose.js'
import { similarTo } from '../similar.js'
import { writeFiles } from '../write.js'
import { describeModel } from './describe-model.js'
import { judgeBefore, judgeStale } from './judge-before.js'
import { mergeFindings } from './merge-findings.js'
import { type AddCommand, addWithArtefacts, exits, isStdout, type Options } from './options.js'
import { placeFiles } from './place-files.js'
import { type Planned, plan } from './plan.js'
import { printAside, printProduct, printText } from './print.js'
import { isForProgram, report } from './report.js'
import { isWatchedRun, tellDependencies, watch } from './watch.js'

export const addGenerate: AddCommand = (program, end) =>
  addWithArtefacts(
    program,
    ['generate', 'write the artefacts; nothing is written when anything is wrong'],
    async (configs, options: GenerateOptions, command) => {
      const isOnce = options.watch === true && configs.includes('-')
      const fault = isOnce ? '- can be read once; leave out --watch' : judgeOwnOptions(options)
      if (fault !== undefined) command.error(`error: ${fault}`)
      const isWatching = options.watch === true && !isWatchedRun()
      end(
        isWatching
          ? await watch({ configs, isQuiet: options.quiet === true })
          : await generate(configs, options),
      )
    },
    addOwnOptions,
  )

export interface GenerateOptions extends Options {
  /** The artefact that is printed instead of writing all of them. */
  readonly stdout?: string
  readonly watch?: boolean
}

function addOwnOptions(command: Command): Command {
  return command
    .option(
      '--stdout <name>',
      'print one artefact to standard output, and write none: --stdout marathon.json',
    )
    .option('-w, --watch', 'do it again whenever the configuration, what it imports, or a step changes')
}

function judgeOwnOptions({ stdout, app, watch: isRepeated, ...format }: GenerateOptions): string | undefined {
  if (stdout === '') return '--stdout needs the name of an artefact'
  const taker =
    stdout !== undefined ? '--stdout' : app !== undefined && isStdout(app) ? `--app ${app}` : undefined
  if (taker === undefined) return undefined
  if (isForProgram(format)) return `${taker} takes standard output; leave out --format`
  return isRepeated === true ? `${taker} prints once; leave out --watch` : undefined
}

/** Compiles the models and writes their artefacts; writes nothing when there is an error. Gives the exit code. */
export async function generate(configs: readonly string[], options: GenerateOptions): Promise<number> {
  const planned = await plan(configs, options)
  tellDependencies(planned.dependencies)
  if (planned.kind === 'refused') {
    report(planned.diagnostics, options, { file: configs[0], note: planned.note })
    return planned.code
  }
  const { models } = planned
  const file = models[0]?.built.config
  if (options.stdout !== undefined) return printOne(options.stdout, models, options)
  const found = mergeFindings(
    models.map(({ built, where }) => [
      built,
      [...built.diagnostics, ...judgeBefore(built, where), ...judgeStale(built, where)],
    ]),
  )
  if (options.strict === true && found.some((one) => !isError(one))) {
    report(found, options, { file })
    if (!isForProgram(options)) printAside('nothing was written: --strict refuses warnings\n')
    return exits.refused
  }
  const all = models.map(({ built, where }) => placeFiles(built.files, where))
  const { '-': streamed, ...files }: Record<string, string> = Object.assign({}, ...all)
  try {
    const changed = writeFiles(files)
    report(found, options, { file })
    if (streamed !== undefined) printProduct(streamed)
    const words = changed.length === 0 ? 'nothing changed\n' : `wrote ${changed.join(', ')}\n`
    if (options.quiet === true) return exits.done
    for (const { built, where } of models)
      printAside(`${describeModel(built, built.values, where, 'into')}\n`)
    if (streamed !== undefined) printAside(words)
    else if (!isForProgram(options)) printText(words)
    return exits.done
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const fault: Diagnostic = { code: 'E_WRITE', message, hint: 'nothing was written' }
    report([...found, fault], options)
    return exits.refused
  }
}

function printOne(name: string, models: readonly Planned[], options: Options): number {
  const refuse = (message: string, hint: string) => {
    report([{ code: 'E_OUT_NONE', message, hint }], options)
    return exits.usage
  }
  const [model, ...others] = models
  if (model === undefined || others.length > 0)
    return refuse(
      `--stdout is for one model, and there are ${models.length}`,
      'choose one, by name or by --env',
    )
  const { files, diagnostics } = model.built
  const names = Object.keys(files)
  const chosen = names.find((one) => one === name) ?? findByEnd(name, names)
  if (chosen === undefined) {
    const like = similarTo(name, names)
    const known = `it prints ${listNames(names)}`
    const hint = like === undefined ? known : `did you mean ${like}? ${known}`
    return refuse(`this model prints no ${JSON.stringify(name)}`, hint)
  }
  report(diagnostics, options)
  if (options.strict === true && diagnostics.some((one) => !isError(one))) {
    printAside('nothing was printed: --strict refuses warnings\n')
    return exits.refused
  }
  printProduct(files[chosen] ?? '')
  return exits.done
}

// conf/pg_hba.conf is pg_hba.conf to most.
function findByEnd(name: string, names: readonly string[]): string | undefined {
  const [found, ...others] = names.filter((one) => one.endsWith(`/${name}`))
  return others.length === 0 ? found : undefined
}

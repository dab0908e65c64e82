import { existsSync, readdirSync, statSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join, resolve } from 'node:path'
import { tryModel } from '../compile/compile.js'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type Answers, completeAnswers, questions } from '../init/answers.js'
import { makeModel } from '../init/model.js'
import { printNextSteps } from '../init/next-steps.js'
import { configurationNames, type Directory, planFiles } from '../init/plan.js'
import { taskEnv } from '../model/replica.js'
import { readIfThere, writeFiles } from '../write.js'
import { ask } from './ask.js'
import { type AddCommand, exits } from './options.js'
import { printAside, printText } from './print.js'
import { report } from './report.js'

export const addInit: AddCommand = (program, end) => {
  const command = program
    .command('init')
    .description(
      'write a first configuration: asks a few questions on a terminal, or takes their answers as options',
    )
    .argument('[directory]', 'where to; it is made if it is not there', '.')
  for (const { flag, about } of questions) command.option(flag, about)
  return command
    .option('--json', 'write replica.config.json instead of replica.config.ts')
    .option('--yes', 'ask nothing: take the usual answer for what no option says')
    .action(async (directory: string, options: InitOptions) => {
      const known = readOptions(options)
      if (typeof known === 'string') command.error(`error: ${known}`)
      else if (options.yes !== true && Object.keys(known).length === 0 && !isTerminal())
        command.error(
          'error: init asks its questions on a terminal, and this is none: say --yes for the usual answers, or give them, as --master pg1.db --target systemd',
        )
      else end(await init(directory, known, options))
    })
}

type InitOptions = Readonly<Partial<Record<keyof Answers, string>>> & {
  readonly json?: boolean
  readonly yes?: boolean
}

/** A run that a person ended by Ctrl-C, as a shell would show it. */
const interrupted = 130

function isTerminal(): boolean {
  return process.stdin.isTTY === true && process.stderr.isTTY === true
}

// What is wrong with an option is said with its name.
function readOptions(options: InitOptions): Partial<Answers> | string {
  const known: Partial<Answers> = {}
  for (const { key, parse } of questions) {
    const text = options[key]
    if (text === undefined) continue
    const parsed = parse(text)
    if ('expected' in parsed) return `--${key} ${JSON.stringify(text)}: expected ${parsed.expected}`
    Object.assign(known, { [key]: parsed.value })
  }
  if (known.target?.includes('marathon') && 'publish' in known && known.publish === undefined)
    return '--publish is empty, and Marathon fetches run_rep.sh from there'
  return known
}

/** Writes a first configuration into a directory, and prints what comes next. Gives the exit code. */
export async function init(
  directory: string,
  known: Partial<Answers>,
  { json, yes }: Pick<InitOptions, 'json' | 'yes'>,
): Promise<number> {
  const refuse = (message: string, hint: string) => {
    const fault: Diagnostic = { code: 'E_INIT', message, hint }
    report([fault], {})
    return exits.refused
  }
  const language = json === true ? 'json' : 'ts'
  try {
    const there = readDirectory(directory)
    // What stands in the way is said before anybody has answered.
    const first = planFiles(completeAnswers(known), there, language)
    if (first.kind === 'refused') return refuse(`${join(directory, first.message)}`, first.hint)
    if (hasErrors(completeAnswers(known))) return exits.refused
    const asked = yes === true || !isTerminal() ? undefined : await ask(known)
    if (asked?.kind === 'interrupted' || asked?.kind === 'ended') {
      printAside('Nothing was written.\n')
      return asked.kind === 'interrupted' ? interrupted : exits.refused
    }
    const answers = completeAnswers(asked?.answers ?? known)
    if (hasErrors(answers)) return exits.refused
    const plan = planFiles(answers, readDirectory(directory), language)
    if (plan.kind === 'refused') return refuse(`${join(directory, plan.message)}`, plan.hint)
    const placed = Object.entries(plan.files).map(([name, text]) => [join(directory, name), text] as const)
    printText(`wrote ${writeFiles(Object.fromEntries(placed)).join(', ')}\n`)
    const scripts = plan.scripts.map((name) => `npm run ${name}`).join(', ')
    printText(`scripts of package.json: ${scripts}\n\n`)
    const { model } = tryModel(makeModel(answers))
    const env = model === undefined ? {} : taskEnv(model)
    printText(printNextSteps(answers, { directory, isInstalled: isInstalled(directory), env }))
    return exits.done
  } catch (error) {
    return refuse(error instanceof Error ? error.message : String(error), 'nothing was written')
  }
}

// A configuration that `generate` would refuse is not written.
function hasErrors(answers: Answers): boolean {
  const errors = tryModel(makeModel(answers)).diagnostics.filter(({ code }) => code.startsWith('E_'))
  if (errors.length === 0) return false
  report(errors, {})
  printAside('Nothing was written.\n')
  return true
}

function readDirectory(directory: string): Directory {
  const stats = statSync(directory, { throwIfNoEntry: false })
  if (stats === undefined)
    return {
      configurations: [],
      packageJson: undefined,
      ignores: undefined,
      needsIgnores: isIgnoring(directory),
    }
  if (!stats.isDirectory()) throw new Error(`${directory} exists and is not a directory`)
  const names = readdirSync(directory)
  return {
    configurations: configurationNames.filter((name) => names.includes(name)),
    packageJson: readIfThere(join(directory, 'package.json')),
    ignores: readIfThere(join(directory, '.gitignore')),
    needsIgnores: isIgnoring(directory),
  }
}

// In a work tree of git, of which no .gitignore leaves node_modules out already.
function isIgnoring(directory: string): boolean {
  for (let at = resolve(directory); ; at = dirname(at)) {
    const ignores = existsSync(at) ? (readIfThere(join(at, '.gitignore')) ?? '') : ''
    if (/^(\*\*)?\/?node_modules\/?\s*$/m.test(ignores)) return false
    if (existsSync(join(at, '.git'))) return true
    if (dirname(at) === at) return false
  }
}

function isInstalled(directory: string): boolean {
  try {
    createRequire(join(resolve(directory), 'package.json')).resolve('postgres-rep-marathon/package.json')
    return true
  } catch {
    return false
  }
}

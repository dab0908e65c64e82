import { completeAccess } from '../model/access.js'
import { listTypeFiles } from '../model/contract/types.js'
import { toContractVariable } from '../model/contract/user.js'
import { builtinVariables, type ContractVariable } from '../model/contract/variables.js'
import { failures } from '../model/exits.js'
import type { Replica } from '../model/replica.js'
import { builtinSteps } from '../model/steps.js'
import { defaultMethod } from '../postgres/access.js'
import { analyseShell, listNeededTools } from './analyse.js'
import { appContext, checkModel, parseModel } from './check.js'
import { printConf } from './conf.js'
import { type Diagnostic, isError, sortDiagnostics } from './diagnostic.js'
import { printHba } from './hba.js'
import { lowerReplica } from './lower.js'
import { printMap } from './map.js'
import { buildApp, printApp } from './marathon.js'
import { type Chunk, digestOf, printScript } from './print.js'
import { renderTemplate } from './template.js'
import { verifyScript } from './verify.js'

/** Everything that compiling needs besides the model; no function below reads a file. */
export interface Sources {
  /** The package's templates by their path below `templates/`. */
  readonly templates: Readonly<Record<string, string>>
  /** The text of each step file of the user's, by the name that the model gives it. */
  readonly stepFiles: Readonly<Record<string, string>>
  /** Doc comments on the variables of `env`. */
  readonly docs: Readonly<Record<string, string>>
}

/** The artefacts by file name (empty when there was an error), and all findings, sorted. */
export interface Compiled {
  readonly files: Readonly<Record<string, string>>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Compiles a raw model into the artefacts: run_rep.sh, postgresql.conf, pg_hba.conf, run_rep.map.json,
 * SHA256SUMS and marathon.json. Pure: the same model and sources give the same bytes everywhere.
 */
export function compileReplica(value: unknown, sources: Sources): Compiled {
  const parsed = parseModel(value)
  if (!parsed.ok) return { files: {}, diagnostics: sortDiagnostics(parsed.diagnostics) }
  const { model } = parsed
  const contract = collectContract(model, sources.docs)
  const found = checkModel(model, contract)
  if (found.some(isError)) return { files: {}, diagnostics: sortDiagnostics(found) }
  const script = printRunRep(model, contract, sources)
  found.push(...verifyScript(script.text, { failureIds: failures.map(({ id }) => id) }))
  if (found.some(isError)) return { files: {}, diagnostics: sortDiagnostics(found) }
  const access = completeAccess(model.access, model.master.role)
  const method = defaultMethod(model.postgresql.majors)
  const dist: Record<string, string> = {
    'pg_hba.conf': printHba(templateOf(sources, 'pg_hba.conf.hbs'), access, method),
    'postgresql.conf': printConf(templateOf(sources, 'postgresql.conf.hbs'), model.postgresql.settings),
    'run_rep.map.json': printMap(script, model),
    'run_rep.sh': script.text,
  }
  const sums = Object.entries(dist).map(([name, text]) => `${digestOf(text)}  ${name}\n`)
  const app = buildApp(model.app, appContext(model))
  return {
    files: { ...dist, SHA256SUMS: sums.join(''), 'marathon.json': printApp(app) },
    diagnostics: sortDiagnostics(found),
  }
}

/** The contract of a model: the script's variables, then the user's in the order of their names. */
export function collectContract(model: Replica, docs: Readonly<Record<string, string>>): ContractVariable[] {
  const own = Object.entries(model.env).sort(([a], [b]) => (a < b ? -1 : 1))
  return [...builtinVariables, ...own.map(([name, given]) => toContractVariable(name, given, docs[name]))]
}

function printRunRep(model: Replica, contract: readonly ContractVariable[], sources: Sources) {
  const shell = listShellFiles(model, contract, sources)
  const modelDigest = digestOf(stringifySorted(model)).slice(0, 16)
  const views = lowerReplica(model, contract, modelDigest)
  const table = (name: string): Chunk => ({
    source: `templates/run_rep/${name}`,
    text: renderTemplate(templateOf(sources, `run_rep/${name}`), views[name] ?? {}),
  })
  const tables = ['constants', 'exits', 'contract', 'versions'].map((name) => table(`${name}.sh.hbs`))
  const sequence = table('sequence.sh.hbs')
  const effects = analyseShell([...tables, ...shell, sequence].map(({ text }) => text))
  const preflight: Chunk = {
    source: 'templates/run_rep/preflight.sh.hbs',
    text: renderTemplate(templateOf(sources, 'run_rep/preflight.sh.hbs'), {
      tools: listNeededTools(effects),
    }),
  }
  const main = shell.filter(({ source }) => source.endsWith('run_rep/main.sh'))
  const rest = shell.filter((chunk) => !main.includes(chunk))
  const head = templateOf(sources, 'run_rep/head.sh.hbs')
  return printScript([...tables, preflight, ...rest, sequence, ...main], (digest) =>
    renderTemplate(head, { digest }),
  )
}

// Helpers first, then the steps in the order of the run, the user's own, the other sub-commands, main.
function listShellFiles(model: Replica, contract: readonly ContractVariable[], sources: Sources): Chunk[] {
  const library = Object.keys(sources.templates).filter((name) => /^run_rep\/lib\/.*\.sh$/.test(name))
  const types = listTypeFiles(contract.map(({ type }) => type)).map((name) => `run_rep/${name}`)
  const steps = builtinSteps.map(({ file }) => `run_rep/${file}`).filter((name) => name.endsWith('.sh'))
  const own = model.steps.map(({ file }) => ({ source: file, text: sources.stepFiles[file] ?? '' }))
  const builtin = (names: readonly string[]) =>
    names.map((name) => ({ source: `templates/${name}`, text: templateOf(sources, name) }))
  return [
    ...builtin([...library, ...types, ...steps]),
    ...own,
    ...builtin(['run_rep/health.sh', 'run_rep/main.sh']),
  ]
}

function templateOf({ templates }: Sources, name: string): string {
  const text = templates[name]
  if (text === undefined) throw new Error(`no template ${name}`)
  return text
}

function stringifySorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

import { type ModelPath, pathTo } from '../diagnostics/path.js'
import { builtinSteps, lastPreflightStep, type SubCommand, subCommands } from '../model/builtin-steps.js'
import { type SupervisorWord, supervisorWords } from '../model/contract/supervisor.js'
import type { ContractVariable } from '../model/contract/variables.js'
import { stays } from '../model/data-words.js'
import { failures } from '../model/exits.js'
import { orderSteps } from '../model/own-steps.js'
import { readRate } from '../model/rate.js'
import { configurationOf, type Replica } from '../model/replica.js'
import { listShape } from '../model/shape.js'
import { libpqWords } from '../postgres/libpq.js'
import { errorWords, joinWords, statementWords } from '../postgres/log-words.js'
import { type HeldValue, type VersionRule, versionRules } from '../postgres/versions.js'
import { lit } from '../shell/words.js'
import { printRestore } from './restore.js'

/** A template's view: ready values only, so that a template decides nothing. */
export type View = Readonly<Record<string, unknown>>

/** What the generated tables of the script print, by template. */
export function lowerReplica(
  model: Replica,
  contract: readonly ContractVariable[],
  { modelDigest, lastingSteps }: { readonly modelDigest: string; readonly lastingSteps: readonly string[] },
): Record<string, View> {
  const steps = orderSteps(model.steps)
  // One that changes the script's own shell runs in it, and may end it without a word.
  const callOf = (name: string) => {
    if (lastingSteps.includes(name)) return ['own_step=yes', `step_${name}`, 'own_step=no']
    return [model.steps.some((step) => step.name === name) ? `run_own_step step_${name}` : `step_${name}`]
  }
  const calls = steps.map((name) => ({ name, commands: [...helpersBefore(name, model), ...callOf(name)] }))
  return {
    'constants.sh.hbs': {
      constants: listConstants(model).map(({ name, value }) => ({
        name,
        value,
        isShell: /[$`]/.test(String(value)),
      })),
      modelDigest,
      majors: [...new Set(model.postgresql.majors)].sort((a, b) => a - b).join(' '),
    },
    'exits.sh.hbs': {
      failures: failures.map(({ id, code, advice }) => ({ id, code, advice: lit(advice) })),
      data: lowerDataWords(),
      unknown: lit('report this as a fault of run_rep.sh'),
    },
    'contract.sh.hbs': {
      keptNames: contract
        .map(({ name }) => name)
        .filter((name) => /^PG[A-Z0-9_]*$/.test(name))
        .sort()
        .join(' | '),
      lines: contract.flatMap(printCheck),
    },
    'recall.sh.hbs': lowerRecall(contract),
    'supervisor.sh.hbs': { words: supervisorWords.map(lowerWord) },
    'libpq.sh.hbs': {
      words: libpqWords.map(({ keyword, value, since, protects }) => ({
        pattern: `${keyword}=${value}`,
        since,
        protects: protects ? 'yes' : 'no',
      })),
    },
    'log-words.sh.hbs': { errors: lit(joinWords(errorWords)), statements: lit(joinWords(statementWords)) },
    'versions.sh.hbs': lowerVersions(model),
    'archive.sh.hbs': lowerArchive(model),
    'sequence.sh.hbs': {
      run: calls,
      preflight: calls.slice(0, steps.indexOf(lastPreflightStep) + 1),
      names: subCommands.map(({ name }) => name).join(' | '),
      usage: subCommands.map(({ name, doc }) => `${name.padEnd(widest(subCommands))}  ${doc}`),
    },
  }
}

// A sentence is printed once, with all failures of which it holds.
function lowerDataWords(): View[] {
  const words = [...new Set(failures.map(({ data }) => data))]
  return words.map((one) => ({
    ids: failures
      .filter(({ data }) => data === one)
      .map(({ id }) => id)
      .join(' | '),
    words: lit(one),
    stays: one === stays,
  }))
}

// PGDATA_DIR is where the file was found; a URL may hold what is nobody's business, and no sub-command fetches it.
function lowerRecall(contract: readonly ContractVariable[]): View {
  const kept = contract.filter(
    ({ name, type, secret }) => !secret && name !== 'PGDATA_DIR' && type.name !== 'url',
  )
  return {
    keep: kept.map(
      ({ name }) => `[ -z "\${${name}:-}" ] || kept_contract="\${kept_contract}${name}=$${name}$newline"`,
    ),
    // libpq and awk read these in the environment. An export counts as a reader, so no other variable is exported.
    recall: kept.map(({ name, setBy }) =>
      setBy === 'libpq' || name === 'POSTGRES_REPUSER'
        ? `${name}) export ${name}="$_recall_value" ;;`
        : `${name}) ${name}=$_recall_value ;;`,
    ),
  }
}

/** What a step begins with where the model says so: data that was rewound is as good as any when one is chosen. */
export function helpersBefore(step: string, { run }: Pick<Replica, 'run'>): readonly string[] {
  return step === 'choose_data' && run.onDiverged === 'rewind' ? ['rewind_data'] : []
}

function lowerWord({ name, doc, variables, usual }: SupervisorWord): View {
  const from = variables.map((variable) => `${variable.name} of ${variable.setBy}`).join(', ')
  const [first, ...others] = variables.map((variable, index) => {
    const value = index === variables.length - 1 ? usual : ''
    return `${name}=\${${variable.name}:-${value}}`
  })
  return { from, doc, lines: [first, ...others.map((line) => `[ -n "$${name}" ] || ${line}`)] }
}

/** In which line of the script something begins. */
export interface Lines {
  readonly ofStep: (name: string) => number
  readonly ofFunction: (name: string) => number
}

/** The table of contents at the head of the script: its length does not depend on the lines. */
export function lowerContents(model: Replica, { ofStep, ofFunction }: Lines = nowhere): View {
  const steps = orderSteps(model.steps).map((name) => ({ name, doc: docOf(name, model) }))
  const width = widest([...steps, ...subCommands])
  const list = (items: readonly SubCommand[], lineOf: (name: string) => number) =>
    items.map(({ name, doc }) => ({ line: String(lineOf(name)).padStart(5), name: name.padEnd(width), doc }))
  return { steps: list(steps, ofStep), subCommands: list(subCommands, ofFunction) }
}

const nowhere: Lines = { ofStep: () => 0, ofFunction: () => 0 }

function widest(items: readonly SubCommand[]): number {
  return Math.max(...items.map(({ name }) => name.length))
}

/** What a step is for, in one sentence. */
export function docOf(name: string, { steps }: Pick<Replica, 'steps'>): string {
  return [...builtinSteps, ...steps].find((step) => step.name === name)?.doc ?? ''
}

// Looked for in the same way as what the script itself runs, but not printed by `need`: nothing in the script runs it.
function lowerArchive({ restore }: Replica): View {
  const programs = restore === undefined ? [] : printRestore(restore).programs
  return {
    questions: programs.map(({ question, name }) => ({
      question,
      words: lit(`${name} is missing, which reads WAL from the archive`),
    })),
  }
}

/** A variable of the script that the model gives its value once and for all, and where in the model. */
export interface Constant {
  readonly name: string
  readonly path: ModelPath
  readonly value: string | number
}

/** What the model compiles into the script: limits in seconds and bytes, and choices. */
export function listConstants(model: Replica): Constant[] {
  const { shutdown, run, clone, rewind, master, postgresql, ready, task } = model
  const { tcp } = master
  const item = (name: string, path: ModelPath, value: string | number): Constant => ({ name, path, value })
  return [
    item('stop_fast', pathTo`shutdown.fast`, shutdown.fast),
    item('stop_immediate', pathTo`shutdown.immediate`, shutdown.immediate),
    item('stall_limit', pathTo`run.stallLimit`, run.stallLimit),
    item('verify_clone', pathTo`postgresql.verifyClone`, postgresql.verifyClone),
    item('newer', pathTo`postgresql.newer`, postgresql.newer),
    item('configuration', pathTo`run.configuration`, configurationOf(model)),
    item('durability', pathTo`run.durability`, run.durability),
    // What in the end becomes of such data.
    item(
      'on_diverged',
      run.onDiverged === 'rewind' ? pathTo`rewind.otherwise` : pathTo`run.onDiverged`,
      run.onDiverged === 'rewind' ? rewind.otherwise : run.onDiverged,
    ),
    item('rewinds', pathTo`run.onDiverged`, run.onDiverged === 'rewind' ? 'yes' : 'no'),
    ...(run.onDiverged === 'rewind'
      ? [
          item('rewind_role', pathTo`rewind.role`, lit(rewind.role ?? '')),
          item('rewind_database', pathTo`master.database`, lit(master.database)),
        ]
      : []),
    item('listen', pathTo`run.listen`, lit(run.listen.join(','))),
    item('on_collation', pathTo`run.onCollation`, run.onCollation),
    item('slot_mode', pathTo`run.slot`, run.slot),
    item('stream_from', pathTo`run.from`, run.from),
    item('instances', pathTo`task.instances`, task.instances),
    item('apply_delay', pathTo`run.delay`, run.delay ?? 0),
    item('sync_database', pathTo`run.syncSlots`, lit(run.syncSlots ? master.database : '')),
    item(
      'clone_rate',
      pathTo`clone.maxRate`,
      clone.maxRate === undefined ? lit('') : `${readRate(clone.maxRate)}k`,
    ),
    item('clone_checkpoint', pathTo`clone.checkpoint`, clone.checkpoint),
    item('clone_compress', pathTo`clone.compress`, clone.compress),
    item('wal_dir', pathTo`clone.walDir`, lit(clone.walDir ?? '')),
    item('log_file_kb', pathTo`run.logMiB`, run.logMiB * 256),
    item('watch_interval', pathTo`run.watchInterval`, run.watchInterval),
    item('claim_beat', pathTo`run.claimInterval`, run.claimInterval),
    item('stale_limit', pathTo`run.staleLimit`, run.staleLimit),
    item('user_timeout', pathTo`master.tcp.userTimeout`, tcp.userTimeout ?? lit('')),
    item('keepalives_idle', pathTo`master.tcp.keepalivesIdle`, tcp.keepalivesIdle),
    item('keepalives_interval', pathTo`master.tcp.keepalivesInterval`, tcp.keepalivesInterval ?? lit('')),
    item('keepalives_count', pathTo`master.tcp.keepalivesCount`, tcp.keepalivesCount ?? lit('')),
    item('ready_by', pathTo`ready.by`, ready.by),
    item('ready_bytes', pathTo`ready.lagMiB`, ready.lagMiB * 1_048_576),
    item('ready_seconds', pathTo`ready.lagSeconds`, ready.lagSeconds ?? lit('')),
    ...listArchive(model),
  ]
}

function listArchive({ restore }: Replica): Constant[] {
  const path = pathTo`restore`
  if (restore === undefined) return [{ name: 'restore_command', path, value: lit('') }]
  const { command, missing, directory = '' } = printRestore(restore)
  return [
    { name: 'restore_command', path, value: lit(command) },
    { name: 'archive_missing', path, value: lit(missing.join(' ')) },
    { name: 'archive_directory', path, value: lit(directory) },
  ]
}

// Absent gets its default, empty counts as absent. libpq takes an empty variable for a malformed one,
// so an empty PG* is unset. A default that is no plain word is quoted, which `${X:-…}` makes hard to read.
function printCheck(variable: ContractVariable): string[] {
  const { name, type, required, secret } = variable
  const call = [type.check, `"$${name}"`, ...type.args].join(' ')
  const shown = secret ? `"\${${name}:+(a secret)}"` : `"$${name}"`
  const complaint = `malformed ${name} ${shown} ${lit(type.what)}`
  if (required || variable.default !== undefined) {
    const usual = variable.default ?? ''
    const isPlain = /^[A-Za-z0-9_./:-]*$/.test(usual)
    const assignment = isPlain
      ? `${name}=\${${name}:-${usual}}`
      : `[ -n "\${${name}:-}" ] || ${name}=${lit(usual)}`
    return [assignment, `${call} || ${complaint}`]
  }
  const absent = name.startsWith('PG') ? `[ -n "\${${name}:-}" ] || unset ${name}` : `${name}=\${${name}:-}`
  return [absent, `[ -z "\${${name}:-}" ] || ${call} || ${complaint}`]
}

// A default that holds for most majors, then a branch for each set of majors that differs.
function lowerVersions(model: Replica): View {
  const { listen } = model.run
  const majors: readonly number[] = model.postgresql.majors
  const rules = versionRules.filter(({ major }) => majors.includes(major))
  const held = groupByMajors(rules, (rule) =>
    listHeld(rule, model).map(({ name, value }) => `${name}=${value}`),
  )
  const common = held.filter(({ pattern }) => pattern === patternOf(rules))
  return {
    known: patternOf(rules),
    newest: rules.at(-1)?.text,
    common: lit(
      [`listen_addresses=${listen.join(',')}`, ...common.flatMap(({ values }) => values)].join('\n'),
    ),
    held: held
      .filter((group) => !common.includes(group))
      .map(({ pattern, values }) => ({ pattern, values: lit(values.join('\n')) })),
    byMajor: [
      branchByMajors(rules, ({ standbyMarker }) => `standby_marker=${standbyMarker}`),
      branchByMajors(rules, ({ walDirectory }) => `wal_directory=${walDirectory}`),
      branchByMajors(rules, ({ hasManifest }) => `has_manifest=${hasManifest ? 'yes' : 'no'}`),
      branchByMajors(rules, ({ hasBaseBackupOptions }) =>
        hasBaseBackupOptions
          ? `backup_command="BASE_BACKUP (LABEL 'run_rep', PROGRESS, CHECKPOINT '${model.clone.checkpoint}', WAIT false)"`
          : `backup_command="BASE_BACKUP LABEL 'run_rep' PROGRESS${model.clone.checkpoint === 'fast' ? ' FAST' : ''} NOWAIT"`,
      ),
    ],
  }
}

// What the model says wins over what holds where it says nothing.
function listHeld({ major, held }: VersionRule, model: Replica): HeldValue[] {
  const shape = listShape(model).filter(({ since }) => since <= major)
  const isShaped = (name: string) => shape.some((setting) => setting.name === name)
  return [...held.filter(({ name }) => !isShaped(name)), ...shape]
}

// One `case`: a branch for each value, the newest majors last and under `*`.
function branchByMajors(rules: readonly VersionRule[], pick: (rule: VersionRule) => string): View {
  const groups = groupByMajors(rules, (rule) => [pick(rule)])
  return {
    branches: groups.map(({ pattern, values }, index) => ({
      pattern: index === groups.length - 1 ? '*' : pattern,
      value: values.join(' '),
    })),
  }
}

// The values of all rules, those of the same majors together.
function groupByMajors(rules: readonly VersionRule[], pick: (rule: VersionRule) => readonly string[]) {
  const groups = new Map<string, string[]>()
  for (const value of new Set(rules.flatMap(pick))) {
    const pattern = patternOf(rules.filter((rule) => pick(rule).includes(value)))
    groups.set(pattern, [...(groups.get(pattern) ?? []), value])
  }
  return [...groups].map(([pattern, values]) => ({ pattern, values }))
}

function patternOf(rules: readonly VersionRule[]): string {
  return rules.map(({ text }) => text).join(' | ')
}

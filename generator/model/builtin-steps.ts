/** A built-in step: the function `step_<name>` in `templates/run_rep/<file>`, and what it is for. */
export interface BuiltinStep {
  readonly name: string
  readonly file: string
  readonly doc: string
}

const steps = [
  step('contract', 'contract.sh.hbs', 'every variable present and well-formed, all faults at once'),
  step('preflight', 'steps/preflight.sh', 'every tool, the user, the password file, the place for the data'),
  step('look_at_data', 'steps/look_at_data.sh', 'local evidence: what lies in PGDATA_DIR'),
  step('claim', 'steps/claim.sh', 'one run at a time; what a dead one left behind is ended and removed'),
  step('inspect_master', 'steps/inspect_master.sh', 'what the replication protocol tells of the master'),
  step('choose_data', 'steps/choose_data.sh', 'clone, reuse or refuse'),
  step(
    'fetch_config',
    'steps/fetch_config.sh',
    'the configuration from CONFIG_URL, judged before the clone, or before it takes the place of the former',
  ),
  step('clone', 'steps/clone.sh', 'pg_basebackup, verified, marked, renamed'),
  step(
    'configure',
    'steps/configure.sh',
    'the files that rule put in their place, settings collected and judged',
  ),
  step(
    'serve',
    'steps/serve.sh',
    'the gate (this is certainly a standby), then PostgreSQL as a child, until its end',
  ),
]

export type StepName = (typeof steps)[number]['name']

/** Their names, for whoever says one of them. */
export const stepNames: readonly StepName[] = steps.map(({ name }) => name)

/** The steps of a run, in the order in which they run. Each decides by itself whether it has work. */
export const builtinSteps: readonly BuiltinStep[] = steps

/** A sub-command of run_rep.sh: the function of its name, and what it is for. */
export interface SubCommand {
  readonly name: string
  readonly doc: string
}

/** What `sh run_rep.sh` takes besides `help`; without an argument it is `run`. */
export const subCommands: readonly SubCommand[] = [
  { name: 'run', doc: 'clone the master if need be, then run a streaming replica (the default)' },
  { name: 'preflight', doc: 'everything up to the clone, changing nothing' },
  { name: 'health', doc: 'exit 0 if the replica has its port, lets clients in and is a standby' },
  { name: 'ready', doc: 'exit 0 if, besides, it is not too far behind the master, by what it knows itself' },
  {
    name: 'status',
    doc: 'how it stands, and what a restart would do (--json, --prometheus; --master: the master is asked, too)',
  },
  { name: 'version', doc: 'what this file is' },
]

/** The last step that `preflight` runs: everything up to the clone, changing nothing. */
export const lastPreflightStep = 'fetch_config'

function step<const Name extends string>(name: Name, file: string, doc: string) {
  return { name, file, doc }
}

/** A built-in step: the function `step_<name>` in `templates/run_rep/<file>`, and what it is for. */
export interface BuiltinStep {
  readonly name: string
  readonly file: string
  readonly doc: string
}

const steps = [
  step(
    'contract',
    'contract.sh.hbs',
    'checks that every variable is present and well-formed, and reports all faults at once',
  ),
  step(
    'preflight',
    'steps/preflight.sh',
    'checks every tool, the user, the password file and the place for the data',
  ),
  step('look_at_data', 'steps/look_at_data.sh', 'looks at what is in PGDATA_DIR, without the master'),
  step(
    'claim',
    'steps/claim.sh',
    'makes sure that one run at a time uses the data; ends and removes what a dead run left behind',
  ),
  step('inspect_master', 'steps/inspect_master.sh', 'asks the master over the replication protocol'),
  step('choose_data', 'steps/choose_data.sh', 'decides to clone, reuse or refuse'),
  step(
    'fetch_config',
    'steps/fetch_config.sh',
    'fetches the configuration from CONFIG_URL and checks it before the clone, or before it replaces the former one',
  ),
  step('clone', 'steps/clone.sh', 'runs pg_basebackup, then verifies, marks and renames the copy'),
  step(
    'configure',
    'steps/configure.sh',
    'puts the configuration files in place, collects and checks the settings',
  ),
  step(
    'serve',
    'steps/serve.sh',
    'checks that this is certainly a standby, then runs PostgreSQL as a child until it ends',
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
  { name: 'run', doc: 'clone the master if needed, then run a streaming replica (the default)' },
  { name: 'preflight', doc: 'check everything up to the clone, and change nothing' },
  { name: 'health', doc: 'exit 0 if the replica has its port, accepts clients and is a standby' },
  {
    name: 'ready',
    doc: 'exit 0 if, in addition, it is not too far behind the master, as far as the replica itself knows',
  },
  {
    name: 'status',
    doc: 'show the state, and what a restart would do (--json, --prometheus; --master: ask the master, too)',
  },
  { name: 'version', doc: 'show the model and the PostgreSQL majors of this script' },
]

/** The last step that `preflight` runs: everything up to the clone, changing nothing. */
export const lastPreflightStep = 'fetch_config'

/** The step that makes `$work`. */
export const workStep: StepName = 'inspect_master'

function step<const Name extends string>(name: Name, file: string, doc: string) {
  return { name, file, doc }
}

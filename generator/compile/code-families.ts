import { docUrl } from '../postgres/pages.js'

/** What is said of all findings whose codes begin alike. */
export interface CodeFamily {
  readonly prefix: string
  /** A paragraph: what is judged there, and why before anything runs. */
  readonly about: string
  /** What an example of the family looks like, for codes that have none of their own. */
  readonly example: readonly [wrong: string, right: string]
  readonly link: string
}

const posix = (page: string) => `https://pubs.opengroup.org/onlinepubs/9699919799/${page}`
const marathon = (page: string) => `https://mesosphere.github.io/marathon/docs/${page}.html`
const latest = (page: string) => docUrl(page, 18)

/** A longer prefix comes before a shorter one that it begins with. */
const families: readonly CodeFamily[] = [
  {
    prefix: 'E_SHELL',
    about:
      'The script has to run under every POSIX shell that a host may have (dash, bash, BusyBox, mksh, yash), as a user who may lose data by it. So the compiler parses the whole script, with your steps in it, and refuses what one of these shells lacks, does differently, or lets pass in silence.',
    example: ['cp $source /tmp', 'cp -- "$source" /tmp'],
    link: posix('utilities/V3_chap02.html'),
  },
  {
    prefix: 'E_STEP',
    about:
      'A step of your own is a file of plain shell that becomes a part of run_rep.sh. It runs beside the code that decides whether the server is a standby, so it may say, ask, wait and fail, but it may not touch the data, the traps or the options of the script.',
    example: ['exit 1', 'fail STEP_FAILED "the cache server does not answer"'],
    link: posix('utilities/V3_chap02.html'),
  },
  ...['E_ACCEPT', 'W_ACCEPT'].map((prefix) => ({
    prefix,
    about:
      'A warning that is meant as it is would keep --strict from being of use. `accept` at the top of a model names the codes of such warnings; a comment beside it says why.',
    example: ["accept: ['W_TASK']", "accept: ['W_TASK_DISK']"] as const,
    link: latest('high-availability.html'),
  })),
  {
    prefix: 'E_ACCESS',
    about:
      'The rules of `access` become lines of pg_hba.conf. A server that finds one line that it cannot read refuses the whole file and does not start, so each line is held against all majors that the model names.',
    example: ["{ method: 'oauth' } with majors: [16]", "{ method: 'scram-sha-256' }"],
    link: latest('auth-pg-hba-conf.html'),
  },
  {
    prefix: 'W_ACCESS',
    about:
      'The rules of `access` become lines of pg_hba.conf, and the first line that matches decides. A server takes this line, but it does not do what it seems to say: it never matches, lets in more than it should, or keeps out whom it should let in.',
    example: ["allow.host({ from: 'all', method: 'trust' })", "allow.hostssl({ from: '10.0.0.0/8' })"],
    link: latest('auth-pg-hba-conf.html'),
  },
  {
    prefix: 'E_SETTING',
    about:
      'The settings of the model become lines of postgresql.conf. They are held against the catalogue of each major that the model names, since a server does not start with a name or a value that it does not know.',
    example: ['settings: { wal_keep_segments: 64 }', "settings: { wal_keep_size: '1GB' }"],
    link: latest('config-setting.html'),
  },
  {
    prefix: 'W_SETTING',
    about:
      'The settings of the model become lines of postgresql.conf. Servers take this one, but it does nothing here, or it may not do so everywhere.',
    example: [
      "settings: { archive_command: '…' }, archive_mode left off",
      'leave it out, or switch on what it belongs to',
    ],
    link: latest('config-setting.html'),
  },
  {
    prefix: 'E_RUN_SYNC_SLOTS',
    about:
      'Since PostgreSQL 17 a standby can keep the logical slots of its master, so that a failover does not lose them. It does so only if it has a slot itself, sends feedback, and may decode WAL; else it says so in its log and keeps none.',
    example: [
      'run: { syncSlots: true }',
      "run: { syncSlots: true, slot: 'permanent', hotStandbyFeedback: true }",
    ],
    link: latest('logicaldecoding-explanation.html'),
  },
  {
    prefix: 'W_RUN_REWIND',
    about:
      "pg_rewind brings data that left the history of its master back onto it, without a new copy. It connects to the master as a role with rights of its own, and is only used where run.onDiverged is 'rewind'.",
    example: ["rewind: { role: 'rewinder' }", "run: { onDiverged: 'rewind' }, rewind: { role: 'rewinder' }"],
    link: latest('app-pgrewind.html'),
  },
  ...['E_RUN_SLOT', 'W_RUN_SLOT'].map((prefix) => ({
    prefix,
    about:
      'A replication slot makes the master keep the WAL that this replica still needs. It is safe only while the replica comes back: a slot that nobody uses fills the disk of the master.',
    example: [
      "run: { slot: 'permanent' }",
      "run: { slot: 'permanent' }, task: { volume: '100GiB' }",
    ] as const,
    link: latest('warm-standby.html#STREAMING-REPLICATION-SLOTS'),
  })),
  ...['E_RUN', 'W_RUN'].map((prefix) => ({
    prefix,
    about:
      'The part `run` of a model says how the script behaves: as whom and where PostgreSQL runs, how long it waits, and what it does with trouble. What contradicts another part, or a server of one of the majors, is found here and not on a host at night.',
    example: ["run: { dataDir: 'stdout' }", "run: { dataDir: 'pgdata' }"] as const,
    link: latest('warm-standby.html'),
  })),
  ...['E_MASTER', 'W_MASTER'].map((prefix) => ({
    prefix,
    about:
      'The part `master` becomes the parameters of libpq by which the replica logs in: hosts, role, and what protects the connection. libpq refuses words that contradict each other, and an old one does not know the newer words.',
    example: [
      "master: { tls: { mode: 'require', negotiation: 'direct' } }, majors: [16]",
      'majors: [17]',
    ] as const,
    link: latest('libpq-connect.html#LIBPQ-PARAMKEYWORDS'),
  })),
  {
    prefix: 'E_CLONE',
    about:
      'The part `clone` says how pg_basebackup copies the master. It is the pg_basebackup of the major of the master, so each word has to be known in all majors that the model names.',
    example: ["clone: { compress: 'zstd' }, majors: [14]", 'majors: [15]'],
    link: latest('app-pgbasebackup.html'),
  },
  {
    prefix: 'E_RESTORE',
    about:
      'The part `restore` becomes restore_command, by which a standby fetches WAL that its master has removed. A server does not run it before that WAL is missing, so a fault in it would show months later.',
    example: [
      "{ from: 'command', command: \"cp '/archive/%f %p\" }",
      "{ from: 'directory', path: '/archive' }",
    ],
    link: latest('continuous-archiving.html#BACKUP-PITR-RECOVERY'),
  },
  ...['E_ENV', 'W_ENV'].map((prefix) => ({
    prefix,
    about:
      'The part `env` declares variables of your own, for your own steps. The script checks each at its start, as it does its own; so each needs a type, a reader, and a name that nobody else uses.',
    example: ['env: { PATH: variable.text() }', 'env: { SHOP_PATH: variable.path() }'] as const,
    link: posix('basedefs/V1_chap08.html'),
  })),
  ...['E_TASK', 'W_TASK', 'E_HEALTH', 'W_HEALTH', 'E_STOP'].map((prefix) => ({
    prefix,
    about:
      'The part `task` says what every supervisor gives a replica: memory, disk, environment, and how long its checks and its stop may take. A supervisor that is less patient than the script kills a replica that is doing well.',
    example: ['task: { stopGrace: 30 }', 'task: { stopGrace: 30 }, shutdown: { fast: 15 }'] as const,
    link: latest('server-shutdown.html'),
  })),
  ...['E_APP_CHECK', 'E_APP_UNREACHABLE', 'W_APP_BACKOFF'].map((prefix, index) => ({
    prefix,
    about:
      'Marathon takes an app as a whole or not at all. These are its own rules for how a task is watched, replaced and started again.',
    example: ['interval: 10, timeout: 20', 'interval: 30, timeout: 20'] as const,
    link: marathon(['checks', 'unreachable', 'backoff'][index] ?? 'task-handling'),
  })),
  ...['E_APP_CONSTRAINT', 'E_APP_SHARED'].map((prefix) => ({
    prefix,
    about:
      'Constraints say on which hosts Marathon may start the tasks of an app. Marathon refuses an app with a constraint that it cannot read; and two replicas on one host must not share a directory.',
    example: ["constraints: [['hostname', 'UNIQ']]", "constraints: [['hostname', 'UNIQUE']]"] as const,
    link: marathon('constraints'),
  })),
  ...['E_APP_VOLUME', 'E_APP_ROLE', 'W_APP_RESIDENT'].map((prefix) => ({
    prefix,
    about:
      'With a persistent volume the data of a task outlives it. Marathon reserves the resources of such an app for a role, and does not let their sizes be changed afterwards.',
    example: [
      "targets: { marathon: { volume: { type: 'mount' } } }",
      "add task: { volume: '100GiB' }",
    ] as const,
    link: marathon('persistent-volumes'),
  })),
  {
    prefix: 'W_APP_SECRET',
    about:
      'A variable can be given as the name of a secret. Marathon hands that name to a plug-in, which each operator installs; without one it refuses the app.',
    example: ["env: { TOKEN: { secret: 'token' } }", 'run.passfile, or a file that is on the agent'],
    link: marathon('secrets'),
  },
  ...['E_APP_PORT', 'W_APP_PORT'].map((prefix) => ({
    prefix,
    about: 'Marathon gives a task its ports, by number or by choice, and a variable for each by its name.',
    example: ["portName: 'post-gres'", "portName: 'postgres'"] as const,
    link: marathon('ports'),
  })),
  ...['E_APP_UPGRADE', 'W_APP_UPGRADE', 'E_APP_SINGLE'].map((prefix) => ({
    prefix,
    about:
      'The upgrade strategy says how many tasks are there while Marathon replaces them. One that leaves no room for a new task, where there may be only one on each host, makes a deployment that never ends.',
    example: [
      '{ minimumHealthCapacity: 1, maximumOverCapacity: 0 }',
      '{ minimumHealthCapacity: 0.5, maximumOverCapacity: 0 }',
    ] as const,
    link: marathon('deployments'),
  })),
  ...['E_APP', 'W_APP'].map((prefix) => ({
    prefix,
    about:
      'What the model comes to for Marathon is judged by the rules of Marathon itself, from the release that targets.marathon.release names. It refuses the whole app for one fault.',
    example: ["id: '/DB/Pg'", "id: '/db/pg'"] as const,
    link: marathon('application-basics'),
  })),
  ...['E_SYSTEMD', 'W_SYSTEMD'].map((prefix) => ({
    prefix,
    about:
      'What the model comes to for systemd is a unit and its environment file. systemd ignores much of what it does not understand, with a line in the journal, so it is judged before.',
    example: [
      "targets: { systemd: { instances: 'ports' } }, task: { port: 5433 }",
      "instances: 'one'",
    ] as const,
    link: 'https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html',
  })),
  ...['E_COMPOSE', 'W_COMPOSE'].map((prefix) => ({
    prefix,
    about:
      'What the model comes to for Compose is a project of one service for each replica, all on one host, from the official image of PostgreSQL.',
    example: ['task: { instances: 0 }', 'task: { instances: 1 }'] as const,
    link: 'https://docs.docker.com/reference/compose-file/services/',
  })),
  ...['E_KUBERNETES', 'W_KUBERNETES'].map((prefix) => ({
    prefix,
    about:
      'What the model comes to for Kubernetes is a StatefulSet or a Deployment with what belongs to it. The API server refuses an object for one fault, and some things it lets nobody change later.',
    example: [
      "master: { tls: { mode: 'verify-full', rootCert: '/certs/ca.pem' } }",
      "add volumes: [{ path: '/certs', secret: 'master-ca' }]",
    ] as const,
    link: 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/',
  })),
  ...['E_CONTAINER', 'W_CONTAINER', 'E_IMAGE'].map((prefix) => ({
    prefix,
    about:
      'In a container the replica has the programs, the users and the directories of its image, by default the official one of PostgreSQL, and beside these only what is mounted.',
    example: [
      'postgresql: { majors: [15, 16] }',
      "majors: [16], or targets.compose.image: 'registry/own:1'",
    ] as const,
    link: 'https://hub.docker.com/_/postgres',
  })),
  ...['E_IMPORT', 'W_IMPORT'].map((prefix) => ({
    prefix,
    about:
      '`import` reads the app that a Marathon has and writes the model that prints the same app. Whatever does not come along, or comes along in another form, is named, with its place in the file.',
    example: ['{ "cmd": "sh run_rep.sh" }', '{ "cmd": "exec sh run_rep.sh" }'] as const,
    link: marathon('rest-api'),
  })),
  {
    prefix: 'E_CONFIG_DUPLICATE_KEY',
    about:
      'JSON leaves open what a name means that stands twice in one object; nearly every reader takes the last and drops the first without a word.',
    example: ['{ "run": {…}, "run": {…} }', '{ "run": {…} }'],
    link: 'https://www.rfc-editor.org/rfc/rfc8259#section-4',
  },
  ...['E_CONFIG', 'W_CONFIG', 'E_TYPE', 'E_SYNTAX'].map((prefix) => ({
    prefix,
    about:
      'A configuration is a TypeScript file whose default export is the model, or a JSON file that holds it. It is type-checked and evaluated once; a model that cannot be read to its end is not judged any further.',
    example: ['module.exports = { … }', 'export default defineReplica({ … })'] as const,
    link: 'https://www.typescriptlang.org/docs/handbook/modules/introduction.html',
  })),
  ...['E_MODEL', 'W_TARGETS'].map((prefix) => ({
    prefix,
    about:
      'The model is an object with fixed keys, each with a type, limits and mostly a default. A key that no model has is refused, since it is nearly always a misspelt one. `explain` with the name of a key says what it takes.',
    example: ["{ task: { cpus: 'two' } }", '{ task: { cpus: 2 } }'] as const,
    link: 'https://www.typescriptlang.org/docs/handbook/2/objects.html',
  })),
  {
    prefix: 'E_DRIFT',
    about:
      'Generated files are never edited: the next `generate` would take the change away, and SHA256SUMS and the head of the script tell an agent that it is there. `check` names the lines that differ.',
    example: ['an edited dist/run_rep.sh', 'a change in replica.config.ts, then generate'],
    link: posix('utilities/diff.html'),
  },
  {
    prefix: 'E_OUT',
    about:
      'Where files go is judged before any is written. They lie beside their configuration, or where --out and --app say; two that would have one place, or take that of the model itself, would be lost without a word.',
    example: ['generate --out .', 'generate --out build/agent'],
    link: posix('utilities/V3_chap01.html'),
  },
  {
    prefix: 'E_INIT',
    about:
      'init writes a first configuration, and never over a file that is there already. An answer that no model takes is refused with what was expected.',
    example: ['init, where replica.config.ts lies', 'init staging'],
    link: posix('utilities/V3_chap01.html'),
  },
  {
    prefix: 'E_PUBLISHED',
    about:
      'diff compares the model with files that were generated before: in a directory, behind the URL that serves it, or of another model. What is there has to be readable, within ten seconds and 16 MiB a file.',
    example: ['diff --against http://web01/postgre', 'diff --against http://web01/postgres'],
    link: 'https://www.rfc-editor.org/rfc/rfc9110.html',
  },
  {
    prefix: 'E_SERVE',
    about:
      'serve publishes the files of a model on this host for a test. The address has to be one of this host, and the port one that nobody else holds.',
    example: ['serve --port 80', 'serve --port 0'],
    link: 'https://www.rfc-editor.org/rfc/rfc9110.html',
  },
  {
    prefix: 'W_PUBLISH',
    about:
      'Each environment of a configuration has files of its own, and agents fetch run_rep.sh and the configuration from the `publish` of the model. Behind one URL lies one set of them, which is that of the environment published last. If one name is another host in each network, accept this warning in each.',
    example: ['publish in the object that both spread', "publish: 'http://web01/postgres/staging'"],
    link: 'https://www.rfc-editor.org/rfc/rfc9110.html',
  },
  ...['W_STALE', 'W_TARGET_NAME'].map((prefix) => ({
    prefix,
    about:
      'generate looks at what lies where it writes. A file that it printed before and prints no longer is named and stays; a file that belongs to another app is replaced, which may be a mistake in --out or in the name.',
    example: [
      'dist/old.service, after targets.systemd.name changed',
      'remove it, and stop the old unit',
    ] as const,
    link: posix('utilities/V3_chap01.html'),
  })),
  ...['E_READ', 'E_WRITE'].map((prefix) => ({
    prefix,
    about:
      'The compiler writes all of its files or none of them. The message has the reason that the system gave.',
    example: ['--out /proc/dist', '--out dist'] as const,
    link: posix('basedefs/errno.h.html'),
  })),
  {
    prefix: 'W_NOT_RUN',
    about:
      'The script was printed and judged by the compiler, but this machine has no sh for the second opinion on its syntax.',
    example: ['an image without sh', 'a machine with one, as each agent is'],
    link: posix('utilities/sh.html'),
  },
]

/** What is said of a code by how it begins. */
export function familyOf(code: string): CodeFamily {
  const found = families
    .filter(({ prefix }) => code === prefix || code.startsWith(`${prefix}_`))
    .sort((a, b) => b.prefix.length - a.prefix.length)[0]
  return found ?? general
}

const general: CodeFamily = {
  prefix: '',
  about:
    'A finding of the compiler: an error stops everything and nothing is written; with a warning the files are written, unless --strict is given.',
  example: ['generate', 'generate --strict'],
  link: latest('high-availability.html'),
}

import { dataWords } from './data-words.js'

/** One way in which the script gives up. `code` is a sysexits class, `advice` what the operator does now. */
export interface Failure {
  readonly id: string
  readonly code: number
  /** What happened, for the README's table. */
  readonly means: string
  /**
   * What to do, for the log of the agent at night. `"mv replica replica.old" in PGDATA_DIR` becomes a command with the
   * real path there.
   */
  readonly advice: string
  /** What it means for the data. */
  readonly data: string
}

/**
 * Exit codes by class, after sysexits.h, so that an operator and a log search can tell them apart.
 * Marathon restarts a task whatever its code is; 65, 77 and 78 need a person.
 */
export const exitClasses: readonly { readonly code: number; readonly means: string }[] = [
  { code: 64, means: 'the script was called wrongly' },
  { code: 65, means: 'the data found here is refused, and kept' },
  { code: 69, means: 'the master is unavailable' },
  { code: 70, means: 'a step of your own, or the script itself, failed' },
  { code: 73, means: 'no space on the disk' },
  { code: 75, means: 'a temporary failure: try again' },
  { code: 77, means: 'not permitted' },
  { code: 78, means: 'the contract, the configuration or the agent is wrong' },
]

/** What only a person can mend: whoever starts the script again at once gains nothing. */
export const personalExits: readonly number[] = [65, 77, 78]

// In the order of the run.
const table: readonly Omit<Failure, 'data'>[] = [
  {
    id: 'USAGE',
    code: 64,
    means: 'unknown sub-command or too many arguments',
    advice: 'run "sh run_rep.sh help"',
  },
  {
    id: 'CONTRACT',
    code: 78,
    means: 'an environment variable is missing or malformed',
    advice:
      'correct the variables listed above where they are given: "env" of marathon.json, the environment file, or the line that calls sh run_rep.sh',
  },
  {
    id: 'NO_TASK',
    code: 78,
    means:
      'status, health or ready was called without the environment of the task, and found nothing that a run left there',
    advice:
      "call it in the task's directory or with its PGDATA_DIR, as its RUN_USER or as root; where no run got as far as the data, its log says why, and this needs the variables of the task",
  },
  {
    id: 'AGENT',
    code: 78,
    means: 'tools or the user are missing on the agent',
    advice: 'install what is listed above on this agent, or start the replica on another one',
  },
  {
    id: 'RUN_USER',
    code: 77,
    means: 'the script cannot become RUN_USER, or RUN_USER cannot use the sandbox',
    advice: 'let the supervisor start the task as RUN_USER, so that this user owns the sandbox',
  },
  {
    id: 'PASSFILE',
    code: 77,
    means: 'the password file cannot be used',
    advice:
      'make the file named above readable by RUN_USER (for POSTGRES_REPPASSWORD_FILE: one line), or set PGPASSFILE or that variable to another file',
  },
  {
    id: 'DATA_DIR',
    code: 77,
    means: 'PGDATA_DIR cannot be created or written',
    advice: 'make PGDATA_DIR writable by RUN_USER, and each directory above it searchable (mode x)',
  },
  {
    id: 'DATA_FOREIGN',
    code: 65,
    means: 'PGDATA_DIR holds something in the way that this script did not make',
    advice:
      'look at what is named above; rename it in place (mv replica replica.old: the script leaves other names alone), or set PGDATA_DIR to a directory that nothing else uses',
  },
  {
    id: 'DATA_IN_USE',
    code: 75,
    means: 'another run, or a server that this run cannot end, uses the data',
    advice:
      'wait until the process named above ends, or stop it with SIGINT; only one run at a time may use PGDATA_DIR',
  },
  {
    id: 'DATA_TAKEN',
    code: 75,
    means:
      'another run took over the data, because this one gave no sign of life: it was frozen, or cut off from the volume',
    advice:
      'nothing, if the run on the host named above is meant to have the volume; otherwise make sure that only one supervisor at a time gives it to a task',
  },
  {
    id: 'NO_PROCESS',
    code: 75,
    means:
      'no further process can be started: a limit of the container (pids), of the unit (TasksMax) or of RUN_USER (ulimit -u) is reached',
    advice:
      'raise that limit, or lower max_connections of the replica, since each connection is a process; the line of the shell above says what it could not do',
  },
  {
    id: 'DATA_IDENTITY',
    code: 65,
    means: 'the data is a copy of another database cluster',
    advice:
      'check POSTGRES_MASTER; if the master was rebuilt, run "mv replica replica.old" in PGDATA_DIR to clone again',
  },
  {
    id: 'DATA_MAJOR',
    code: 65,
    means: 'the data is of another major version',
    advice:
      'a replica cannot change its major version: run "mv replica replica.old" in PGDATA_DIR to clone again',
  },
  {
    id: 'DATA_DIVERGED',
    code: 65,
    means: "the data is not part of the master's timeline history",
    advice:
      'find out which server is the right master; run "mv replica replica.old" in PGDATA_DIR to clone again, or set run.onDiverged in the model',
  },
  {
    id: 'RECLONE',
    code: 75,
    means: 'the data of a running replica can no longer follow the master, and run.onDiverged is reclone',
    advice:
      'nothing: the next run clones again, with a new grace period; the old data stays until its replacement is complete',
  },
  {
    id: 'REWIND',
    code: 75,
    means: "the data of a running replica left the master's history, and run.onDiverged is rewind",
    advice: 'nothing: the next run rewinds the data, with a new grace period',
  },
  {
    id: 'HALF_REWOUND',
    code: 65,
    means: 'pg_rewind failed or was interrupted, and the data that it left is unusable',
    advice:
      'run "mv replica replica.old" in PGDATA_DIR to clone again, or set rewind.otherwise to reclone in the model',
  },
  {
    id: 'WAL_GONE',
    code: 65,
    means: 'the master has removed WAL that the replica still needs',
    advice:
      'run "mv replica replica.old" in PGDATA_DIR to clone again, or set run.onDiverged in the model; raise wal_keep_size on the master, or name its archive (restore)',
  },
  {
    id: 'TABLESPACE',
    code: 65,
    means: 'the master made a tablespace after the clone, and only a new clone makes a directory for it here',
    advice:
      'run "mv replica replica.old" in PGDATA_DIR to clone again, or set run.onDiverged in the model; do not create the directory that it has on the master: replay would write into it',
  },
  {
    id: 'WAL_DIR',
    code: 65,
    means:
      'pg_wal of the replica is in a directory of its own (clone.walDir), and that one is missing, empty, or not of this copy',
    advice:
      'mount the disk of the directory that is named above, or let the model name it in clone.walDir again; nothing was touched. If that WAL is lost, run "mv replica replica.old" in PGDATA_DIR to clone again',
  },
  {
    id: 'MASTER_FILES',
    code: 65,
    means:
      'the master has a file that cannot be copied: it is damaged or unreadable, or its name is too long',
    advice:
      'check the file named above on the master (a damaged one with amcheck or pg_checksums, an unreadable one for owner and mode), and start the replica again when it is repaired',
  },
  {
    id: 'GATE',
    code: 65,
    means: 'the data would start as a master, or this cannot be ruled out',
    advice:
      'do not start it by hand; run "mv replica replica.old" in PGDATA_DIR to clone again, and save what only the old data holds',
  },
  {
    id: 'MASTER_AWAY',
    code: 69,
    means: 'no master answered within MASTER_WAIT',
    advice:
      'check that the master runs, and check POSTGRES_MASTER, POSTGRES_PORT, the name service and firewalls',
  },
  {
    id: 'MASTER_BUSY',
    code: 75,
    means: 'the master has no free walsender, slot or connection',
    advice:
      'raise max_wal_senders on the master (one for each replica, two while it clones) or max_replication_slots, or wait',
  },
  {
    id: 'MASTER_REFUSES',
    code: 77,
    means: 'the master refuses the login',
    advice:
      'check the role (LOGIN, REPLICATION), its line in the password file (database "replication") and its line in pg_hba.conf of the master',
  },
  {
    id: 'MASTER_TLS',
    code: 77,
    means: 'the connection to the master does not have the required security',
    advice:
      'check the certificates, the PGSSL* variables, PGCHANNELBINDING, PGREQUIREAUTH and PGGSSENCMODE against those of the master',
  },
  {
    id: 'LIBPQ',
    code: 78,
    means: 'a libpq that connects to the master is too old for a parameter that protects the connection',
    advice:
      'install what is named above on this agent, or remove the variable where the supervisor gets it, and do without its protection',
  },
  {
    id: 'MASTER_WAL_LEVEL',
    code: 78,
    means: 'the master writes too little WAL for a replica',
    advice: 'set wal_level = replica on the master and restart it',
  },
  {
    id: 'MASTER_UNFIT',
    code: 78,
    means: 'preflight found a setting of the master with which every run would fail',
    advice: 'correct the settings listed above on the master; dist/master.sql has the SQL for it',
  },
  {
    id: 'MASTER_VERSION',
    code: 78,
    means: "the model does not list the master's major version",
    advice:
      'add the major to postgresql.majors in the model, or set postgresql.newer if it is newer, and generate again',
  },
  {
    id: 'SERVER_BINARIES',
    code: 78,
    means: "the server or pg_basebackup of the master's major is not on this agent",
    advice: 'install that major (Debian: the packages postgresql-N and postgresql-client-N) on this agent',
  },
  {
    id: 'CONFIG_AWAY',
    code: 75,
    means: 'CONFIG_URL cannot be reached',
    advice: 'check CONFIG_URL and its server; without CONFIG_URL nothing is fetched',
  },
  {
    id: 'CONFIG_WRONG',
    code: 78,
    means: 'this server cannot use the files that CONFIG_URL serves',
    advice: 'publish the generated postgresql.conf and pg_hba.conf, or corrected ones, at CONFIG_URL',
  },
  {
    id: 'CONFIG_MISSING',
    code: 78,
    means:
      "configuration files are missing: the master keeps its own outside its data directory (Debian's layout, hba_file), or run.configuration is published",
    advice: 'publish the generated postgresql.conf and pg_hba.conf and set CONFIG_URL to their directory',
  },
  {
    id: 'CONFIG_INCLUDE',
    code: 78,
    means: 'a file that the configuration includes is not on this agent',
    advice:
      "put that file on this agent, or remove the line from the file named above; or use the published files (run.configuration: 'published')",
  },
  {
    id: 'NO_SPACE',
    code: 73,
    means: 'the disk is full or too small',
    advice: 'give what is named above more space (or inodes), or run on another agent',
  },
  {
    id: 'CLONE_FAILED',
    code: 75,
    means: 'pg_basebackup failed, or its copy is faulty',
    advice:
      'read the messages of pg_basebackup above and the log of the master (raise wal_keep_size if WAL was missing)',
  },
  {
    id: 'CLONE_STALLED',
    code: 75,
    means: 'the clone made no progress',
    advice: 'check the network and the master',
  },
  {
    id: 'SETTINGS',
    code: 78,
    means: 'PostgreSQL refuses the configuration',
    advice:
      'correct the file and line named above, in the data directory or in the file that CONFIG_URL serves',
  },
  {
    id: 'ACCESS',
    code: 78,
    means: 'pg_hba.conf has a line that PostgreSQL refuses',
    advice:
      'correct the line named above: on the master if it came with the clone, otherwise in the file that CONFIG_URL serves',
  },
  {
    id: 'CERTIFICATE',
    code: 78,
    means: 'ssl is on, and a file that it needs is missing on this agent or cannot be used',
    advice:
      'put the file named above on this agent, readable by RUN_USER (the key with mode 0600), or set ssl = off or other files in a configuration at CONFIG_URL',
  },
  {
    id: 'MEMORY',
    code: 78,
    means: 'PostgreSQL asks for more memory than this agent or this task has',
    advice:
      'give the task more memory (task.mem), or lower shared_buffers (in a configuration at CONFIG_URL, if that of the master is used here); the log above has the figures',
  },
  {
    id: 'PORT',
    code: 75,
    means: 'another process uses the port, on one address of the replica or on all',
    advice:
      'stop the process named above, or give this replica another PORT0; Debian starts a cluster of its own on localhost:5432 (pg_dropcluster)',
  },
  {
    id: 'LISTEN',
    code: 78,
    means: 'the server cannot listen on the addresses of run.listen',
    advice:
      'give this host that address, or remove it from run.listen in the model; a port below 1024 needs a privilege',
  },
  {
    id: 'LOGIN',
    code: 78,
    means: 'no client could log in to the replica',
    advice:
      'install what is named above on this agent, or remove it from session_preload_libraries or local_preload_libraries (postgresql.conf, ALTER ROLE, ALTER DATABASE)',
  },
  {
    id: 'COLLATION',
    code: 78,
    means: 'text sorts differently on this agent than where its indexes were built',
    advice:
      "use agents with the master's distribution and release; if the master itself was upgraded, REINDEX there, then ALTER DATABASE or ALTER COLLATION with REFRESH VERSION; or set run.onCollation in the model",
  },
  {
    id: 'LIMITS',
    code: 75,
    means: 'PostgreSQL needs more processes or open files than the limits allow',
    advice:
      'raise the limits of the task (ulimit -n, ulimit -u, pids of its cgroup), or wait until other processes end',
  },
  {
    id: 'DATA_DAMAGED',
    code: 65,
    means: 'PostgreSQL cannot recover the data: WAL or files are missing or damaged',
    advice:
      'run "mv replica replica.old" in PGDATA_DIR to clone again; if a new clone fails in the same way, check the disk of this agent and the data of the master',
  },
  {
    id: 'START_FAILED',
    code: 78,
    means: 'PostgreSQL ended before it accepted clients, for a reason that this script does not know',
    advice: "read PostgreSQL's own messages above; a finished clone stays, and the next run starts from it",
  },
  {
    id: 'STEP_FAILED',
    code: 70,
    means: 'a step of your own failed without giving a reason',
    advice: 'read what the step printed above; if it means to end the run, let it call fail with a reason',
  },
  {
    id: 'LIBRARY_MISSING',
    code: 78,
    means: "a library in PostgreSQL's settings is missing on this agent, or cannot be loaded",
    advice:
      'install the extension on this agent, for this major, or remove it from the setting named above (in a configuration at CONFIG_URL, if that of the master is used here)',
  },
]

function dataOf(id: string): string {
  const words = dataWords[id]
  if (words === undefined) throw new Error(`data-words.ts does not say what ${id} means for the data`)
  return words
}

/** Every failure that the script can name, with what it means for the data. */
export const failures: readonly Failure[] = table.map((one) => ({ ...one, data: dataOf(one.id) }))

/** One way in which the script gives up. `code` is a sysexits class, `advice` what the operator does now. */
export interface Failure {
  readonly id: string
  readonly code: number
  /** What happened, for the README's table. */
  readonly means: string
  /** What to do, for the log of the agent at night. */
  readonly advice: string
}

/**
 * Exit codes by class, after sysexits.h, so that an operator and a log search can tell them apart.
 * Marathon restarts a task whatever its code is; 65, 77 and 78 need a person.
 */
export const exitClasses: readonly { readonly code: number; readonly means: string }[] = [
  { code: 64, means: 'the script was called wrongly' },
  { code: 65, means: 'the data found was refused; nothing was touched' },
  { code: 69, means: 'the master is unavailable' },
  { code: 70, means: 'a step of your own, or the script itself, is at fault' },
  { code: 73, means: 'no space' },
  { code: 75, means: 'try again: something that passes by itself' },
  { code: 77, means: 'not permitted' },
  { code: 78, means: 'the contract, the configuration or the agent is wrong' },
]

/** What only a person can mend: whoever starts the script again at once gains nothing. */
export const personalExits: readonly number[] = [65, 77, 78]

/** Every failure that the script can name, in the order of the run. */
export const failures: readonly Failure[] = [
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
      'correct the variables named above where the supervisor gets them: "env" of marathon.json, or the environment file',
  },
  {
    id: 'AGENT',
    code: 78,
    means: 'the agent lacks tools or the user',
    advice: 'install what is named above on this agent, or start the replica elsewhere',
  },
  {
    id: 'RUN_USER',
    code: 77,
    means: 'the script cannot become RUN_USER, or RUN_USER cannot use the sandbox',
    advice: "let the supervisor start the task as RUN_USER, so that its directory is that user's",
  },
  {
    id: 'PASSFILE',
    code: 77,
    means: 'the password file cannot be used',
    advice:
      'let RUN_USER read the file named above (for the secret of POSTGRES_REPPASSWORD_FILE: one line), or point PGPASSFILE or that variable to another',
  },
  {
    id: 'DATA_DIR',
    code: 77,
    means: 'PGDATA_DIR cannot be made or written',
    advice: 'give RUN_USER a directory that it may write, each directory above it searchable (mode x)',
  },
  {
    id: 'DATA_FOREIGN',
    code: 65,
    means: 'PGDATA_DIR holds something that this script did not make and that is in its way',
    advice:
      'look at what is named above; rename it where it is (mv replica replica.old: what has another name is left alone), or set PGDATA_DIR to a directory of its own',
  },
  {
    id: 'DATA_IN_USE',
    code: 75,
    means: 'another run, or a server that it cannot end, works on the data',
    advice:
      'wait for the end of the process named above, or stop it with SIGINT; one run at a time may use PGDATA_DIR',
  },
  {
    id: 'DATA_TAKEN',
    code: 75,
    means: 'another run took the data over, since this one gave no sign of life: it was frozen, or cut off',
    advice:
      'nothing, if the run on the host named above is meant to have the volume; else see that one supervisor at a time gives it to a task',
  },
  {
    id: 'NO_PROCESS',
    code: 75,
    means:
      'no process can be made: a limit of the container (pids), of the unit (TasksMax) or of RUN_USER (ulimit -u)',
    advice:
      'raise that limit, or lower max_connections of the replica, whose every connection is a process; the shell says above what it could not do',
  },
  {
    id: 'DATA_IDENTITY',
    code: 65,
    means: 'the data is a copy of another cluster',
    advice:
      'check POSTGRES_MASTER; if the master was rebuilt, run "mv replica replica.old" in PGDATA_DIR to clone anew',
  },
  {
    id: 'DATA_MAJOR',
    code: 65,
    means: 'the data is of another major version',
    advice: 'a replica cannot change its major: run "mv replica replica.old" in PGDATA_DIR to clone anew',
  },
  {
    id: 'DATA_DIVERGED',
    code: 65,
    means: "the data is on a timeline that the master's history does not have",
    advice:
      'find out which server is the right master; run "mv replica replica.old" in PGDATA_DIR to clone anew, or set run.onDiverged in the model',
  },
  {
    id: 'RECLONE',
    code: 75,
    means: 'the data of a running replica cannot follow the master any more, and run.onDiverged is reclone',
    advice:
      'nothing: the next run clones anew, with a grace of its own; the old data stays until its replacement is complete',
  },
  {
    id: 'REWIND',
    code: 75,
    means: "the data of a running replica left the master's history, and run.onDiverged is rewind",
    advice: 'nothing: the next run rewinds the data, with a grace of its own',
  },
  {
    id: 'HALF_REWOUND',
    code: 65,
    means: 'pg_rewind did not end well, and what it left is no data any more',
    advice:
      'run "mv replica replica.old" in PGDATA_DIR to clone anew, or let rewind.otherwise of the model be reclone',
  },
  {
    id: 'WAL_GONE',
    code: 65,
    means: 'the master has removed WAL that the replica still needs',
    advice:
      'run "mv replica replica.old" in PGDATA_DIR to clone anew, or set run.onDiverged in the model; raise wal_keep_size on the master, or name its archive (restore)',
  },
  {
    id: 'TABLESPACE',
    code: 65,
    means: 'the master has made a tablespace after the clone, and only a new copy gives it a place here',
    advice:
      'run "mv replica replica.old" in PGDATA_DIR to clone anew, or set run.onDiverged in the model; do not make the master\'s directory here: replay would write into it',
  },
  {
    id: 'MASTER_FILES',
    code: 65,
    means: 'the master has a file that cannot be copied: damaged, unreadable, or with too long a name',
    advice:
      'look at the file that is named above on the master (amcheck or pg_checksums for a damaged one, owner and mode for one that cannot be read), and start the replica again when it is mended; the copy was removed',
  },
  {
    id: 'GATE',
    code: 65,
    means: 'the data would start as a master, or nobody can tell',
    advice:
      'do not start it by hand; run "mv replica replica.old" in PGDATA_DIR to clone anew, and save what the old data alone holds',
  },
  {
    id: 'MASTER_AWAY',
    code: 69,
    means: 'no master answered within MASTER_WAIT',
    advice: 'check that the master runs, POSTGRES_MASTER, POSTGRES_PORT, name service and firewalls',
  },
  {
    id: 'MASTER_BUSY',
    code: 75,
    means: 'the master has no free walsender, slot or connection',
    advice:
      'raise max_wal_senders on the master (one for each replica, better two while it clones) or max_replication_slots, or wait',
  },
  {
    id: 'MASTER_REFUSES',
    code: 77,
    means: 'the master refuses the login',
    advice:
      'check the role (LOGIN, REPLICATION), its line in the password file (database "replication") and in pg_hba.conf of the master',
  },
  {
    id: 'MASTER_TLS',
    code: 77,
    means: 'no connection with the master that is as safe as demanded',
    advice:
      'check the certificates, the PGSSL* variables, PGCHANNELBINDING, PGREQUIREAUTH and PGGSSENCMODE against the master',
  },
  {
    id: 'LIBPQ',
    code: 78,
    means: 'a libpq that connects to the master is too old for a word that protects the connection',
    advice:
      'install what is named above on this agent, or take the variable out where the supervisor gets it, and do without its protection',
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
    means: 'preflight found a setting of the master that no run gets over',
    advice: 'set what is named above on the master; dist/master.sql shows more of it, in SQL',
  },
  {
    id: 'MASTER_VERSION',
    code: 78,
    means: "the master's major is not among those that the model names",
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
    means: 'the server of CONFIG_URL does not answer',
    advice: 'check CONFIG_URL and its server; without CONFIG_URL nothing is fetched',
  },
  {
    id: 'CONFIG_WRONG',
    code: 78,
    means: 'what CONFIG_URL serves is not what this server can use',
    advice: 'publish the generated postgresql.conf and pg_hba.conf, or others that are right, at CONFIG_URL',
  },
  {
    id: 'CONFIG_MISSING',
    code: 78,
    means:
      "files that should rule are not here: the master keeps its own outside of its data directory (Debian's layout, hba_file), or run.configuration is published",
    advice: 'publish the generated postgresql.conf and pg_hba.conf and set CONFIG_URL to their directory',
  },
  {
    id: 'CONFIG_INCLUDE',
    code: 78,
    means: 'a file that the configuration includes is not on this agent',
    advice:
      "put that file on this agent, or take the line out of the file named above; or let the published files rule (run.configuration: 'published')",
  },
  {
    id: 'NO_SPACE',
    code: 73,
    means: 'the disk is full, or too small for the clone',
    advice: 'give PGDATA_DIR more space (or inodes), or run on another agent',
  },
  {
    id: 'CLONE_FAILED',
    code: 75,
    means: 'pg_basebackup failed, or its result is not sound',
    advice:
      'read the words of pg_basebackup above and the log of the master (wal_keep_size, if WAL was gone); the copy was removed',
  },
  {
    id: 'CLONE_STALLED',
    code: 75,
    means: 'the clone made no progress',
    advice: 'check the network and the master; the copy was removed and the next run begins anew',
  },
  {
    id: 'SETTINGS',
    code: 78,
    means: 'PostgreSQL refuses the configuration',
    advice: 'correct the file and line named above, in the data directory or where CONFIG_URL serves it',
  },
  {
    id: 'ACCESS',
    code: 78,
    means: 'pg_hba.conf has a line that PostgreSQL refuses',
    advice:
      'correct the line named above: on the master if it came along with the clone, else where CONFIG_URL serves it',
  },
  {
    id: 'CERTIFICATE',
    code: 78,
    means: 'ssl is on, and a file that it takes is not on this agent, or cannot be used',
    advice:
      'put the file named above on this agent, readable for RUN_USER (the key with mode 0600), or set ssl = off, or other files, in a configuration at CONFIG_URL',
  },
  {
    id: 'MEMORY',
    code: 78,
    means: 'PostgreSQL asks for more memory than this agent or this task has',
    advice:
      'give the task more memory (task.mem), or lower shared_buffers, in a configuration at CONFIG_URL where it is that of the master; the log above has the figures',
  },
  {
    id: 'PORT',
    code: 75,
    means: 'somebody else has the port, at one address of the replica or at all',
    advice:
      'end what is named above, or give this replica another PORT0; Debian starts a cluster of its own on localhost:5432 (pg_dropcluster)',
  },
  {
    id: 'LISTEN',
    code: 78,
    means: 'the server cannot listen where run.listen says',
    advice:
      'give this host that address, or take it out of run.listen in the model; a port below 1024 needs a right',
  },
  {
    id: 'LOGIN',
    code: 78,
    means: 'nobody could log in to the replica',
    advice:
      'install what is named above on this agent, or take it out of session_preload_libraries or local_preload_libraries (postgresql.conf, ALTER ROLE, ALTER DATABASE)',
  },
  {
    id: 'COLLATION',
    code: 78,
    means: 'text sorts on this agent in another way than where its indexes were made',
    advice:
      "run on agents with the master's release of its distribution; if the master itself was upgraded, REINDEX there, then ALTER DATABASE or COLLATION with REFRESH VERSION; or set run.onCollation in the model",
  },
  {
    id: 'LIMITS',
    code: 75,
    means: 'PostgreSQL may not have as many processes or open files as it needs',
    advice:
      'raise the limits of the task (ulimit -n, ulimit -u, pids of its cgroup), or wait until others end',
  },
  {
    id: 'DATA_DAMAGED',
    code: 65,
    means: 'PostgreSQL cannot recover the data: WAL or files are missing or damaged',
    advice:
      'run "mv replica replica.old" in PGDATA_DIR to clone anew; if a new clone ends so, too, the disk of this agent or the data of the master is at fault',
  },
  {
    id: 'START_FAILED',
    code: 78,
    means: 'PostgreSQL ended before it let anybody in, for a reason that this script does not know',
    advice: "read PostgreSQL's own words above; a finished clone stays, so that the next run starts there",
  },
  {
    id: 'STEP_FAILED',
    code: 70,
    means: 'a step of your own failed without saying why',
    advice: 'read what the step printed above; where it means to end the run, let it say so by fail',
  },
  {
    id: 'LIBRARY_MISSING',
    code: 78,
    means: 'a library that PostgreSQL is told to load is not on this agent, or cannot be loaded',
    advice:
      'install the extension on this agent, for this major, or take it out of the setting named above (a configuration at CONFIG_URL, where it is that of the master)',
  },
]

// Printed from the schemas of the model by "npm run input"; do not edit it.
import type { SettingsInput } from '../postgres/settings-input.js'

/**
 * A model as a person writes it; every part may be left out. Times are whole seconds. Sizes are MiB as a number; those of
 * a volume and of `shm` may be text with a unit ('100GiB'), `task.mem` and `task.disk` may not. Settings of PostgreSQL
 * have PostgreSQL's units. What several models share is typed by `satisfies ReplicaInput`.
 */
export interface ReplicaInput {
  /** Where the master is, and as whom, and how, replicas reach it. */
  readonly master?: MasterInput | undefined
  /**
   * How the script behaves: as whom it runs PostgreSQL, where the data lies, how long it waits, what it does
   * with trouble.
   */
  readonly run?: RunInput | undefined
  /** How the copy of the master is made: how fast, after which checkpoint, compressed or not. */
  readonly clone?: CloneInput | undefined
  /** How data that left the history of the master is brought back, where run.onDiverged is rewind. */
  readonly rewind?: RewindInput | undefined
  /** What run_rep.sh ready takes for ready. */
  readonly ready?: ReadyInput | undefined
  /** How long each kind of shutdown may take; both must fit into task.stopGrace. */
  readonly shutdown?: ShutdownInput | undefined
  /** The majors that a master may have, and the settings of postgresql.conf. */
  readonly postgresql?: PostgresqlInput | undefined
  /**
   * The archive of the WAL of the master, from which a replica takes what the master has no longer
   * (restore_command).
   */
  readonly restore?:
    | RestoreDirectoryInput
    | RestoreHttpInput
    | RestorePgbackrestInput
    | RestoreWalGInput
    | RestoreCommandInput
    | undefined
  /**
   * Who may connect to the replica: lines of its pg_hba.conf, in the order in which the server tries them;
   * and who may replicate from it, which is nobody unless it is said here, or run.from is replica.
   * @default [{ type: 'host', database: 'all', user: 'all', from: '10.0.0.0/8' }, { type: 'host', database:
   * 'all', user: 'all', from: '172.16.0.0/12' }, { type: 'host', database: 'all', user: 'all', from:
   * '192.168.0.0/16' }, { type: 'host', database: 'all', user: 'all', from: 'fc00::/7' }]
   */
  readonly access?: readonly (AccessLocalInput | AccessHostInput | AccessReplicationInput)[] | undefined
  /** Variables of your own by name, each made by `variable`, for steps of your own. */
  readonly env?:
    | Readonly<Record<string, PlainVariableInput | NumberVariableInput | ChoiceVariableInput>>
    | undefined
  /** Steps of your own: files of plain shell, each run before or after a built-in step. */
  readonly steps?: readonly StepInput[] | undefined
  /** What the supervisor gives each replica. */
  readonly task?: TaskInput | undefined
  /**
   * Where you serve what is generated: run_rep.sh, and conf/postgresql.conf and conf/pg_hba.conf. An http or
   * https URL without user or fragment, of letters, digits and -._~:/?@&+,;=%.
   * @default 'http://web01/postgres'
   */
  readonly publish?: string | undefined
  /**
   * What starts the script: each that is named is printed; by default Marathon alone.
   * @default { marathon: {} }
   */
  readonly targets?: TargetsInput | undefined
  /** Codes of warnings that are meant as they are: they are not shown, and --strict lets them pass. */
  readonly accept?: readonly string[] | undefined
}

/** Where the master is, and as whom, and how, replicas reach it. */
export interface MasterInput {
  /**
   * The master, or several hosts of which one is the master, each with an optional :port. One to 16 hosts,
   * separated by commas: a name, IPv4 or [IPv6], each with an optional :port, or a bare IPv6.
   * @default 'postgres01'
   */
  readonly hosts?: string | readonly string[] | undefined
  /**
   * The port of hosts that name none. 1 to 65535.
   * @default 5432
   */
  readonly port?: number | undefined
  /**
   * The role that replicates. A PostgreSQL role name: 1 to 63 bytes without control characters.
   * @default 'replicator'
   */
  readonly role?: string | undefined
  /**
   * The networks that the agents are in, for master.pg_hba.conf; by default the same host and all private
   * networks.
   */
  readonly agents?: readonly string[] | undefined
  /** libpq's sslmode, and paths of certificates on the agent. */
  readonly tls?:
    | 'disable'
    | 'allow'
    | 'prefer'
    | 'require'
    | 'verify-ca'
    | 'verify-full'
    | MasterTlsInput
    | undefined
  /**
   * How the master may ask who we are (PGREQUIREAUTH, since 16), as 'scram-sha-256'; with a ! how it may not.
   * Methods separated by commas, each once, either all or none of them with a leading !: password, md5, gss,
   * sspi, scram-sha-256, oauth, none.
   */
  readonly requireAuth?: string | readonly string[] | undefined
  /**
   * Whether a login by SCRAM is bound to its TLS (PGCHANNELBINDING, since 13), by which the master proves
   * that it knows the password.
   */
  readonly channelBinding?: 'disable' | 'prefer' | 'require' | undefined
  /** Whether the connection is encrypted by GSSAPI (PGGSSENCMODE, since 12). */
  readonly gssEncMode?: 'disable' | 'prefer' | 'require' | undefined
  /** When a connection with a master that does not answer is given up. */
  readonly tcp?: MasterTcpInput | undefined
  /**
   * The database by way of which run.syncSlots reads the slots, and pg_rewind the files. One line of up to
   * 1024 bytes without control characters.
   * @default 'postgres'
   */
  readonly database?: string | undefined
}

/** How TLS is used, with paths of certificates on the agent. */
export interface MasterTlsInput {
  /** Whether TLS is used, and what is verified (PGSSLMODE). */
  readonly mode: 'disable' | 'allow' | 'prefer' | 'require' | 'verify-ca' | 'verify-full'
  /**
   * The certificates that sign the master's (PGSSLROOTCERT); 'system' (since 16): those that the agent
   * trusts. An absolute path of up to 1000 bytes that has no ".." and no control characters, or the word
   * system.
   */
  readonly rootCert?: string | undefined
  /**
   * The list of certificates that were revoked (PGSSLCRL). An absolute path of up to 1000 bytes that has no
   * ".." and no control characters.
   */
  readonly crl?: string | undefined
  /**
   * The replica's own certificate (PGSSLCERT). An absolute path of up to 1000 bytes that has no ".." and no
   * control characters.
   */
  readonly cert?: string | undefined
  /**
   * The key of that certificate (PGSSLKEY). An absolute path of up to 1000 bytes that has no ".." and no
   * control characters.
   */
  readonly key?: string | undefined
  /** The oldest TLS that is spoken (PGSSLMINPROTOCOLVERSION, since 13). */
  readonly minProtocol?: 'TLSv1' | 'TLSv1.1' | 'TLSv1.2' | 'TLSv1.3' | undefined
  /** Whether PostgreSQL is asked for TLS first, or TLS begins at once (PGSSLNEGOTIATION, direct since 17). */
  readonly negotiation?: 'postgres' | 'direct' | undefined
}

/** When a connection with a master that does not answer is given up. */
export interface MasterTcpInput {
  /**
   * Seconds after which a connection whose data nobody acknowledges is given up (tcp_user_timeout, since 12),
   * that of a copy aside: run.stallLimit; default run.connectTimeout, 0: what the system does. 0 to 3600.
   */
  readonly userTimeout?: number | undefined
  /**
   * Seconds of silence before the master is asked whether it is there; 0: what the system does. 0 to 32767.
   * @default 30
   */
  readonly keepalivesIdle?: number | undefined
  /** Seconds until it is asked again; default what the system does. 0 to 32767. */
  readonly keepalivesInterval?: number | undefined
  /** How many such questions without an answer end a connection; default what the system does. 0 to 127. */
  readonly keepalivesCount?: number | undefined
}

/**
 * How the script behaves: as whom it runs PostgreSQL, where the data lies, how long it waits, what it does
 * with trouble.
 */
export interface RunInput {
  /**
   * As whom PostgreSQL runs (RUN_USER). A system user other than root: up to 256 bytes without : / and
   * control characters, not a number, not starting with - or +, not starting or ending with a blank.
   * @default 'postgres'
   */
  readonly user?: string | undefined
  /**
   * Where the data lies (PGDATA_DIR). A path of up to 1000 bytes that has no ".." and no control characters
   * and does not start with -.
   * @default 'pgdata'
   */
  readonly dataDir?: string | undefined
  /**
   * The addresses that the replica listens on; each must be of its host, and its port free there.
   * @default ['*']
   */
  readonly listen?: readonly string[] | undefined
  /**
   * Whose configuration runs. published: the files of run.configUrl, fetched anew at each start, and what
   * ALTER SYSTEM sets on the replica; the clone's own are kept for reference. master: what came along with
   * the clone, and the files of run.configUrl only where it brings none. By default published in a model that
   * writes postgresql.settings or access, else master.
   */
  readonly configuration?: 'published' | 'master' | undefined
  /**
   * Where the configuration is served, or lies on the agent as file:///DIRECTORY (CONFIG_URL); by default
   * <publish>/conf; null: nowhere. An http or https URL without user or fragment, of letters, digits and
   * -._~:/?@&+,;=%, or file:///DIRECTORY without "..".
   */
  readonly configUrl?: string | null | undefined
  /**
   * The password file (PGPASSFILE). An absolute path of up to 1000 bytes that has no ".." and no control
   * characters.
   */
  readonly passfile?: string | undefined
  /**
   * Seconds to wait for an absent master. 0 to 2592000.
   * @default 600
   */
  readonly masterWait?: number | undefined
  /**
   * Seconds of pause before a permanent failure. 0 to 86400.
   * @default 30
   */
  readonly exitPause?: number | undefined
  /**
   * Seconds for one connection attempt. 2 to 3600.
   * @default 10
   */
  readonly connectTimeout?: number | undefined
  /**
   * Seconds without progress after which a clone is ended and tried again. 30 to 86400.
   * @default 300
   */
  readonly stallLimit?: number | undefined
  /**
   * Whether a clone is on disk before it answers, or (since 13) answers first, and streams when it is on
   * disk; if the host goes down in between, it is cloned again.
   * @default 'before'
   */
  readonly durability?: 'before' | 'behind' | undefined
  /**
   * What is done with data that cannot follow the master any more, since WAL is gone or histories parted;
   * rewind: where histories parted pg_rewind brings it back, else by rewind.otherwise.
   * @default 'fail'
   */
  readonly onDiverged?: 'fail' | 'reclone' | 'rewind' | undefined
  /**
   * What is done where text sorts in another way than where its indexes were made; ignore: nobody looks.
   * @default 'refuse'
   */
  readonly onCollation?: 'refuse' | 'warn' | 'ignore' | undefined
  /**
   * What is cloned and followed: the master, or one of the standbys among master.hosts, which spares the
   * master a walsender and its network (a cascade); the master where no standby answers. None of them may
   * follow this replica.
   * @default 'master'
   */
  readonly from?: 'master' | 'replica' | undefined
  /**
   * A replication slot on the master that keeps the WAL this replica needs: temporary while it is connected
   * (since 13), or permanent, one for each PGDATA_DIR.
   * @default 'none'
   */
  readonly slot?: 'none' | 'temporary' | 'permanent' | undefined
  /**
   * The name by which pg_stat_replication and synchronous_standby_names of the master know the replica
   * (POSTGRES_REPNAME); by default made of app, host and port. The name of a standby: up to 63 letters,
   * digits, _ . and -, starting with a letter, a digit or _.
   */
  readonly name?: string | undefined
  /**
   * Seconds that each transaction waits here after its commit on the master (recovery_min_apply_delay), so
   * that a mistake there can be mended from here; it is received at once. 1 to 2147483.
   */
  readonly delay?: number | undefined
  /**
   * Whether the master keeps the rows that queries here still see (hot_standby_feedback), whatever the
   * configuration says; by default as that says.
   */
  readonly hotStandbyFeedback?: boolean | undefined
  /** How the connection over which the replica streams is watched; by default as its configuration says. */
  readonly receiver?: RunReceiverInput | undefined
  /**
   * Whether the master's logical replication slots that are made for a failover are kept here, too (since 17;
   * sync_replication_slots).
   * @default false
   */
  readonly syncSlots?: boolean | undefined
  /**
   * How much of PostgreSQL's own log is kept beside the data, in four files, in MiB. 4 to 8000.
   * @default 64
   */
  readonly logMiB?: number | undefined
  /**
   * Seconds between two looks at the running server; while it streams and lacks nothing, up to 25 s pass
   * until one asks it how it stands. 1 to 3600.
   * @default 5
   */
  readonly watchInterval?: number | undefined
  /**
   * Seconds between two signs of life of a run on its data. A run of another host, or of this one before it
   * went down, is taken for dead after three times as long without one. 1 to 60.
   * @default 5
   */
  readonly claimInterval?: number | undefined
  /**
   * Seconds without streaming after which the master is asked why. 5 to 86400.
   * @default 30
   */
  readonly staleLimit?: number | undefined
}

/** How the connection over which the replica streams is watched; by default as its configuration says. */
export interface RunReceiverInput {
  /**
   * Seconds of silence after which the connection with the master is given up (wal_receiver_timeout). 1 to
   * 86400.
   */
  readonly timeout?: number | undefined
  /** Seconds between two reports to the master at the most (wal_receiver_status_interval). 1 to 86400. */
  readonly statusInterval?: number | undefined
  /** Seconds before WAL that did not come is asked for again (wal_retrieve_retry_interval). 1 to 86400. */
  readonly retryInterval?: number | undefined
}

/** How the copy of the master is made: how fast, after which checkpoint, compressed or not. */
export interface CloneInput {
  /**
   * How fast the copy may come at most: kB a second, or '50MB' for so much a second; the WAL that is written
   * meanwhile comes besides.
   */
  readonly maxRate?: number | string | undefined
  /**
   * How the master writes the checkpoints that a clone begins with. fast: at once; spread: at its usual pace,
   * so that a clone waits for it twice, each time for up to twice the master's checkpoint_timeout.
   * @default 'fast'
   */
  readonly checkpoint?: 'fast' | 'spread' | undefined
  /**
   * By what the master compresses the copy on its way (since 15, where its server was built with it); it is
   * unpacked here.
   * @default 'none'
   */
  readonly compress?: 'none' | 'gzip' | 'lz4' | 'zstd' | undefined
  /**
   * A directory on another disk, in which each clone makes one of its own for its WAL, to which its pg_wal is
   * a link; by default WAL lies beside the data. An absolute path of up to 1000 bytes that has no ".." and no
   * control characters.
   */
  readonly walDir?: string | undefined
}

/** How data that left the history of the master is brought back, where run.onDiverged is rewind. */
export interface RewindInput {
  /**
   * The role as which pg_rewind connects to master.database; by default the one that replicates. Before 11 it
   * must be a superuser. A PostgreSQL role name: 1 to 63 bytes without control characters.
   */
  readonly role?: string | undefined
  /**
   * What run.onDiverged: rewind does where pg_rewind cannot help: WAL is gone, it lacks a right or a setting
   * of the master, or it was interrupted.
   * @default 'reclone'
   */
  readonly otherwise?: 'reclone' | 'fail' | undefined
}

/** What run_rep.sh ready takes for ready. */
export interface ReadyInput {
  /**
   * By whose word a replica is ready. replica: by what it knows itself, so that an outage of the master takes
   * none out; master: the master is asked, too, by a connection at each check, and without it none is ready.
   * @default 'replica'
   */
  readonly by?: 'replica' | 'master' | undefined
  /**
   * How far behind the master a ready replica may be; what run.delay holds back does not count. 0 to 900.
   * @default 16
   */
  readonly lagMiB?: number | undefined
  /**
   * How many seconds old what is here may be: for how long there is WAL to replay, counted from the end of
   * run.delay, or nothing was heard from the master; by default a replica that had caught up stays ready
   * while its master is away. 1 to 86400.
   */
  readonly lagSeconds?: number | undefined
}

/** How long each kind of shutdown may take; both must fit into task.stopGrace. */
export interface ShutdownInput {
  /**
   * Seconds for a fast shutdown. 1 to 86400.
   * @default 90
   */
  readonly fast?: number | undefined
  /**
   * Seconds for an immediate one, before KILL. 1 to 3600.
   * @default 10
   */
  readonly immediate?: number | undefined
}

/** The majors that a master may have, and the settings of postgresql.conf. */
export interface PostgresqlInput {
  /**
   * The majors that a master may have; each server's own binaries must be on the agent.
   * @default [10, 11, 12, 13, 14, 15, 16, 17, 18]
   */
  readonly majors?: readonly (10 | 11 | 12 | 13 | 14 | 15 | 16 | 17 | 18)[] | undefined
  /**
   * What is done with a master of a newer major than all of majors; try: with a warning, by the rules of the
   * newest of them.
   * @default 'refuse'
   */
  readonly newer?: 'refuse' | 'try' | undefined
  /**
   * Lines of postgresql.conf by name, added to the defaults of a replica node or in place of them. Lines of
   * postgresql.conf, added to the defaults of a replica node or in place of them.
   */
  readonly settings?: SettingsInput | undefined
  /**
   * What pg_verifybackup looks at before the first start (since 13). sizes: every file is there, and as long
   * as on the master, in milliseconds; bytes: the checksum of each, which reads the whole copy: half a second
   * a GB from memory, else as fast as the disk.
   * @default 'sizes'
   */
  readonly verifyClone?: 'sizes' | 'bytes' | 'none' | undefined
}

/** An archive in a directory of the agent. */
export interface RestoreDirectoryInput {
  /** Who keeps the archive, or how it is read. */
  readonly from: 'directory'
  /** The directory of the archive, as the agent sees it. */
  readonly path: string
}

/** An archive that is served by HTTP. */
export interface RestoreHttpInput {
  /** Who keeps the archive, or how it is read. */
  readonly from: 'http'
  /** The URL below which the archive serves its files; with wget a file has a minute to come. */
  readonly url: string
}

/** An archive of pgBackRest. */
export interface RestorePgbackrestInput {
  /** Who keeps the archive, or how it is read. */
  readonly from: 'pgbackrest'
  /** The stanza of the master. */
  readonly stanza: string
  /**
   * The configuration of the program on the agent. An absolute path of up to 1000 bytes that has no ".." and
   * no control characters.
   */
  readonly config?: string | undefined
}

/** An archive of WAL-G. */
export interface RestoreWalGInput {
  /** Who keeps the archive, or how it is read. */
  readonly from: 'wal-g'
  /**
   * The configuration of the program on the agent. An absolute path of up to 1000 bytes that has no ".." and
   * no control characters.
   */
  readonly config?: string | undefined
}

/** An archive of any other kind, by a command of your own. */
export interface RestoreCommandInput {
  /** Who keeps the archive, or how it is read. */
  readonly from: 'command'
  /**
   * A command of your own, for sh: %f is the name of the file, %p the path to write it to, %r the file of the
   * last restart point, %% a percent sign.
   */
  readonly command: string
  /**
   * The exit statuses by which it says that the archive has no such file, and nothing else.
   * @default [1]
   */
  readonly missing?: readonly number[] | undefined
}

/** Who may connect over a Unix socket. */
export interface AccessLocalInput {
  /** Over a Unix socket. */
  readonly type: 'local'
  /**
   * Database or databases: all, sameuser, samerole, replication, or a name; { name } is a name always.
   * @default 'all'
   */
  readonly database?: string | LiteralNameInput | readonly (string | LiteralNameInput)[] | undefined
  /**
   * Role or roles: all, +group, or a name; { name } is a name always.
   * @default 'all'
   */
  readonly user?: string | LiteralNameInput | readonly (string | LiteralNameInput)[] | undefined
  /** How the client proves who it is; scram-sha-256 where every major of the model knows it. */
  readonly method?:
    | 'scram-sha-256'
    | 'md5'
    | 'password'
    | 'trust'
    | 'reject'
    | 'peer'
    | 'ident'
    | 'gss'
    | 'ldap'
    | 'radius'
    | 'cert'
    | 'pam'
    | 'oauth'
    | undefined
  /** Options of the method, as ldapserver for 'ldap'. */
  readonly options?: Readonly<Record<string, string>> | undefined
}

/** A name that is no keyword, whatever it is. */
export interface LiteralNameInput {
  /** A name, also if it is a keyword. */
  readonly name: string
}

/** Who may connect over TCP, and from where. */
export interface AccessHostInput {
  /** Over TCP. hostssl: with TLS only; hostnossl: without TLS only. */
  readonly type: 'host' | 'hostssl' | 'hostnossl'
  /**
   * Database or databases: all, sameuser, samerole, replication, or a name; { name } is a name always.
   * @default 'all'
   */
  readonly database?: string | LiteralNameInput | readonly (string | LiteralNameInput)[] | undefined
  /**
   * Role or roles: all, +group, or a name; { name } is a name always.
   * @default 'all'
   */
  readonly user?: string | LiteralNameInput | readonly (string | LiteralNameInput)[] | undefined
  /** How the client proves who it is; scram-sha-256 where every major of the model knows it. */
  readonly method?:
    | 'scram-sha-256'
    | 'md5'
    | 'password'
    | 'trust'
    | 'reject'
    | 'peer'
    | 'ident'
    | 'gss'
    | 'ldap'
    | 'radius'
    | 'cert'
    | 'pam'
    | 'oauth'
    | undefined
  /** Options of the method, as ldapserver for 'ldap'. */
  readonly options?: Readonly<Record<string, string>> | undefined
  /** Where the client comes from. */
  readonly from: string
}

/** Who may stream from the replica, or copy it, and from where. */
export interface AccessReplicationInput {
  /** Replication, with TLS where master.tls demands it. */
  readonly type: 'replication'
  /** Where the client comes from. */
  readonly from: string
  /** Role or roles that may replicate; by default master.role, as other replicas of this model. */
  readonly user?: string | LiteralNameInput | readonly (string | LiteralNameInput)[] | undefined
  /** How the client proves who it is; scram-sha-256 where every major of the model knows it. */
  readonly method?:
    | 'scram-sha-256'
    | 'md5'
    | 'password'
    | 'trust'
    | 'reject'
    | 'peer'
    | 'ident'
    | 'gss'
    | 'ldap'
    | 'radius'
    | 'cert'
    | 'pam'
    | 'oauth'
    | undefined
  /** Options of the method, as ldapserver for 'ldap'. */
  readonly options?: Readonly<Record<string, string>> | undefined
}

/** A variable of a type that has no limits of its own. */
export interface PlainVariableInput {
  /** What it may hold. */
  readonly type:
    | 'port'
    | 'host_list'
    | 'role'
    | 'user_name'
    | 'path'
    | 'absolute_path'
    | 'url'
    | 'ssl_mode'
    | 'flag'
    | 'text'
  /** What the script takes when the variable is absent. */
  readonly default?: string | undefined
  /**
   * Whether a run without it is refused.
   * @default false
   */
  readonly required?: boolean | undefined
  /**
   * A secret is never shown in a message.
   * @default false
   */
  readonly secret?: boolean | undefined
  /** One sentence; a doc comment in replica.config.ts serves as well. */
  readonly doc?: string | undefined
  /** What the supervisor gives it. */
  readonly value?: string | undefined
}

/** A variable that holds a whole number. */
export interface NumberVariableInput {
  /** What it may hold. */
  readonly type: 'integer' | 'seconds'
  /** The least, for integer and seconds. 0 to 999999999. */
  readonly min: number
  /** The most, for integer and seconds. 0 to 999999999. */
  readonly max: number
  /** What the script takes when the variable is absent. */
  readonly default?: string | undefined
  /**
   * Whether a run without it is refused.
   * @default false
   */
  readonly required?: boolean | undefined
  /**
   * A secret is never shown in a message.
   * @default false
   */
  readonly secret?: boolean | undefined
  /** One sentence; a doc comment in replica.config.ts serves as well. */
  readonly doc?: string | undefined
  /** What the supervisor gives it. */
  readonly value?: string | undefined
}

/** A variable that holds one of a few words. */
export interface ChoiceVariableInput {
  /** What it may hold. */
  readonly type: 'choice'
  /** The words to choose from, for choice. */
  readonly words: readonly string[]
  /** What the script takes when the variable is absent. */
  readonly default?: string | undefined
  /**
   * Whether a run without it is refused.
   * @default false
   */
  readonly required?: boolean | undefined
  /**
   * A secret is never shown in a message.
   * @default false
   */
  readonly secret?: boolean | undefined
  /** One sentence; a doc comment in replica.config.ts serves as well. */
  readonly doc?: string | undefined
  /** What the supervisor gives it. */
  readonly value?: string | undefined
}

/** A step of your own: its name, its file, and where in a run it stands. */
export interface StepInput {
  /** Its name, as it stands in the log; the file defines step_<name>. */
  readonly name: string
  /** One sentence on what it is for; it stands in the table of contents of the script. */
  readonly doc: string
  /** A file of plain shell that defines step_<name>, relative to the configuration. */
  readonly file: string
  /** Programs that it runs besides those of POSIX and PostgreSQL; preflight looks for them. */
  readonly tools?: readonly string[] | undefined
  /** The built-in step that it runs before. */
  readonly before?:
    | 'preflight'
    | 'look_at_data'
    | 'claim'
    | 'inspect_master'
    | 'choose_data'
    | 'fetch_config'
    | 'clone'
    | 'configure'
    | 'serve'
    | undefined
  /** The built-in step that it runs after. */
  readonly after?:
    | 'contract'
    | 'preflight'
    | 'look_at_data'
    | 'claim'
    | 'inspect_master'
    | 'choose_data'
    | 'fetch_config'
    | 'clone'
    | 'configure'
    | undefined
}

/** What the supervisor gives each replica. */
export interface TaskInput {
  /**
   * What a restart finds. ephemeral: an empty directory on any host, so it clones; persistent: its data, so
   * it goes on from there. By default what task.volume says.
   */
  readonly preset?: 'ephemeral' | 'persistent' | undefined
  /**
   * How many replicas.
   * @default 1
   */
  readonly instances?: number | undefined
  /**
   * Shares of CPUs. At least 0.001.
   * @default 0.5
   */
  readonly cpus?: number | undefined
  /**
   * Memory limit in MiB, as a number (8192 is 8 GiB); a task above it is killed. At least 1.
   * @default 512
   */
  readonly mem?: number | undefined
  /** Disk in MiB for the sandbox; default 10240 where it holds the clone, 256 beside a volume. */
  readonly disk?: number | undefined
  /**
   * How large a volume run.dataDir has that outlives the task: MiB, or '100GiB'; without it every task clones
   * again into its sandbox. Size in MiB, or with a unit: '100GiB'.
   */
  readonly volume?: number | string | undefined
  /**
   * A fixed port; 0 lets the supervisor choose. 0 to 65535.
   * @default 0
   */
  readonly port?: number | undefined
  /** Unix user of the task; default run.user. */
  readonly user?: string | undefined
  /**
   * Seconds from SIGTERM to SIGKILL; shutdown must fit into them.
   * @default 120
   */
  readonly stopGrace?: number | undefined
  /** The health check, `run_rep.sh health`. */
  readonly health?: TaskHealthInput | undefined
  /** Whether the supervisor asks `run_rep.sh ready`, too: its answer never ends a task. */
  readonly readiness?: true | TaskReadinessInput | undefined
  /** Further environment variables: text, numbers in quotes, or a name of task.secrets. */
  readonly env?: Readonly<Record<string, string | TaskEnvInput>> | undefined
  /** Secrets by a name of this model, each with its place in the secret store. */
  readonly secrets?: Readonly<Record<string, TaskSecretsInput>> | undefined
}

/** The health check, `run_rep.sh health`. */
export interface TaskHealthInput {
  /**
   * Seconds before the first check.
   * @default 15
   */
  readonly delay?: number | undefined
  /**
   * Failures do not count for so long, or until the first success: a clone may take hours.
   * @default 86400
   */
  readonly gracePeriod?: number | undefined
  /**
   * Seconds from the end of one check to the next. At least 1.
   * @default 30
   */
  readonly interval?: number | undefined
  /**
   * A check that takes longer has failed; default 10, or the interval where that is less. 0 would wait for
   * ever. At least 1.
   */
  readonly timeout?: number | undefined
  /**
   * Failures in a row that end the task; a check that allows 0 would end it at the first. At least 1.
   * @default 5
   */
  readonly maxFailures?: number | undefined
}

/** How often `run_rep.sh ready` is asked, and how long it may take. */
export interface TaskReadinessInput {
  /**
   * Seconds from the end of one check to the next. At least 1.
   * @default 60
   */
  readonly interval?: number | undefined
  /**
   * Seconds for one check; `ready` may watch for some of them whether replay moves. At least 15.
   * @default 20
   */
  readonly timeout?: number | undefined
  /**
   * Seconds before the first check.
   * @default 15
   */
  readonly delay?: number | undefined
}

/** A secret of the task as the value of a variable. */
export interface TaskEnvInput {
  /** A name of task.secrets. */
  readonly secret: string
}

/** A secret of the store. */
export interface TaskSecretsInput {
  /** Its place in the store. */
  readonly source: string
}

/** What starts the script: each that is named is printed; by default Marathon alone. */
export interface TargetsInput {
  /** Marathon: the app in marathon.json. */
  readonly marathon?: MarathonInput | undefined
  /** systemd: a unit and its environment file. */
  readonly systemd?: SystemdInput | undefined
  /** Compose: compose.yaml. */
  readonly compose?: ComposeInput | undefined
  /** Kubernetes: kubernetes.yaml. */
  readonly kubernetes?: KubernetesInput | undefined
}

/** Marathon: the app in marathon.json. */
export interface MarathonInput {
  /**
   * The oldest Marathon that has to take the file; all later ones do, too.
   * @default '1.5'
   */
  readonly release?: '1.4' | '1.5' | '1.6' | '1.7' | '1.8' | '1.9' | '1.10' | '1.11' | undefined
  /**
   * Path of the app.
   * @default '/postgres-replication'
   */
  readonly id?: string | undefined
  /** How fast Marathon starts a failed task again. */
  readonly backoff?: MarathonBackoffInput | undefined
  /** Where tasks may run; default ['hostname', 'UNIQUE'] for more than one instance. */
  readonly constraints?: readonly (readonly string[])[] | undefined
  /** Further files for the sandbox, as a CA certificate. */
  readonly fetch?: readonly (string | MarathonFetchInput)[] | undefined
  /** Labels of the app. */
  readonly labels?: Readonly<Record<string, string>> | undefined
  /**
   * Name of PostgreSQL's port.
   * @default 'postgres'
   */
  readonly portName?: string | undefined
  /** Labels of that port, for service discovery (VIP_0). */
  readonly portLabels?: Readonly<Record<string, string>> | undefined
  /** Further ports, for programs of your own steps. */
  readonly morePorts?: readonly MarathonMorePortsInput[] | undefined
  /** Mesos's role of the app, since 1.9. */
  readonly role?: string | undefined
  /** Whose resources it takes: "*", or those of its role. */
  readonly acceptedResourceRoles?: readonly string[] | undefined
  /** Apps that must run before this one. */
  readonly dependencies?: readonly string[] | undefined
  /**
   * Which replica goes when there are to be fewer.
   * @default 'YOUNGEST_FIRST'
   */
  readonly killSelection?: 'YOUNGEST_FIRST' | 'OLDEST_FIRST' | undefined
  /** Which disk the volume of task.volume comes from. */
  readonly volume?: MarathonVolumeInput | undefined
  /** How a deployment replaces tasks; default by instances, volume, constraints and port. */
  readonly upgrade?: MarathonUpgradeInput | undefined
  /** When a task on a lost agent is replaced; 'disabled' with a volume. */
  readonly unreachable?: 'disabled' | MarathonUnreachableInput | undefined
}

/** How fast Marathon starts a failed task again. */
export interface MarathonBackoffInput {
  /**
   * The first pause after a failed task.
   * @default 30
   */
  readonly seconds?: number | undefined
  /**
   * What each further pause is multiplied by. At least 1.
   * @default 2
   */
  readonly factor?: number | undefined
  /**
   * The longest pause: every failed task may have copied the whole master.
   * @default 3600
   */
  readonly max?: number | undefined
}

/** A further file, and what is done with it. */
export interface MarathonFetchInput {
  /** Where it is: a URL, or an absolute path of the agent. */
  readonly uri: string
  /**
   * Unpack it, if it is an archive.
   * @default false
   */
  readonly extract?: boolean | undefined
  /**
   * Make it executable.
   * @default false
   */
  readonly executable?: boolean | undefined
  /**
   * Keep it in the cache of the agent.
   * @default false
   */
  readonly cache?: boolean | undefined
  /** Its name in the sandbox. */
  readonly destPath?: string | undefined
}

/** A further port. */
export interface MarathonMorePortsInput {
  /**
   * Its variables are PORT_<NAME>, and PORT1, PORT2 … in their order: declare in env which one your step
   * reads.
   */
  readonly name: string
  /**
   * 0 lets Marathon choose. 0 to 65535.
   * @default 0
   */
  readonly port?: number | undefined
  /**
   * The protocol of that port.
   * @default 'tcp'
   */
  readonly protocol?: 'tcp' | 'udp' | 'udp,tcp' | undefined
  /** Labels of that port. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** Which disk the volume of task.volume comes from. */
export interface MarathonVolumeInput {
  /**
   * Which disks it may come from.
   * @default 'root'
   */
  readonly type?: 'root' | 'path' | 'mount' | undefined
  /** Only for type mount. Size in MiB, or with a unit: '100GiB'. */
  readonly maxSize?: number | string | undefined
  /** Only ['path', 'LIKE' or 'UNLIKE', pattern]. */
  readonly constraints?: readonly (readonly string[])[] | undefined
}

/** How a deployment replaces tasks; default by instances, volume, constraints and port. */
export interface MarathonUpgradeInput {
  /** How many of the tasks stay healthy meanwhile. 0 to 1. */
  readonly minimumHealthCapacity: number
  /** How many more there may be meanwhile. 0 to 1. */
  readonly maximumOverCapacity: number
}

/** When another task takes the place of one on a lost agent. */
export interface MarathonUnreachableInput {
  /** Seconds until another task takes its place. */
  readonly inactiveAfter: number
  /** Seconds until it is forgotten. */
  readonly expungeAfter: number
}

/** systemd: a unit and its environment file. */
export interface SystemdInput {
  /**
   * Name of the unit, of its state directory below /var/lib, and of both files.
   * @default 'postgres-replica'
   */
  readonly name?: string | undefined
  /**
   * How many replicas a host may have. one: <name>.service; ports: <name>@.service, of which each instance is
   * a replica on the port that it is named for, as <name>@5433.
   * @default 'one'
   */
  readonly instances?: 'one' | 'ports' | undefined
  /**
   * Where run_rep.sh is installed.
   * @default '/usr/local/lib/run_rep.sh'
   */
  readonly script?: string | undefined
  /** Where the environment file is installed; default /etc/<name>.env. */
  readonly environmentFile?: string | undefined
  /**
   * A file of the host with the password of master.role, which root alone may read: the unit hands it to the
   * script as a credential (since systemd 250). Without it that is in the password file of the model, or of
   * run.user's home directory.
   */
  readonly password?: string | undefined
  /**
   * Seconds before a replica that ended is started anew, unless only a person can mend why. 0 to 86400.
   * @default 30
   */
  readonly restartSec?: number | undefined
}

/** Compose: compose.yaml. */
export interface ComposeInput {
  /**
   * Name of the project, and of the host of each replica.
   * @default 'postgres-replica'
   */
  readonly name?: string | undefined
  /** The image; default postgres:N, the official one of the one major in postgresql.majors. */
  readonly image?: string | undefined
  /**
   * The number of run.user, and of its group, in the image; default 999, or 70 for one of Alpine. At least 1.
   */
  readonly uid?: number | undefined
  /**
   * Where the volume is mounted, in which run.dataDir lies; default where the official image has one:
   * /var/lib/postgresql/data, since 18 /var/lib/postgresql.
   */
  readonly mount?: string | undefined
  /**
   * Size of /dev/shm, which queries by several processes use; it counts as memory of the task. Size in MiB,
   * or with a unit: '100GiB'.
   * @default '256MiB'
   */
  readonly shm?: number | string | undefined
  /**
   * The file with the password of master.role on the host, which run.user of the image must be able to read;
   * default ./replicator.password, where the model names neither run.passfile nor a certificate.
   */
  readonly password?: string | undefined
  /** The ports of the host, one for each replica; default task.port, or where that is 0 any that is free. */
  readonly ports?: readonly number[] | undefined
  /**
   * The address of the host on which these ports are; default all. What is published there passes by most
   * firewalls of the host.
   */
  readonly address?: string | undefined
  /** Further volumes, as Compose writes them: './certificates:/etc/ssl/db:ro'. */
  readonly volumes?: readonly string[] | undefined
}

/** Kubernetes: kubernetes.yaml. */
export interface KubernetesInput {
  /**
   * Name of the StatefulSet or Deployment, and of all that belongs to it.
   * @default 'postgres-replica'
   */
  readonly name?: string | undefined
  /** The namespace; default that of kubectl. */
  readonly namespace?: string | undefined
  /** The image; default postgres:N, the official one of the one major in postgresql.majors. */
  readonly image?: string | undefined
  /**
   * The number of run.user, and of its group, in the image; default 999, or 70 for one of Alpine. At least 1.
   */
  readonly uid?: number | undefined
  /**
   * Where the volume is mounted, in which run.dataDir lies; default where the official image has one:
   * /var/lib/postgresql/data, since 18 /var/lib/postgresql.
   */
  readonly mount?: string | undefined
  /**
   * Size of /dev/shm, which queries by several processes use; it counts as memory of the task. Size in MiB,
   * or with a unit: '100GiB'.
   * @default '256MiB'
   */
  readonly shm?: number | string | undefined
  /**
   * The Secret that is there: its key password holds that of master.role, or passfile a whole password file
   * where the model has run.passfile; default <name>-login, where the model needs either.
   */
  readonly secret?: string | undefined
  /** The key of that Secret; default password, or passfile. */
  readonly passwordKey?: string | undefined
  /** The StorageClass of the volumes; default that of the cluster. */
  readonly storageClass?: string | undefined
  /**
   * What the read Service asks. ready: replicas near the master, as far as they know; health: each that takes
   * connections.
   * @default 'ready'
   */
  readonly readiness?: 'ready' | 'health' | undefined
  /**
   * Whether two replicas may be on one node where there is no other.
   * @default 'preferred'
   */
  readonly spread?: 'preferred' | 'required' | undefined
  /**
   * Further volumes: certificates that master.tls names, the archive of restore, the disk of clone.walDir.
   */
  readonly volumes?: readonly KubernetesVolumesInput[] | undefined
  /** Further labels, on everything. */
  readonly labels?: Readonly<Record<string, string>> | undefined
}

/** A further volume: one of claim, secret and configMap. */
export interface KubernetesVolumesInput {
  /** Where it is mounted, for reading only if clone.walDir does not lie there. */
  readonly path: string
  /** A PersistentVolumeClaim. */
  readonly claim?: string | undefined
  /** A Secret: each key is a file. */
  readonly secret?: string | undefined
  /** A ConfigMap: each key is a file. */
  readonly configMap?: string | undefined
}

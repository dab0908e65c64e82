/** The majors this package knows. Before 10 a major has two numbers, which JavaScript compares as well. */
export const majors = [9.3, 9.4, 9.5, 9.6, 10, 11, 12, 13, 14, 15, 16, 17, 18] as const

export type Major = (typeof majors)[number]

/** Those that a master may have: since 10 a walsender answers SHOW. */
export type SupportedMajor = Exclude<Major, 9.3 | 9.4 | 9.5 | 9.6>
export const supportedMajors: readonly SupportedMajor[] = majors.filter(
  (major): major is SupportedMajor => major >= 10,
)

/** One `-c name=value` of the server's command line; the value is the same on every run. */
export interface HeldValue {
  readonly name: string
  readonly value: string
}

/** What differs between majors and matters to a replica. The script's `case` is printed from these. */
export interface VersionRule {
  readonly major: Major
  /** As PG_VERSION and the installed directories spell it. */
  readonly text: string
  /** The smallest server_version_num of this major. */
  readonly firstNumber: number
  readonly standbyMarker: 'standby.signal' | 'recovery.conf'
  readonly walDirectory: 'pg_wal' | 'pg_xlog'
  /** Settings that must not be lower than the master's, or hot standby refuses to start. */
  readonly parity: readonly string[]
  /** Constant `-c` switches, only of names that exist in this major: an unknown one is FATAL. */
  readonly held: readonly HeldValue[]
  /** BASE_BACKUP takes its options in parentheses. */
  readonly hasBaseBackupOptions: boolean
  readonly hasManifest: boolean
}

interface Span {
  readonly since?: number
  readonly last?: number
}

// CheckRequiredParameterValues in xlogrecovery.c (xlog.c before 15), in the order it asks.
const paritySettings: readonly (Span & { readonly name: string })[] = [
  { name: 'max_connections' },
  { name: 'max_worker_processes', since: 9.4 },
  { name: 'max_wal_senders', since: 12 },
  { name: 'max_prepared_transactions' },
  { name: 'max_locks_per_transaction' },
]

// A cloned postgresql.auto.conf may say anything; the command line beats it. Before 12 the recovery
// settings live in recovery.conf, which the script writes as a whole.
const heldValues: readonly (Span & HeldValue)[] = [
  { name: 'hot_standby', value: 'on' },
  { name: 'archive_mode', value: 'off' },
  { name: 'logging_collector', value: 'on' },
  { name: 'log_destination', value: 'stderr' },
  { name: 'log_file_mode', value: '0600' },
  { name: 'log_filename', value: 'postgresql-%Y-%m-%dT%H%M%S.log' },
  { name: 'log_rotation_age', value: '0' },
  { name: 'log_truncate_on_rotation', value: 'off' },
  { name: 'unix_socket_directories', value: '../door' },
  { name: 'unix_socket_group', value: '' },
  { name: 'unix_socket_permissions', value: '0700' },
  { name: 'primary_slot_name', value: '', since: 12 },
  { name: 'wal_receiver_create_temp_slot', value: 'off', since: 13 },
  { name: 'recovery_min_apply_delay', value: '0', since: 12 },
  { name: 'sync_replication_slots', value: 'off', since: 17 },
  { name: 'restore_command', value: '', since: 12 },
  { name: 'archive_cleanup_command', value: '', since: 12 },
  { name: 'recovery_end_command', value: '', since: 12 },
  { name: 'recovery_target', value: '', since: 12 },
  { name: 'recovery_target_action', value: 'pause', since: 12 },
  { name: 'recovery_target_lsn', value: '', since: 12 },
  { name: 'recovery_target_name', value: '', since: 12 },
  { name: 'recovery_target_time', value: '', since: 12 },
  { name: 'recovery_target_timeline', value: 'latest', since: 12 },
  { name: 'recovery_target_xid', value: '', since: 12 },
  { name: 'promote_trigger_file', value: '', since: 12, last: 15 },
]

/** The version rules, oldest major first (release notes 9.3 to 18). */
export const versionRules: readonly VersionRule[] = majors.map((major) => ({
  major,
  text: String(major),
  firstNumber: firstNumberOf(major),
  standbyMarker: major >= 12 ? 'standby.signal' : 'recovery.conf',
  walDirectory: major >= 10 ? 'pg_wal' : 'pg_xlog',
  parity: paritySettings.filter((entry) => covers(entry, major)).map(({ name }) => name),
  held: heldValues.filter((entry) => covers(entry, major)).map(({ name, value }) => ({ name, value })),
  hasBaseBackupOptions: major >= 15,
  hasManifest: major >= 13,
}))

/** The major that a server_version_num belongs to: 150018 is 15, 90624 is 9.6. */
export function majorOf(serverVersionNum: number): number {
  const first = Math.floor(serverVersionNum / 10_000)
  if (first >= 10) return first
  return first + (Math.floor(serverVersionNum / 100) % 100) / 10
}

/** The rule of a major, or undefined for one that this package does not know. */
export function findVersionRule(major: number): VersionRule | undefined {
  return versionRules.find((rule) => rule.major === major)
}

function firstNumberOf(major: number): number {
  const first = Math.floor(major)
  return first * 10_000 + Math.round((major - first) * 10) * 100
}

function covers({ since = 0, last = Number.POSITIVE_INFINITY }: Span, major: number): boolean {
  return since <= major && major <= last
}

import type { Effective } from './effective.js'
import { readBool } from './values.js'

/** Settings of which each does nothing beside another, or beside what run_rep.sh does. */
export interface IdleSettings {
  readonly names: readonly string[]
  readonly since?: number
  readonly isBroken: (values: Effective, name: string) => boolean
  readonly reason: string
  readonly hint: string
}

/** What does nothing, as the documentation of each setting says, or its server where nobody looks: in its log. */
export const idleSettings: readonly IdleSettings[] = [
  ...limits([
    ['max_parallel_workers', 'max_worker_processes'],
    ['max_parallel_workers_per_gather', 'max_parallel_workers'],
    ['max_parallel_maintenance_workers', 'max_parallel_workers', 11],
    ['max_logical_replication_workers', 'max_worker_processes'],
    ['max_sync_workers_per_subscription', 'max_logical_replication_workers'],
    ['max_parallel_apply_workers_per_subscription', 'max_logical_replication_workers', 16],
    ['autovacuum_max_workers', 'autovacuum_worker_slots', 18],
    ['io_combine_limit', 'io_max_combine_limit', 18],
    ['min_wal_size', 'max_wal_size'],
  ]),
  ...timeouts([
    ['lock_timeout', 'statement_timeout', 10],
    ['statement_timeout', 'transaction_timeout', 17],
    ['idle_in_transaction_session_timeout', 'transaction_timeout', 17],
  ]),
  {
    names: ['log_min_duration_sample'],
    since: 13,
    isBroken: ({ count }) =>
      count('log_min_duration_statement') >= 0 &&
      count('log_min_duration_sample') >= count('log_min_duration_statement'),
    reason: 'by log_min_duration_statement all of these statements are logged anyway',
    hint: 'lower it below log_min_duration_statement, or take it out',
  },
  {
    names: ['log_statement_sample_rate'],
    since: 13,
    isBroken: ({ count }) => count('log_min_duration_sample') < 0,
    reason: 'there is no log_min_duration_sample to take a part of',
    hint: 'set log_min_duration_sample, too',
  },
  {
    names: ['hot_standby_feedback'],
    isBroken: ({ isOn, count }) =>
      isOn('hot_standby_feedback') && count('wal_receiver_status_interval') === 0,
    reason: 'it travels with what wal_receiver_status_interval = 0 switches off',
    hint: 'take wal_receiver_status_interval out',
  },
  {
    names: ['recovery_prefetch'],
    since: 15,
    isBroken: ({ word, count }) =>
      isWanted(word('recovery_prefetch')) && count('maintenance_io_concurrency') === 0,
    reason: 'nothing is fetched ahead while maintenance_io_concurrency is 0',
    hint: 'take maintenance_io_concurrency out',
  },
  {
    names: ['huge_page_size'],
    since: 14,
    isBroken: ({ word, count }) => !isWanted(word('huge_pages')) && count('huge_page_size') > 0,
    reason: 'huge_pages are off',
    hint: "use huge_pages = 'try'",
  },
  {
    names: ['io_workers'],
    since: 18,
    isBroken: ({ word }) => word('io_method') !== 'worker',
    reason: "only io_method = 'worker' has any",
    hint: 'take it out',
  },
  {
    names: ['wal_summary_keep_time'],
    since: 17,
    isBroken: ({ isOn, count }) => !isOn('summarize_wal') && count('wal_summary_keep_time') > 0,
    reason: 'summarize_wal is off, so there are no summaries',
    hint: 'set summarize_wal, too',
  },
  ...tlsSettings(),
  ...preloaded(),
  ...heldPartners(),
]

function isWanted(word: string): boolean {
  return word === 'try' || readBool(word) === true
}

/** The first is bounded by the second, silently. */
function limits(pairs: readonly (readonly [name: string, limit: string, since?: number])[]): IdleSettings[] {
  return pairs.map(([name, limit, since = 10]) => ({
    names: [name],
    since,
    isBroken: ({ count }) => count(name) > count(limit),
    reason: `no more than ${limit} counts`,
    hint: `raise ${limit}, too`,
  }))
}

/** The first is never reached, since the second comes before; 0 switches either off. */
function timeouts(
  pairs: readonly (readonly [name: string, earlier: string, since: number])[],
): IdleSettings[] {
  return pairs.map(([name, earlier, since]) => ({
    names: [name],
    since,
    isBroken: ({ count }) => count(earlier) > 0 && count(name) >= count(earlier),
    reason: `${earlier} ends it before`,
    hint: `lower it below ${earlier}, or take it out`,
  }))
}

function tlsSettings(): IdleSettings[] {
  const files = ['cert_file', 'key_file', 'ca_file', 'crl_file', 'crl_dir', 'dh_params_file']
  const rest = ['ciphers', 'tls13_ciphers', 'ecdh_curve', 'groups', 'prefer_server_ciphers']
  const versions = ['min_protocol_version', 'max_protocol_version']
  const isSaid = ({ word }: Effective, name: string) => !['', 'off', 'false', 'no', '0'].includes(word(name))
  return [
    {
      names: [...files, ...rest, ...versions, 'passphrase_command'].map((name) => `ssl_${name}`),
      isBroken: (values, name) => !values.isOn('ssl') && isSaid(values, name),
      reason: 'ssl is off',
      hint: 'set ssl, too',
    },
    {
      names: ['ssl_crl_file', 'ssl_crl_dir'],
      isBroken: (values, name) =>
        values.isOn('ssl') && isSaid(values, name) && values.word('ssl_ca_file') === '',
      reason: 'certificates of clients are looked at only with ssl_ca_file',
      hint: 'set ssl_ca_file, too',
    },
    {
      names: ['ssl_passphrase_command_supports_reload'],
      since: 11,
      isBroken: ({ isOn, word }) =>
        isOn('ssl_passphrase_command_supports_reload') && word('ssl_passphrase_command') === '',
      reason: 'there is no ssl_passphrase_command',
      hint: 'set ssl_passphrase_command, too',
    },
  ]
}

/** What only a library reads that the server loads when it starts. */
function preloaded(): IdleSettings[] {
  const lists = ['shared_preload_libraries', 'session_preload_libraries', 'local_preload_libraries']
  const libraries: Readonly<Record<string, readonly string[]>> = {
    auth_delay: ['milliseconds'],
    pg_prewarm: ['autoprewarm', 'autoprewarm_interval'],
    pg_stat_statements: ['max', 'save', 'track', 'track_planning', 'track_utility'],
  }
  return Object.entries(libraries).map(([library, settings]) => ({
    names: settings.map((name) => `${library}.${name}`),
    isBroken: ({ word }) => !lists.some((list) => word(list).includes(library)),
    reason: `no server loads ${library}`,
    hint: `add ${library} to shared_preload_libraries`,
  }))
}

/** What depends on a setting that run_rep.sh gives on the command line. */
function heldPartners(): IdleSettings[] {
  const isSaid = ({ word }: Effective, name: string) => !['', '0'].includes(word(name))
  const partner = (names: string, reason: string): IdleSettings => ({
    names: names.split(' '),
    isBroken: isSaid,
    reason,
    hint: 'take it out',
  })
  return [
    partner('archive_command archive_library archive_timeout', 'run_rep.sh switches archive_mode off'),
    partner(
      'syslog_facility syslog_ident syslog_sequence_numbers syslog_split_messages event_source',
      'run_rep.sh lets the logging collector write the log',
    ),
  ]
}

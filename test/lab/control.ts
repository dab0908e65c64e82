import { dirname } from 'node:path'
import { execa } from 'execa'
import { expect } from 'vitest'
import type { Pair } from './cell.js'

/**
 * Holds what the lab's own reader of pg_control prints against what the server itself says, while it is at rest.
 */
export async function expectControl({ master, masterHost }: Pair, major: number): Promise<void> {
  await master.sql('CHECKPOINT')
  const tool = [...masterHost.words, `/usr/lib/postgresql/${major}/bin/pg_controldata`, '-D', master.dataDir]
  const { stdout } = await execa(tool[0] ?? '', tool.slice(1), { cwd: dirname(master.dataDir) })
  const printed = new Map(
    stdout.split('\n').map((line) => {
      const cut = line.indexOf(':')
      return [line.slice(0, cut), line.slice(cut + 1).trim()]
    }),
  )
  const [said] = await master.sql(`SELECT system_identifier, catalog_version_no, pg_control_version,
    checkpoint_lsn, redo_lsn, timeline_id, min_recovery_end_lsn, min_recovery_end_timeline,
    backup_start_lsn, backup_end_lsn, database_block_size, wal_block_size, bytes_per_wal_segment,
    current_setting('max_connections') AS max_connections,
    current_setting('max_worker_processes') AS max_worker_processes,
    current_setting('max_prepared_transactions') AS max_prepared_transactions,
    current_setting('max_locks_per_transaction') AS max_locks_per_transaction
    FROM pg_control_system(), pg_control_checkpoint(), pg_control_recovery(), pg_control_init()`)
  const names: Readonly<Record<string, string>> = {
    'pg_control version number': 'pg_control_version',
    'Catalog version number': 'catalog_version_no',
    'Database system identifier': 'system_identifier',
    'Latest checkpoint location': 'checkpoint_lsn',
    "Latest checkpoint's REDO location": 'redo_lsn',
    "Latest checkpoint's TimeLineID": 'timeline_id',
    'Minimum recovery ending location': 'min_recovery_end_lsn',
    "Min recovery ending loc's timeline": 'min_recovery_end_timeline',
    'Backup start location': 'backup_start_lsn',
    'Backup end location': 'backup_end_lsn',
    'max_connections setting': 'max_connections',
    'max_worker_processes setting': 'max_worker_processes',
    'max_prepared_xacts setting': 'max_prepared_transactions',
    'max_locks_per_xact setting': 'max_locks_per_transaction',
    'Database block size': 'database_block_size',
    'WAL block size': 'wal_block_size',
    'Bytes per WAL segment': 'bytes_per_wal_segment',
  }
  const wanted = Object.entries(names).map(([label, column]) => [label, String(said?.[column])])
  expect(Object.keys(names).map((label) => [label, printed.get(label)])).toEqual(wanted)
  expect(printed.get('Database cluster state')).toBe('in production')
}

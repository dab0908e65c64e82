import { type Replica, rewindRole } from '../../model/replica.js'
import { current, type Demand, ofSetting } from './demand.js'
import type { MasterNeeds } from './needs.js'
import { sqlText } from './text.js'

/** The functions that the role may call, and that nobody else but a superuser may. */
export function listRights({ rewind }: MasterNeeds): readonly string[] {
  return rewind ? rewindFunctions : []
}

/** What pg_rewind needs of a source, or else fails or leaves a torn copy. */
export function listRewindDemands(model: Replica, { rewind }: MasterNeeds): Demand[] {
  if (!rewind) return []
  const role = sqlText(rewindRole(model) ?? model.master.role)
  return [
    {
      setting: 'server_version',
      value: current('server_version'),
      fits: `current_setting('server_version_num')::int >= 110000 OR (SELECT rolsuper FROM pg_roles WHERE rolname = ${role})`,
      needs: '11 or later',
      why: 'before, pg_rewind needs a superuser',
    },
    ofSetting('full_page_writes', (value) => `${value} = 'on'`, {
      needs: 'on',
      why: 'pg_rewind would copy torn pages, which nothing mends',
    }),
    {
      setting: 'wal_log_hints, data_checksums',
      value: `${current('wal_log_hints')} || ', ' || ${current('data_checksums')}`,
      fits: `'on' IN (${current('wal_log_hints')}, ${current('data_checksums')})`,
      needs: 'one of them on',
      why: 'pg_rewind refuses data without; wal_log_hints takes a restart',
    },
  ]
}

// PostgreSQL 11 and later, "pg_rewind", Notes: what an online run needs of a role that is no superuser.
const rewindFunctions = [
  'pg_catalog.pg_ls_dir(text, boolean, boolean)',
  'pg_catalog.pg_stat_file(text, boolean)',
  'pg_catalog.pg_read_binary_file(text)',
  'pg_catalog.pg_read_binary_file(text, bigint, bigint, boolean)',
] as const

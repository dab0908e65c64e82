import { type ModelPath, pathTo } from '../diagnostics/path.js'
import type { Replica } from './replica.js'

/** A setting that a part of the model gives the server on its command line, and which part. */
export interface ShapeSetting {
  readonly name: string
  readonly value: string
  readonly path: ModelPath
  /** The first major in which the command line takes it. */
  readonly since: number
}

/**
 * What the model says of the replica as a standby. A line in the printed postgresql.conf would be in vain wherever that
 * of the master rules, so these are held as whatever the script itself needs.
 */
export function listShape({ run }: Pick<Replica, 'run'>): ShapeSetting[] {
  const item = (name: string, path: ModelPath, value: string | undefined, since = 10): ShapeSetting[] =>
    value === undefined ? [] : [{ name, value, path, since }]
  const { timeout, statusInterval, retryInterval } = run.receiver
  return [
    // Before 12 it stands in recovery.conf.
    ...item('recovery_min_apply_delay', pathTo`run.delay`, secondsOf(run.delay), 12),
    ...item('hot_standby_feedback', pathTo`run.hotStandbyFeedback`, wordOf(run.hotStandbyFeedback)),
    ...item('wal_receiver_timeout', pathTo`run.receiver.timeout`, secondsOf(timeout)),
    ...item('wal_receiver_status_interval', pathTo`run.receiver.statusInterval`, secondsOf(statusInterval)),
    ...item('wal_retrieve_retry_interval', pathTo`run.receiver.retryInterval`, secondsOf(retryInterval)),
    // A standby that may not decode WAL keeps no slots.
    ...item('wal_level', pathTo`run.syncSlots`, run.syncSlots ? 'logical' : undefined, 17),
    ...item('sync_replication_slots', pathTo`run.syncSlots`, run.syncSlots ? 'on' : undefined, 17),
  ]
}

function secondsOf(value: number | undefined): string | undefined {
  return value === undefined ? undefined : `${value}s`
}

function wordOf(value: boolean | undefined): string | undefined {
  return value === undefined ? undefined : value ? 'on' : 'off'
}

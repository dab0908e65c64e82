import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo, showPath } from '../diagnostics/path.js'
import type { Replica } from '../model/replica.js'
import { listShape } from '../model/shape.js'
import { nameWritten, readEffective } from '../postgres/effective.js'
import { whereHeld } from '../postgres/held.js'

/** Judges what a replica is as a standby (delay, name, feedback, slots kept here) and how it is cloned. */
export function judgeShape(model: Replica): Diagnostic[] {
  return [
    ...judgeTwice(model),
    ...judgeDelay(model),
    ...judgeName(model),
    ...judgeFeedback(model),
    ...judgeSyncSlots(model),
    ...judgeCompress(model),
  ]
}

// A setting that another part of the model gives on the command line.
function judgeTwice(model: Replica): Diagnostic[] {
  const { settings } = model.postgresql
  return listShape(model).flatMap(({ name, path }): Diagnostic[] => {
    const written = nameWritten(settings, name)
    if (written === undefined || whereHeld(name) !== undefined) return []
    const message = `${written} is not set here: ${showPath(path)} gives it on the command line of the server`
    const hint = 'take one of the two out'
    return [{ code: 'E_SETTING_HELD', path: pathTo`postgresql.settings.${written}`, message, hint }]
  })
}

function judgeDelay({ run }: Replica): Diagnostic[] {
  if (run.delay === undefined) return []
  const found: Diagnostic[] = []
  const warn = (message: string, hint: string) =>
    found.push({ code: 'W_RUN_DELAY', path: pathTo`run.delay`, message, hint })
  warn(
    `this replica answers with rows of ${run.delay} s ago, and a master that waits for it with synchronous_commit = remote_apply waits as long at each commit`,
    'do not send readers to it, and leave it out of synchronous_standby_names',
  )
  if (run.slot !== 'permanent') {
    warn(
      `a replica that was started again, or lost its connection, first replays what it has, for up to ${run.delay} s, and receives nothing meanwhile: the master must keep its WAL for so long`,
      "say run.slot: 'permanent', or let wal_keep_size of the master be enough for it",
    )
  }
  if (run.hotStandbyFeedback === true) {
    warn(
      `with run.hotStandbyFeedback the master keeps, for ${run.delay} s and as long as a query lasts, what it could vacuum`,
      'take run.hotStandbyFeedback out, or lower run.delay',
    )
  }
  return found
}

function judgeName({ run, task }: Replica): Diagnostic[] {
  if (run.name === undefined || task.instances <= 1) return []
  const message = `all ${task.instances} replicas have the name ${run.name}: the master cannot tell them apart, and any one of them stands for it in synchronous_standby_names`
  const hint = 'leave it out and give each its own POSTGRES_REPNAME, or make an app of each'
  return [{ code: 'W_RUN_NAME', path: pathTo`run.name`, message, hint }]
}

function judgeFeedback({ run, postgresql }: Replica): Diagnostic[] {
  const { count } = readEffective(postgresql.settings, Math.max(...postgresql.majors))
  const isSent = run.receiver.statusInterval !== undefined || count('wal_receiver_status_interval') !== 0
  if (run.hotStandbyFeedback !== true || isSent) return []
  const message =
    'the feedback is sent with the status messages, which wal_receiver_status_interval = 0 turns off'
  const hint = 'take wal_receiver_status_interval out'
  return [{ code: 'W_RUN_FEEDBACK', path: pathTo`run.hotStandbyFeedback`, message, hint }]
}

// Each of these the server finds at run time only, and then says so in its log and copies no slot.
function judgeSyncSlots({ run, postgresql, master }: Replica): Diagnostic[] {
  if (!run.syncSlots) {
    if (master.database === 'postgres' || run.onDiverged === 'rewind') return []
    const message = `nothing connects to the database ${master.database}: only run.syncSlots and run.onDiverged: 'rewind' would`
    return [{ code: 'W_MASTER_UNUSED', path: pathTo`master.database`, message, hint: 'take it out' }]
  }
  const found: Diagnostic[] = []
  const refuse = (message: string, hint: string) =>
    found.push({ code: 'E_RUN_SYNC_SLOTS', path: pathTo`run.syncSlots`, message, hint })
  const old = postgresql.majors.filter((major) => major < 17)
  if (old.length > 0) {
    refuse(
      `PostgreSQL ${old.join(', ')} cannot synchronize the master's logical slots to a standby`,
      'take these majors out of postgresql.majors',
    )
  }
  if (run.slot !== 'permanent') {
    refuse('slots are synchronized only to a standby that has a slot of its own', "say run.slot: 'permanent'")
  }
  if (run.hotStandbyFeedback !== true) {
    refuse(
      'slots are synchronized only to a standby that sends feedback, so that the master keeps catalog rows',
      'say run.hotStandbyFeedback: true',
    )
  }
  return found
}

// Both sides have to know it, and pg_basebackup is that of the master's major.
function judgeCompress({ clone, postgresql }: Replica): Diagnostic[] {
  const old = postgresql.majors.filter((major) => major < 15)
  if (clone.compress === 'none' || old.length === 0) return []
  const message = `PostgreSQL ${old.join(', ')} cannot compress a base backup while sending it`
  const hint = "take these majors out of postgresql.majors, or say 'none'"
  return [{ code: 'E_CLONE_COMPRESS', path: pathTo`clone.compress`, message, hint }]
}

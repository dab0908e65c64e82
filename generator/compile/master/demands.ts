import type { Replica } from '../../model/replica.js'
import { current, type Demand, ofSetting } from './demand.js'
import { readLogin } from './login.js'
import type { MasterNeeds } from './needs.js'
import { listRewindDemands } from './rewind.js'
import { listRoleDemands } from './role.js'

/** What the model counts on, but for the lines of pg_hba.conf, in the order in which an operator meets it. */
export function listDemands(model: Replica, needs: MasterNeeds): Demand[] {
  return [
    ofVersion(model),
    ofSetting('wal_level', (value) => `${value} IN ('replica', 'logical')`, {
      needs: 'replica or logical',
      why: 'with less nobody can follow this master; it takes a restart',
    }),
    ofWalsenders(model),
    ...ofSlots(model),
    ...ofKeptWal(model),
    ...ofAddresses(model),
    ...ofTls(model),
    ...listRoleDemands(model, countWalsenders(model)),
    ...listRewindDemands(model, needs),
  ]
}

// At once, besides those of others.
function countWalsenders({ task }: Pick<Replica, 'task'>): number {
  return 2 * task.instances + 1
}

function ofVersion({ postgresql: { majors, newer } }: Replica): Demand {
  const major = "current_setting('server_version_num')::int / 10000"
  const sorted = [...majors].sort((a, b) => a - b)
  const isNewer = newer === 'try' ? ` OR ${major} > ${sorted.at(-1)}` : ''
  return {
    setting: 'server_version',
    value: current('server_version'),
    fits: `${major} IN (${sorted.join(', ')})${isNewer}`,
    needs: sorted.join(', '),
    why: 'replicas refuse a master of another major than postgresql.majors says',
  }
}

function ofWalsenders(model: Replica): Demand {
  const least = countWalsenders(model)
  return ofSetting('max_wal_senders', (value) => `${value}::int >= ${least}`, {
    needs: `${least} or more, and those of others`,
    why: `each of ${model.task.instances} has two while it is cloned, then one; one is for questions; it takes a restart`,
  })
}

// pg_basebackup has a temporary slot while it copies, and from then on run_rep.sh until the replica streams.
function ofSlots({ run, task: { instances } }: Replica): Demand[] {
  const least = run.slot === 'temporary' ? 2 * instances : instances
  const why = {
    none: 'each has one while it is cloned',
    temporary: 'each has two while it is cloned, then one',
    permanent: 'each has one of its own',
  }[run.slot]
  return [
    ofSetting('max_replication_slots', (value) => `${value}::int >= ${least}`, {
      needs: `${least} or more, and those of others`,
      why: `${why}; it takes a restart`,
    }),
  ]
}

function ofKeptWal({ run, restore }: Replica): Demand[] {
  if (run.slot === 'permanent') {
    return [
      ofSetting('max_slot_wal_keep_size', (value) => `${value} <> '-1'`, {
        needs: 'a bound, below the free space of the disk',
        why: 'the slot of a replica that never comes back keeps WAL until the disk is full',
      }),
    ]
  }
  // What the master removes comes from its archive.
  if (restore !== undefined) return []
  const isKept = (value: string) => `${value} <> '0'`
  const why = 'a replica that is away for longer than a few checkpoints must be cloned again'
  return [
    ofSetting('wal_keep_size', isKept, { needs: 'as much as is written while a replica may be away', why }),
    // Its name before 13.
    ofSetting('wal_keep_segments', isKept, {
      needs: 'as many as are written while a replica may be away',
      why,
    }),
  ]
}

function ofAddresses(model: Replica): Demand[] {
  if (isHere(model)) return []
  const isNear = (value: string) =>
    `string_to_array(replace(${value}, ' ', ''), ',') <@ ARRAY['localhost', '127.0.0.1', '::1']`
  return [
    ofSetting('listen_addresses', (value) => `NOT ${isNear(value)}`, {
      needs: 'an address that agents reach',
      why: 'this host alone can connect; it takes a restart',
    }),
  ]
}

/** Does the model look for its master on the same host only? */
export function isHere({ master }: Replica): boolean {
  return [master.hosts]
    .flat()
    .flatMap((list) => list.split(','))
    .every((host) => /^(localhost|127\.[\d.]+|\[::1\])(:\d+)?$|^::1$/.test(host))
}

function ofTls(model: Replica): Demand[] {
  const { tls, method } = readLogin(model)
  const on = ofSetting('ssl', (value) => `${value} = 'on'`, {
    needs: 'on, with a certificate',
    why: 'master.tls lets replicas connect with TLS only',
  })
  const ca = ofSetting('ssl_ca_file', (value) => `${value} <> ''`, {
    needs: 'the certificates that sign those of the agents',
    why: 'without it no certificate of an agent is accepted',
  })
  return [...(tls === 'on' ? [on] : []), ...(method === 'cert' ? [ca] : [])]
}

import type { Change } from './change.js'

type Verdict = Pick<Change, 'effect' | 'means'>

/** What another value of a variable of the contract means for replicas that run; by its default where it has no value. */
export function judgeVariable(name: string, from: string | undefined, to: string | undefined): Verdict {
  return (
    judges[name]?.(from, to) ?? {
      effect: 'restart',
      means: 'a task has its environment from its start to its end',
    }
  )
}

const judges: Readonly<Record<string, (from: string | undefined, to: string | undefined) => Verdict>> = {
  PGDATA_DIR: () => ({
    effect: 'clone',
    means:
      'nothing lies in the new place: a replica is cloned again there, unless its data is moved while it is stopped',
  }),
  POSTGRES_MASTER: (from = '', to = '') =>
    shareHost(from, to)
      ? { effect: 'restart', means: 'hosts of one cluster, of which replicas follow the master' }
      : {
          effect: 'clone',
          means:
            'a restart will do where these hosts are of the same cluster; the data of another one is refused (65), and must be cloned again',
        },
  RUN_USER: () => ({
    effect: 'restart',
    means:
      'stop it, give PGDATA_DIR to the new user (chown -R), then start it: PostgreSQL runs as the owner of its data only',
  }),
  POSTGRES_REPUSER: () => ({
    effect: 'restart',
    means: 'the role must be there (master.sql), and the hosts need the password of this one',
  }),
  POSTGRES_REPNAME: () => ({
    effect: 'restart',
    means: 'synchronous_standby_names of the master must know the new name, if it knew the old one',
  }),
}

function shareHost(from: string, to: string): boolean {
  const hosts = (list: string) => list.split(',').map((host) => host.replace(/(?<!:[^\]]*):\d+$/, ''))
  return hosts(to).some((host) => hosts(from).includes(host))
}

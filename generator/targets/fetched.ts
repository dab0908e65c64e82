import type { Replica } from '../model/replica.js'

/** The files of the configuration that a replica fetches from `publish`: none where the model names another place. */
export function listFetchedConf({ run, task }: Replica): string[] {
  const isElsewhere = run.configUrl !== undefined || Object.hasOwn(task.env, 'CONFIG_URL')
  return isElsewhere ? [] : ['conf/pg_hba.conf', 'conf/postgresql.conf']
}

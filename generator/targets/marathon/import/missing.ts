import { pathTo } from '../../../diagnostics/path.js'
import { usualReplica } from '../../../model/replica.js'
import { marathonSchema } from '../schema.js'
import { isObject } from './app-file.js'
import type { Taking } from './draft.js'
import { usualUpgrade } from './takers.js'

const usual = marathonSchema.parse({})

/** Says what Marathon would do where the app says nothing, when the model does something else. */
export function takeMissing(taking: Taking): void {
  const { app, set, change } = taking
  const has = (key: string) => app[key] !== undefined && app[key] !== null
  if (!has('user'))
    change(
      "without user a task runs as Marathon's own user, often root, as whom PostgreSQL refuses to run",
      'the model takes run.user',
    )
  if (!has('healthChecks') || (Array.isArray(app.healthChecks) && app.healthChecks.length === 0))
    change(
      'without a health check a deployment counts as done before the clone has begun',
      'the model has one',
    )
  if (!has('taskKillGracePeriodSeconds'))
    change(
      'Mesos kills a task 3 s after SIGTERM by default, which is too soon for a database',
      `the model says ${usualReplica.task.stopGrace}`,
    )
  if (!has('backoffSeconds'))
    change(
      'Marathon starts a failed task again after 1 s by default, and each may copy the whole master',
      `the model begins with ${usual.backoff.seconds}`,
    )
  if (!isObject(app.env) || !app.env.POSTGRES_MASTER)
    change(
      'the app names no master in POSTGRES_MASTER',
      `the model takes ${usualReplica.master.hosts}: set master.hosts`,
    )
  if (!isObject(app.env) || !app.env.POSTGRES_REPUSER)
    change(
      'the app names no role in POSTGRES_REPUSER',
      `the model takes ${usualReplica.master.role}: set master.role`,
    )
  if (!has('fetch') && !isFilled(app.uris))
    change(
      'the app fetches nothing, and so not the script',
      `the model takes it from ${usualReplica.publish}: set publish`,
    )
  takeDefaults(taking)
  if (!has('cpus')) set(pathTo`task.cpus`, 1)
  if (!has('instances')) set(pathTo`task.instances`, 1)
  if (!has('mem')) change("Marathon's default of 128 MiB is too little for PostgreSQL", 'the model says 512')
  // Ours would be one task a host.
  if (!has('constraints') && Number(app.instances) > 1) set(pathTo`targets.marathon.constraints`, [])
  if (!has('env')) set(pathTo`run.configUrl`, null)
  const { user } = app
  if (typeof user === 'string' && user !== 'root' && (!isObject(app.env) || !app.env.RUN_USER))
    set(pathTo`run.user`, user)
}

// Where ours are others, those of Marathon are written down (app.raml; UpgradeStrategy.scala).
function takeDefaults({ app, set, change }: Taking): void {
  const has = (key: string) => app[key] !== undefined && app[key] !== null
  if (!has('disk')) set(pathTo`task.disk`, 0)
  if (!has('upgradeStrategy')) {
    set(pathTo`targets.marathon.upgrade`, usualUpgrade(app))
  }
  if (has('backoffSeconds') && !has('backoffFactor')) set(pathTo`targets.marathon.backoff.factor`, 1.15)
  if (has('backoffSeconds') && !has('maxLaunchDelaySeconds'))
    change(
      'the longest pause is 3600 s by default, and since Marathon 1.8 it is 300 s',
      `the model says ${usual.backoff.max}: set targets.marathon.backoff.max`,
    )
}

function isFilled(value: unknown): boolean {
  return Array.isArray(value) && value.length > 0
}

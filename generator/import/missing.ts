import type { Taking } from './draft.js'

/** Says what Marathon would do where the app says nothing, when the model does something else. */
export function takeMissing({ app, draft, set, change }: Taking): void {
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
      'the model says 120',
    )
  if (!has('backoffSeconds'))
    change(
      'Marathon starts a failed task again after 1 s by default, and each may copy the whole master',
      'the model begins with 30',
    )
  if (!has('cpus')) set('app.cpus', 1)
  if (!has('instances')) set('app.instances', 1)
  if (!has('mem')) change("Marathon's default of 128 MiB is too little for PostgreSQL", 'the model says 512')
  // Ours would be one task a host.
  if (!has('constraints') && Number(app.instances) > 1) set('app.constraints', [])
  if (!has('env')) set('run.configUrl', null)
  if (draft.run === undefined && typeof app.user === 'string') set('run.user', app.user)
}

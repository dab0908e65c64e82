/** What each finding on an app is about. */
export const codes: Readonly<Record<string, string>> = {
  E_APP_CHECK: 'Marathon wants a check to be over before the next one begins',
  E_APP_CONSTRAINT: 'Marathon refuses the constraint (Constraints.scala)',
  E_APP_FETCH: 'Mesos cannot fetch the file, or it would take the place of another',
  E_APP_ID: 'Marathon refuses the id of the app (PathId.scala)',
  E_APP_LABEL: 'Marathon, or what runs on it, gives the label a meaning, and refuses that one',
  E_APP_PORT: 'Marathon refuses one port twice',
  E_APP_PORT_NAME:
    'Marathon refuses the name of the port, or no shell could read the variable that it makes of it',
  E_APP_ROLE: 'Marathon refuses the roles for an app with a persistent volume',
  E_APP_SHARED:
    'two tasks on one host would share a directory for their data, and one of them would wait for ever',
  E_APP_SINGLE: 'a single-instance app has one task at a time, also while it is deployed',
  E_APP_UNREACHABLE: 'Marathon refuses the times after which a lost task is replaced',
  E_APP_UPGRADE: 'Marathon refuses the upgrade strategy, or no deployment could ever end',
  E_APP_VERSION: 'the oldest Marathon that has to take the file does not know the key',
  E_APP_VOLUME: 'Marathon refuses the persistent volume',
  W_APP_BACKOFF: 'the pauses between failed tasks are not what they seem to be',
  W_APP_FETCH: 'one of two options of a file to fetch has no effect',
  W_APP_PORT: 'Mesos offers ports 31000 to 32000 unless its operator said otherwise',
  W_APP_RESIDENT:
    'Marathon has reserved the sizes of an app with a persistent volume, and refuses to change them',
  W_APP_SECRET: 'Marathon resolves secrets only with a plug-in, which does not come with it',
  W_APP_UPGRADE: 'a deployment would need room for more tasks than there may be',
}

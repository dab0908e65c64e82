/** A word that supervisors have for a task, each in a variable of its own. */
export interface SupervisorWord {
  /** The variable of the script that holds it. */
  readonly name: string
  /** The first of these that is set counts. */
  readonly variables: readonly { readonly name: string; readonly setBy: string }[]
  /** What the script takes where none is. */
  readonly usual: string
  /** What the script needs it for. */
  readonly doc: string
}

/**
 * All that the script reads of its supervisor besides the contract, whichever it is: Marathon's and Mesos's variables
 * (docs/task-environment-vars.md), systemd's (systemd.exec(5), "Environment Variables Set or Propagated").
 */
export const supervisorWords: readonly SupervisorWord[] = [
  {
    name: 'told_app',
    variables: [
      { name: 'MARATHON_APP_ID', setBy: 'Marathon' },
      { name: 'UNIT_NAME', setBy: 'the unit of systemd, compose.yaml, kubernetes.yaml' },
    ],
    usual: '/run_rep',
    doc: 'part of the name by which the master knows the replica',
  },
  {
    name: 'told_host',
    variables: [{ name: 'HOST', setBy: 'Marathon' }],
    usual: '',
    doc: 'the host in that name; by default what the host calls itself',
  },
  {
    name: 'told_task',
    variables: [
      { name: 'MESOS_TASK_ID', setBy: 'Mesos' },
      { name: 'INVOCATION_ID', setBy: 'systemd' },
      // In containers all have the process number 1.
      { name: 'TASK_NAME', setBy: 'compose.yaml, kubernetes.yaml' },
    ],
    usual: '',
    doc: 'tells tasks apart that fail at the same time, so that they do not all retry at the same time',
  },
  {
    name: 'told_socket',
    variables: [{ name: 'NOTIFY_SOCKET', setBy: 'systemd' }],
    usual: '',
    doc: 'the socket for the progress of a run: what it does, and that clients are accepted',
  },
]

import type { HealthCheck } from './app.js'

/** What an agent gives an executor to run; all of it is written to a file that the executor reads. */
export interface TaskInfo {
  readonly command: string
  readonly sandbox: string
  readonly environment: Readonly<Record<string, string>>
  readonly ports: readonly number[]
  readonly healthCheck?: HealthCheck
  /** Seconds from SIGTERM to SIGKILL; Mesos's own are 3. */
  readonly killGrace?: number
  /** The Unix socket on which the executor can be reached. */
  readonly control: string
  /** Where the virtual clock stands, in seconds. */
  readonly now: number
}

/** What an executor is told, one JSON object a line. */
export type Order =
  /** An agent is there, and wants to hear everything from the first update on. */
  | { readonly kind: 'subscribe' }
  | { readonly kind: 'kill'; readonly grace?: number }
  /** The virtual clock goes on to that time; answered when all that was due is done. */
  | { readonly kind: 'advance'; readonly to: number }

/** What an executor says. */
export type Report =
  | ({ readonly kind: 'update' } & StatusUpdate)
  | { readonly kind: 'arrived'; readonly at: number }

/** TASK_GONE is the agent's own, of what a host took along when it went down. */
export type TaskState =
  | 'TASK_STARTING'
  | 'TASK_RUNNING'
  | 'TASK_FINISHED'
  | 'TASK_FAILED'
  | 'TASK_KILLED'
  | 'TASK_GONE'

/** A status update (mesos.proto, TaskStatus), as far as it matters here. */
export interface StatusUpdate {
  readonly state: TaskState
  /** The time of the virtual clock. */
  readonly at: number
  /** Set once a health check has told something. */
  readonly healthy?: boolean
  readonly message?: string
  /** The process that Mesos watches: its end is the task's. */
  readonly pid?: number
  /** Whether SIGKILL had to follow SIGTERM. */
  readonly isEscalated?: boolean
  /** How long the kill took, in real milliseconds. */
  readonly killMilliseconds?: number
}

/** True for a state that a task does not leave any more. */
export function isTerminal(state: TaskState): boolean {
  return state !== 'TASK_STARTING' && state !== 'TASK_RUNNING'
}

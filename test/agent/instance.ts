import { randomUUID } from 'node:crypto'
import type { Agent, Task } from './agent.js'
import type { App } from './app.js'

/** One of the app's instances: a task, and what outlives it. */
export interface Instance {
  readonly id: string
  /** The version of the app that its task has, or is to have. */
  version: string
  /** Where its volumes are, or its task runs. */
  agent: Agent | undefined
  readonly volumes: Record<string, string>
  incarnation: number
  task: Task | undefined
  /** `reserved` has volumes and no task; `waiting` has neither. */
  state: 'waiting' | 'staging' | 'running' | 'reserved' | 'unreachable'
  isHealthy: boolean
  /** When its task began, by the virtual clock. */
  since: number
}

/** One that is to be launched, with names for its volumes. */
export function newInstance(app: App, version: string): Instance {
  const volumes = (app.container?.volumes ?? []).map(
    ({ containerPath }) => [containerPath, randomUUID()] as const,
  )
  return {
    id: randomUUID(),
    version,
    agent: undefined,
    volumes: Object.fromEntries(volumes),
    incarnation: 0,
    task: undefined,
    state: 'waiting',
    isHealthy: false,
    since: 0,
  }
}

/** Each with its state and the end of what its task said, for a test that waits in vain. */
export function describe(instances: readonly Instance[]): string {
  return instances
    .map(({ id, state, isHealthy, task }) => {
      const words = task?.output('stderr').trim().split('\n').slice(-6).join('\n    ') ?? ''
      return `${id} is ${state}${isHealthy ? ', healthy' : ''}\n    ${words}`
    })
    .join('\n')
}

import { randomUUID } from 'node:crypto'
import { join } from 'node:path'

/** What names a task, and with it the directories that it lives in. */
export interface TaskIds {
  readonly taskId: string
  readonly containerId: string
  readonly frameworkId: string
  readonly agentId: string
}

/**
 * A task id of Marathon since 1.9 (core/task/Task.scala): the app's path, the instance, and how many tasks the
 * instance has had.
 */
export function makeTaskId(appId: string, instance: string, incarnation: number): string {
  return `${appId.replace(/^\//, '').replaceAll('/', '_')}.instance-${instance}._app.${incarnation}`
}

/** The working directory of a task below the agent's work_dir (Mesos paths.cpp): 200 to 260 bytes on a real agent. */
export function sandboxOf(workDir: string, { taskId, containerId, frameworkId, agentId }: TaskIds): string {
  return join(workDir, `slaves/${agentId}/frameworks/${frameworkId}/executors/${taskId}/runs/${containerId}`)
}

/** Where a persistent volume lies (paths.cpp, LocalVolume.scala): the # is really there. */
export function volumeOf(
  workDir: string,
  role: string,
  appId: string,
  containerPath: string,
  uuid: string,
): string {
  const app = appId.replace(/^\//, '').replaceAll('/', '_')
  return join(workDir, 'volumes/roles', role, `${app}#${containerPath}#${uuid}`)
}

/** `<uuid>-S0`, `<uuid>-0000`: the master's own id comes first in both. */
export function makeIds(): Pick<TaskIds, 'agentId' | 'frameworkId'> {
  const master = randomUUID()
  return { agentId: `${master}-S0`, frameworkId: `${master}-0000` }
}

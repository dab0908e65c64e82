import { posix } from 'node:path'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { MarathonApp } from './app.js'
import { findDataDir } from './data-dir.js'

/**
 * Judges whether a deployment can replace the tasks (AppValidation.scala; ComputeRestartStrategy): one that is started
 * beside the others needs a place of its own.
 */
export function judgeUpgrade(app: MarathonApp): Diagnostic[] {
  const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy
  const isResident = app.container !== undefined
  if (isResident) {
    if (maximumOverCapacity === 0) return []
    const message = 'Marathon refuses a maximumOverCapacity above 0 for an app with a persistent volume'
    return [{ code: 'E_APP_UPGRADE', path: pathTo`targets.marathon.upgrade.maximumOverCapacity`, message }]
  }
  const least = Math.ceil(app.instances * minimumHealthCapacity)
  const most = Math.floor(app.instances * (1 + maximumOverCapacity))
  const reason = whyNotBeside(app)
  if (reason === undefined || app.instances === 0 || (most === app.instances && least < most)) return []
  if (most > app.instances) {
    const message = `a deployment starts ${most - app.instances} more than task.instances, and ${reason}`
    return [
      {
        code: 'W_APP_UPGRADE',
        path: pathTo`targets.marathon.upgrade.maximumOverCapacity`,
        message,
        hint: 'use 0',
      },
    ]
  }
  const message = `to keep ${least} of ${app.instances} running a deployment starts one more, and ${reason}`
  const hint = 'use less, so that one task may end before the next begins'
  return [
    { code: 'W_APP_UPGRADE', path: pathTo`targets.marathon.upgrade.minimumHealthCapacity`, message, hint },
  ]
}

function whyNotBeside(app: MarathonApp): string | undefined {
  const constraints = app.constraints ?? []
  const isApart = constraints.some(
    ([, operator, value]) => operator === 'UNIQUE' || (operator === 'MAX_PER' && value === '1'),
  )
  if (isApart || app.requirePorts) {
    const what = isApart ? 'UNIQUE' : 'a fixed port'
    return `with ${what} that waits for a free agent, for ever if all of them run a task`
  }
  const dataDir = findDataDir(app)
  if (!posix.isAbsolute(dataDir)) return undefined
  return `on the agent of another it is refused as long as that one works in ${dataDir}`
}

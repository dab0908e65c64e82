import { posix } from 'node:path'
import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import { readMebibytes, sandboxDisk } from '../../model/task.js'
import type { DataSpace } from '../../postgres/resources.js'
import { listFetchedConf } from '../fetched.js'
import type { Target } from '../target.js'
import { buildApp, listPortVariables, printApp } from './build.js'
import { codes } from './codes.js'
import { judgeResize } from './resident.js'
import { judgeApp } from './rules.js'
import { marathonSchema } from './schema.js'
import { judgeSection } from './section.js'
import { traceApp } from './trace.js'

/** Mesosphere Marathon: one app, for `POST /v2/apps`. */
export const marathon: Target<typeof marathonSchema> = {
  schema: marathonSchema,
  isPublished: false,
  codes,
  compile: (section, replica) => {
    const app = buildApp(section, replica)
    const { user, taskKillGracePeriodSeconds: stopGrace } = app
    return {
      document: app,
      diagnostics: [...judgeApp(app, section.release), ...judgeSection(section, replica, app)],
      given: {
        env: { ...app.env, ...listPortVariables(app) },
        user,
        stopGrace,
        asksHealth: true,
        keepsData: replica.task.volume !== undefined || posix.isAbsolute(replica.run.dataDir),
        space: findSpace(replica),
      },
      print: () => ({ 'marathon.json': printApp(app) }),
      trace: () => ({ 'marathon.json': traceApp(printApp(app), replica) }),
      fetches: [...listFetchedConf(replica), 'run_rep.sh'],
      identity: {
        what: 'Marathon app',
        name: app.id,
        path: pathTo`targets.marathon.id`,
        read: ({ 'marathon.json': before }) => (before === undefined ? undefined : readId(before)),
      },
      judgeUpdate: ({ 'marathon.json': before }) => (before === undefined ? [] : judgeResize(before, app)),
    }
  },
}

function readId(text: string): string | undefined {
  try {
    const { id } = Object(JSON.parse(text))
    return typeof id === 'string' ? id : undefined
  } catch {
    return undefined
  }
}

// The data lies in the volume, else in the sandbox, unless it lies somewhere on the agent; disk 0 is no limit.
function findSpace({ task, run }: Replica): DataSpace | undefined {
  if (task.volume !== undefined) return { path: pathTo`task.volume`, size: readMebibytes(task.volume) }
  const disk = sandboxDisk(task)
  return posix.isAbsolute(run.dataDir) || disk === 0 ? undefined : { path: pathTo`task.disk`, size: disk }
}

import { pathTo } from '../../diagnostics/path.js'
import { listFetchedConf } from '../fetched.js'
import type { Target } from '../target.js'
import { codes } from './codes.js'
import { listUnitEnvironment } from './environment.js'
import { listLines, printLines } from './print.js'
import { judgeService } from './rules.js'
import { systemdSchema } from './schema.js'
import { buildService } from './unit.js'

/** systemd: one unit, and the environment file that it reads. */
export const systemd: Target<typeof systemdSchema> = {
  schema: systemdSchema,
  isPublished: true,
  codes,
  compile: (section, replica) => {
    const service = buildService(section, replica)
    const { task, run } = replica
    const trace = () => listLines(service, replica)
    return {
      document: service,
      diagnostics: judgeService(section, replica, service),
      given: {
        env: { ...listUnitEnvironment(section), ...service.environment },
        user: task.user ?? run.user,
        stopGrace: task.stopGrace,
        asksHealth: false,
        keepsData: true,
        space: undefined,
      },
      print: () => printLines(trace()),
      fetches: listFetchedConf(replica),
      // A unit of another name has another file.
      identity: {
        what: 'unit',
        name: `${service.unitName}.service`,
        path: pathTo`targets.systemd.name`,
      },
      trace,
    }
  },
}

import type { Target } from '../target.js'
import { buildApp, listPortVariables, printApp } from './build.js'
import { judgeResize } from './resident.js'
import { judgeApp } from './rules.js'
import { marathonSchema } from './schema.js'
import { judgeSection } from './section.js'

/** Mesosphere Marathon: one app, for `POST /v2/apps`. */
export const marathon: Target<typeof marathonSchema> = {
  schema: marathonSchema,
  isPublished: false,
  compile: (section, replica) => {
    const app = buildApp(section, replica)
    const { user, taskKillGracePeriodSeconds: stopGrace } = app
    return {
      document: app,
      diagnostics: [...judgeApp(app, section.release), ...judgeSection(section, replica, app)],
      given: { env: { ...app.env, ...listPortVariables(app) }, user, stopGrace },
      print: () => ({ 'marathon.json': printApp(app) }),
      judgeUpdate: ({ 'marathon.json': before }) => (before === undefined ? [] : judgeResize(before, app)),
    }
  },
}

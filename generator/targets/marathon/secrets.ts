import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { MarathonApp } from './app.js'

/** Marathon refuses secrets unless it runs with `--enable_features secrets` and a plug-in, of which none comes with it (docs/secrets.md). */
export function judgeSecrets({ secrets = {} }: MarathonApp): Diagnostic[] {
  const [first] = Object.keys(secrets)
  if (first === undefined) return []
  const message = 'Marathon takes secrets only with --enable_features secrets and a plug-in, and ships none'
  return [{ code: 'W_APP_SECRET', path: pathTo`task.secrets.${first}`, message, hint: 'ask its operator' }]
}

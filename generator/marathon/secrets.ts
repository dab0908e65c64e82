import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { pathTo } from '../diagnostics/path.js'
import type { MarathonApp } from './app.js'

/**
 * Judges references to secrets: Marathon refuses one that the app does not declare (AppValidation.scala), and all of
 * them unless it runs with `--enable_features secrets` and a plug-in, of which none comes with it (docs/secrets.md).
 */
export function judgeSecrets({ env, secrets = {} }: MarathonApp): Diagnostic[] {
  const references = Object.entries(env).flatMap(([name, value]) =>
    typeof value === 'string' ? [] : [{ name, secret: value.secret }],
  )
  const unknown = references
    .filter(({ secret }) => !Object.hasOwn(secrets, secret))
    .map(({ name, secret }): Diagnostic => {
      const message = `Marathon refuses ${name}: app.secrets declares no ${secret}`
      const hint = `add ${secret}: { source: '…' } to app.secrets`
      return { code: 'E_APP_SECRET', path: pathTo`app.env.${name}`, message, hint }
    })
  const unused = Object.keys(secrets)
    .filter((name) => !references.some(({ secret }) => secret === name))
    .map((name): Diagnostic => {
      const message = `no variable of app.env refers to the secret ${name}`
      const hint = 'take it out, or a misspelt reference stays unseen'
      return { code: 'E_APP_SECRET', path: pathTo`app.secrets.${name}`, message, hint }
    })
  const [first] = Object.keys(secrets)
  if (first === undefined || unknown.length + unused.length > 0) return [...unknown, ...unused]
  const message = 'Marathon takes secrets only with --enable_features secrets and a plug-in, and ships none'
  return [{ code: 'W_APP_SECRET', path: pathTo`app.secrets.${first}`, message, hint: 'ask its operator' }]
}

import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { pathTo } from '../../diagnostics/path.js'
import type { MarathonApp } from './app.js'

/**
 * Judges the roles of Mesos that an app names (ResourceRole.scala, docs/multirole.md). Whether its own role is
 * Marathon's or that of its group only Marathon can tell.
 */
export function judgeRoles({ role, acceptedResourceRoles: accepted = [] }: MarathonApp): Diagnostic[] {
  const found: Diagnostic[] = []
  if (role !== undefined && !isRole(role)) {
    const message = `Mesos refuses ${JSON.stringify(role)} as the name of a role`
    found.push({ code: 'E_APP_ROLE', path: pathTo`targets.marathon.role`, message })
  }
  for (const [index, name] of accepted.entries()) {
    const reason = refuseAccepted(name, accepted.slice(0, index), role)
    if (reason === undefined) continue
    const message = `Marathon refuses ${JSON.stringify(name)} in acceptedResourceRoles: ${reason}`
    found.push({ code: 'E_APP_ROLE', path: pathTo`targets.marathon.acceptedResourceRoles.${index}`, message })
  }
  return found
}

function refuseAccepted(
  name: string,
  before: readonly string[],
  role: string | undefined,
): string | undefined {
  if (!isRole(name)) return 'it is not the name of a role'
  if (before.includes(name)) return 'it is named twice'
  if (role === undefined || name === '*' || name === role) return undefined
  return `'*' and the app's own role (${role}) are all that it can take (1.10 and later)`
}

// Roles.cpp of Mesos: no blank and no control character; each part of a path is a name.
function isRole(name: string): boolean {
  return name.split('/').every((part) => /^(?!-)(?!\.{1,2}$)[^\s\p{Cc}]+$/u.test(part))
}

import { createHash } from 'node:crypto'
import { type Diagnostic, isError } from './diagnostic.js'
import { showPath } from './path.js'
import { prepare } from './render.js'

/**
 * Findings as a report of GitLab's code quality (GitLab, "Code Quality", report format): shown in a merge request. One
 * that has no place stands at the first line of `file`. The fingerprint of a finding stays when lines above it change.
 */
export function renderGitlab(diagnostics: readonly Diagnostic[], file: string): string {
  const seen = new Map<string, number>()
  const issues = prepare(diagnostics).map((diagnostic) => {
    const { code, message, path = [], place, hint } = diagnostic
    const where = place?.file ?? file
    const identity = JSON.stringify([code, where, path, message])
    const count = seen.get(identity) ?? 0
    seen.set(identity, count + 1)
    const words = [
      `${code}: ${message}`,
      ...(path.length === 0 ? [] : [`in ${showPath(path)}`]),
      ...(hint ? [`hint: ${hint}`] : []),
    ]
    return {
      description: words.join('; '),
      check_name: code,
      fingerprint: createHash('sha256').update(`${identity} ${count}`).digest('hex'),
      severity: isError(diagnostic) ? 'critical' : 'minor',
      location: { path: where, lines: { begin: place?.line ?? 1 } },
    }
  })
  return `${JSON.stringify(issues, null, 2)}\n`
}

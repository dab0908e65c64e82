import { createHash } from 'node:crypto'
import type { Diagnostic } from './diagnostic.js'
import { showPath } from './path.js'
import { nameSeverity, prepare } from './render.js'

/** What SARIF says of the tool, and where a finding without a place stands. */
export interface SarifTool {
  readonly version: string
  /** What each code is about. */
  readonly codes: Readonly<Record<string, string>>
  readonly file: string
}

/** Findings as a log of SARIF 2.1.0 (OASIS), as code scanning and editors take it. */
export function renderSarif(diagnostics: readonly Diagnostic[], { version, codes, file }: SarifTool): string {
  const found = prepare(diagnostics)
  const ids = [...new Set(found.map(({ code }) => code))].sort()
  const seen = new Map<string, number>()
  const results = found.map((diagnostic) => {
    const { code, message, path = [], place, line, hint } = diagnostic
    const identity = JSON.stringify([code, place?.file ?? file, path, message])
    const count = seen.get(identity) ?? 0
    seen.set(identity, count + 1)
    const words = [
      message,
      ...(path.length === 0 ? [] : [`in ${showPath(path)}`]),
      ...(line === undefined ? [] : [`line ${line} of the script`]),
      ...(hint === undefined ? [] : [`hint: ${hint}`]),
    ]
    return {
      ruleId: code,
      ruleIndex: ids.indexOf(code),
      level: nameSeverity(diagnostic),
      message: { text: words.join('\n') },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: toUri(place?.file ?? file) },
            region: { startLine: place?.line ?? 1, startColumn: place?.column ?? 1 },
          },
          ...(path.length > 0 && {
            logicalLocations: [{ fullyQualifiedName: showPath(path), kind: 'property' }],
          }),
        },
      ],
      partialFingerprints: {
        'finding/v1': createHash('sha256').update(`${identity} ${count}`).digest('hex'),
      },
    }
  })
  const rules = ids.map((id) => ({
    id,
    shortDescription: { text: codes[id] ?? id },
    defaultConfiguration: { level: id.startsWith('E_') ? 'error' : 'warning' },
  }))
  const log = {
    $schema: 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: { driver: { name: 'postgres-rep-marathon', version, semanticVersion: version, rules } },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  }
  return `${JSON.stringify(log, null, 2)}\n`
}

// A relative reference (RFC 3986): a colon in its first part would make a scheme of it.
function toUri(file: string): string {
  const path = file.replaceAll('\\', '/').split('/').map(encodeURIComponent).join('/')
  return path.startsWith('/') ? `file://${path}` : path
}

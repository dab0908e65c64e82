import { compareAccess, compareMasterAccess } from './access.js'
import type { Artefacts } from './artefacts.js'
import { areas, type Change } from './change.js'
import { compareMasterSql } from './master-sql.js'
import { modelLine, readScript } from './script.js'
import { compareScripts } from './script-changes.js'
import { compareSettings, type Rule } from './settings.js'
import { compareTargets, listForgetful } from './target-changes.js'

/** What two sets of artefacts differ in. */
export interface Comparison {
  readonly changes: readonly Change[]
  /** Files of the newer side that the older one does not have, and what its map does not tell: nothing is said of them. */
  readonly notCompared: readonly string[]
  /** Files of targets whose tasks clone again at each restart. */
  readonly forgetful: readonly string[]
}

/**
 * Compares two sets of artefacts by what they say, in the order in which an operator wants to know it. Neither is
 * believed: each may be of another version of this compiler, or edited.
 */
export function compareArtefacts(before: Artefacts, after: Artefacts): Comparison {
  const [was, is] = [before, after].map((side) =>
    readScript(side['run_rep.sh'] ?? '', side['run_rep.map.json']),
  )
  if (was === undefined || is === undefined) return { changes: [], notCompared: [], forgetful: [] }
  const rule: Rule = {
    configuration: is.constants.get('configuration')?.value ?? 'published',
    majors: is.majors.length > 0 ? is.majors : was.majors,
  }
  const compareFile = (name: string, compare: (from: string, to: string) => Change[]) => {
    const [from, to] = [before[name], after[name]]
    return from === undefined || to === undefined || from === to ? [] : compare(from, to)
  }
  const variables = new Map([...was.variables, ...is.variables])
  const secrets = [...was.variables].filter(([, { secret }]) => secret).map(([name]) => name)
  for (const name of secrets) {
    const one = variables.get(name)
    if (one !== undefined) variables.set(name, { ...one, secret: true })
  }
  const told = [
    ...compareFile('postgresql.conf', (from, to) => compareSettings(from, to, rule)),
    ...compareFile('pg_hba.conf', (from, to) => compareAccess(from, to, rule.configuration)),
    ...compareTargets(before, after, variables),
    ...compareFile('run_rep.sh', () => compareScripts(was, is)),
    ...compareFile('master.sql', compareMasterSql),
    ...compareFile('master.pg_hba.conf', compareMasterAccess),
  ]
  const changes = [...told, ...listOthers(before, after, told)]
  return {
    changes: areas.flatMap((area) => changes.filter((change) => change.area === area)),
    notCompared: [
      // The map of an earlier version, or none, says nothing of them.
      ...(['variables', 'steps'] as const)
        .filter((kind) => was[kind].size === 0 && is[kind].size > 0)
        .map((kind) => `${kind} of run_rep.sh`),
      ...Object.keys(after).filter(
        (name) => before[name] === undefined && !told.some(({ files }) => files.includes(name)),
      ),
    ],
    forgetful: listForgetful(after),
  }
}

// Bytes that differ in words that mean nothing to a server: comments, layout, the digest of the model.
function listOthers(before: Artefacts, after: Artefacts, told: readonly Change[]): Change[] {
  const differing = Object.keys(after).filter(
    (name) => before[name] !== undefined && before[name] !== after[name],
  )
  return differing.flatMap((name): Change[] => {
    if (told.some(({ files }) => files.includes(name))) return []
    const isScript = name === 'run_rep.sh'
    if (isScript && withoutDigests(before[name]) !== withoutDigests(after[name])) {
      const means = 'its text differs, and no map tells in which part'
      return [{ area: 'part of the script', name, files: [name], effect: 'restart', means }]
    }
    // The map and the sums follow the other files, the script has a digest of the model, a manifest holds them.
    const follows = isScript || derived.includes(name) || /^(kubernetes|compose)\.yaml$/.test(name)
    if (told.length > 0 || (follows && differing.length > 1)) return []
    const means = derived.includes(name)
      ? 'it is read by people and programs, not by replicas'
      : 'comments or layout only'
    return [
      {
        area: 'file',
        name,
        files: [name],
        from: 'other bytes',
        to: 'the same meaning',
        effect: 'nothing',
        means,
      },
    ]
  })
}

const derived = ['run_rep.map.json', 'SHA256SUMS']

function withoutDigests(text = ''): string {
  return text.replace(/^# SHA-256 of all lines.*$/m, '').replace(modelLine, '')
}

import type { ContractVariable } from '../model/contract/variables.js'
import { failures } from '../model/exits.js'
import type { Replica } from '../model/replica.js'
import { orderSteps } from '../model/step.js'
import { lastPreflightStep } from '../model/steps.js'
import { type VersionRule, versionRules } from '../postgres/versions.js'
import { lit } from '../shell/words.js'

/** A template's view: ready values only, so that a template decides nothing. */
export type View = Readonly<Record<string, unknown>>

/** What the generated tables of the script print, by template. */
export function lowerReplica(
  model: Replica,
  contract: readonly ContractVariable[],
  modelDigest: string,
): Record<string, View> {
  const steps = orderSteps(model.steps)
  return {
    'constants.sh.hbs': {
      stopFast: model.shutdown.fast,
      stopImmediate: model.shutdown.immediate,
      stallLimit: model.run.stallLimit,
      verifyClone: model.postgresql.verifyClone ? 'yes' : 'no',
      modelDigest,
      majors: model.postgresql.majors.join(' '),
    },
    'exits.sh.hbs': {
      failures: failures.map(({ id, code, advice }) => ({ id, code, advice: lit(advice) })),
      unknown: lit('report this as a fault of run_rep.sh'),
    },
    'contract.sh.hbs': {
      keptNames: contract
        .map(({ name }) => name)
        .filter((name) => /^PG[A-Z0-9_]*$/.test(name))
        .sort()
        .join(' | '),
      lines: contract.flatMap(printCheck),
    },
    'versions.sh.hbs': lowerVersions(model.postgresql.majors),
    'sequence.sh.hbs': { run: steps, preflight: steps.slice(0, steps.indexOf(lastPreflightStep) + 1) },
  }
}

// Absent gets its default, empty counts as absent. libpq takes an empty variable for a malformed one,
// so an empty PG* is unset.
function printCheck(variable: ContractVariable): string[] {
  const { name, type, required, secret } = variable
  const value = `"$${name}"`
  const shown = secret ? "'(a secret)'" : value
  const call = [type.check, value, ...type.args.map(lit)].join(' ')
  const complaint = `malformed ${name} ${shown} ${lit(type.what)}`
  if (variable.default !== undefined) {
    return [`${name}=\${${name}:-${variable.default}}`, `${call} || ${complaint}`]
  }
  if (required) {
    return [`${name}=\${${name}:-}`, `[ -z ${value} ] || ${call} || ${complaint}`, `want ${name} ${value}`]
  }
  const absent = name.startsWith('PG') ? [`[ -n "\${${name}:-}" ] || unset ${name}`] : [`${name}=\${${name}:-}`]
  return [...absent, `[ -z "\${${name}:-}" ] || ${call} || ${complaint}`]
}

// Majors that differ in nothing the script cares for share one branch.
function lowerVersions(majors: readonly number[]): View {
  const rules = versionRules.filter(({ major }) => majors.includes(major))
  const common = (rules[0]?.held ?? []).filter((held) => rules.every((rule) => holds(rule, held.name)))
  const groups = new Map<string, { pattern: string; group: View }>()
  for (const rule of rules) {
    const extra = rule.held.filter(({ name }) => !common.some((held) => held.name === name))
    const group = {
      marker: rule.standbyMarker,
      manifest: rule.hasManifest ? 'yes' : 'no',
      backup: lit(
        rule.hasBaseBackupOptions
          ? "BASE_BACKUP (LABEL 'run_rep', PROGRESS, CHECKPOINT 'fast', WAIT false)"
          : "BASE_BACKUP LABEL 'run_rep' PROGRESS FAST NOWAIT",
      ),
      more: extra.length > 0,
      extra: lit(printHeld(extra)),
    }
    const key = JSON.stringify(group)
    const seen = groups.get(key)
    groups.set(key, { pattern: seen ? `${seen.pattern} | ${rule.text}` : rule.text, group })
  }
  return {
    held: lit(printHeld([{ name: 'listen_addresses', value: '*' }, ...common])),
    groups: [...groups.values()].map(({ pattern, group }) => ({ pattern, ...group })),
  }
}

function holds(rule: VersionRule, name: string): boolean {
  return rule.held.some((held) => held.name === name)
}

function printHeld(held: readonly { readonly name: string; readonly value: string }[]): string {
  return held.map(({ name, value }) => `${name}=${value}`).join('\n')
}

import { analyseShell, listNeededTools } from '../script/analyse.js'
import { digestOf } from '../script/print.js'
import { readRights, standbyRules, startFunctions } from '../script/standby.js'
import { listUnreadContract } from '../script/unused.js'
import { judgeWholeScript } from '../script/whole-script.js'
import { applyExceptions, shellExceptions } from '../shell/exceptions.js'
import { parseShell, type Shell } from '../shell/parse.js'
import { rules } from '../shell/rules/all.js'
import type { Finding } from '../shell/rules/rule.js'
import { utilities } from '../shell/utilities.js'
import { stepRules } from '../steps/judge.js'
import { judgeNeeds, listNeeds } from './needs.js'
import { judgeOwn, type OwnPart, ownPartOf } from './own.js'

/** One proof on a script: what it says when it holds, and what was found that speaks against it. */
export interface ScriptProof {
  readonly what: string
  /** What was looked at, in figures. */
  readonly detail: string
  /** Empty: it holds. */
  readonly against: readonly string[]
}

/** Which proof a finding speaks against; all others are of plain POSIX. */
const provenBy: Readonly<Record<string, string>> = {
  E_SHELL_UNASSIGNED: 'definite assignment',
  E_SHELL_UNKNOWN: 'definite assignment',
  E_SHELL_NEED: 'tools',
  E_SHELL_ABSENT: 'tools',
  E_SHELL_MASTER: 'standby only',
  // What a quote hides was seen by none of these rules.
  E_SHELL_QUOTE: 'standby only',
  E_SHELL_MARKER: 'standby only',
  E_SHELL_DATA: 'standby only',
  E_SHELL_START: 'standby only',
  E_SHELL_GATE: 'standby only',
  E_SHELL_FAIL_ID: 'one story',
  E_SHELL_UNREAD: 'one story',
  E_SHELL_UNCALLED: 'one story',
  E_SHELL_PRIVATE: 'one story',
}

/**
 * Computes each proof on the text of a run_rep.sh, whoever wrote it last. Knows nothing of the model: the contract, the
 * failures and the tools that preflight looks for are read from the text itself. `templates` is the package's own
 * shell, by path: what a start rests on is held to it.
 */
export function proveScript(text: string, templates: Readonly<Record<string, string>>): ScriptProof[] {
  const head = proveHead(text)
  const shell = parseShell(text)
  const [fault] = shell.errors
  if (fault !== undefined) {
    const against = [`line ${fault.line}: not shell: ${fault.message}`]
    return [{ what: 'syntax', detail: '', against }, head]
  }
  const needs = listNeeds(shell)
  const asked = [...text.matchAll(/\bhave ([A-Za-z][\w.+-]*)/g)].map(([, tool = '']) => tool)
  const contract = [
    ...new Set([...text.matchAll(/\|\| malformed ([A-Z]\w*) /g)].map(([, name = '']) => name)),
  ]
  const failureIds = [...text.matchAll(/^ {4}([A-Z][A-Z_]*)\) failure_code=/gm)].map(([, id = '']) => id)
  // A step of the user's may have named a program that we do not know: then preflight looks for it, or the step asks.
  const foreign = [...needs.keys(), ...asked].filter((tool) => !utilities.has(tool))
  const { effects, findings } = analyseShell(text, {
    failureIds,
    tools: foreign,
    rights: readRights(templates),
  })
  const { functions } = effects
  const program = judgeWholeScript(effects, { contract: contract.map((name) => ({ name })) })
  const own = ownPartOf(shell, templates)
  const allowed = [...findings, ...program].filter((one) => own?.holds(one) ?? true)
  const found = [
    ...applyExceptions(text, functions, { findings: allowed, exceptions: shellExceptions }),
    ...judgeNeeds(needs, listNeededTools(effects)),
  ]
  const against = (what: string): string[] =>
    found.filter((one) => proofOf(one) === what).map(({ line, message }) => `line ${line}: ${message}`)
  const count = (pick: (item: (typeof functions)[number]) => readonly unknown[]) =>
    functions.reduce((sum, item) => sum + pick(item).length, 0)
  const tools = new Set(functions.flatMap((item) => item.tools.map(({ name }) => name)))
  const unread = listUnreadContract(
    effects,
    contract.filter((name) => !name.startsWith('PG')),
  )
  return [
    { what: 'syntax', detail: '', against: [] },
    {
      what: 'definite assignment',
      detail: `${count(({ reads }) => reads)} reads and ${count(({ sets }) => sets)} assignments in ${functions.length} functions`,
      against: against('definite assignment'),
    },
    {
      what: 'tools',
      detail: `${count((item) => item.tools)} calls of ${tools.size} programs; preflight looks for ${needs.size}`,
      against: against('tools'),
    },
    {
      what: 'plain POSIX',
      detail: `${rules.length} rules; exceptions: ${shellExceptions.length}`,
      against: against('plain POSIX'),
    },
    {
      what: 'standby only',
      detail: `${standbyRules.length} rules; the gate and the start are those of this version`,
      against: [...against('standby only'), ...listForeign(shell, templates)],
    },
    {
      what: 'one story',
      detail: `${contract.length} variables, ${failureIds.length} failures, ${functions.length} functions, each of use`,
      against: [...against('one story'), ...unread.map((name) => `nothing reads ${name} of the contract`)],
    },
    ...(own === undefined ? [] : [proveOwn(own)]),
    head,
  ]
}

function proveOwn(own: OwnPart): ScriptProof {
  return {
    what: 'steps of your own',
    detail: `${own.names.length} functions, by ${stepRules.length} rules`,
    against: judgeOwn(own).map(({ place, message }) => `line ${place?.line}: ${message}`),
  }
}

function proofOf({ code, message }: Finding): string {
  if (code === 'E_SHELL_UTILITY' && message.startsWith('nothing is known of')) return 'tools'
  return provenBy[code] ?? 'plain POSIX'
}

// The head says the digest of all lines below it.
function proveHead(text: string): ScriptProof {
  const what = 'head'
  const match = /^# SHA-256 of all lines below this one: ([0-9a-f]{64})\n/m.exec(text)
  if (match === null) return { what, detail: '', against: ['the head names no SHA-256'] }
  const digest = digestOf(text.slice(match.index + match[0].length))
  const isRight = digest === match[1]
  return {
    what,
    detail: `SHA-256 of all lines below it: ${digest.slice(0, 16)}…`,
    against: isRight
      ? []
      : [`the head names ${match[1]?.slice(0, 16)}…, and the lines below it have ${digest.slice(0, 16)}…`],
  }
}

// That a server is started only behind the gate is proven for the gate that the package has.
function listForeign(shell: Shell, templates: Readonly<Record<string, string>>): string[] {
  const ours = new Map(
    Object.entries(templates)
      .filter(([name]) => name.startsWith('run_rep/') && name.endsWith('.sh'))
      .flatMap(([, text]) => [...textsOf(parseShell(text))]),
  )
  const theirs = textsOf(shell)
  return startFunctions.flatMap((name) => {
    const text = theirs.get(name)
    if (text === undefined) return [`there is no function ${name}`]
    return text === ours.get(name) ? [] : [`${name} is not the function that this version prints`]
  })
}

function textsOf(shell: Shell): Map<string, string> {
  return new Map(
    shell.all('Function').map(({ node }) => {
      const { start, end } = shell.span(node)
      return [node.name.value, shell.text.slice(start, end)]
    }),
  )
}

import type { Argument, Run } from '../commands.js'
import { literalOf } from '../words.js'
import { type Finding, findingAt, type Rule } from './rule.js'

/**
 * Signals by their POSIX names, without SIG (XCU trap, kill); the action of a trap is a constant, since one
 * that is expanded early would be parsed as shell with its values in it.
 */
export const requirePosixTraps: Rule = (shell, { runs }) =>
  runs.flatMap((run) => {
    const judged = run.name === 'trap' ? judgeTrap(run) : run.name === 'kill' ? judgeKill(run) : []
    return judged.map(
      ({ word, message, hint }): Finding => findingAt(shell, word, { code: 'E_SHELL_TRAP', message, hint }),
    )
  })

interface Judged {
  readonly word: Argument
  readonly message: string
  readonly hint: string
}

const signals = new Set(
  (
    'EXIT ABRT ALRM BUS CHLD CONT FPE HUP ILL INT PIPE POLL PROF QUIT SEGV STOP SYS TERM TRAP TSTP TTIN TTOU ' +
    'URG USR1 USR2 VTALRM WINCH XCPU XFSZ KILL 0 1 2 3 6 9 14 15'
  ).split(' '),
)

function judgeTrap({ args }: Run): Judged[] {
  const operands = args[0]?.text === '--' ? args.slice(1) : args
  const [action, ...conditions] = operands
  if (action === undefined) return []
  const text = action.type === 'Word' ? literalOf(action) : undefined
  if (/^-.+/.test(text ?? '')) {
    return [{ word: action, message: `trap ${text} is not POSIX`, hint: 'write trap ACTION SIGNAL…' }]
  }
  const found: Judged[] = []
  if (text === undefined) {
    const hint = 'put the action in single quotes: trap \'rm -f -- "$x"\' EXIT'
    found.push({ word: action, message: 'the action of trap is not a constant', hint })
  }
  const signalWords = conditions.length === 0 || /^\d+$/.test(text ?? '') ? operands : conditions
  return found.concat(signalWords.flatMap(judgeSignal))
}

function judgeKill({ args }: Run): Judged[] {
  const [option, value] = args
  if (option?.text === '-s' && value !== undefined) return judgeSignal(value, true)
  if (option !== undefined && /^-[A-Za-z]\w*["$]/.test(option.text)) {
    return [{ word: option, message: `${option.text} is not a constant`, hint: 'write kill -s NAME' }]
  }
  const name = /^-([A-Za-z]\w*)$/.exec(option?.text ?? '')?.[1]
  if (option === undefined || name === undefined || name === 'l' || signals.has(name)) return []
  return [unknownSignal(option, name)]
}

function judgeSignal(word: Argument, mayBeComputed?: unknown): Judged[] {
  const text = word.type === 'Word' ? literalOf(word) : undefined
  if (text === undefined) {
    const hint = 'write the names of the signals'
    return mayBeComputed === true ? [] : [{ word, message: `${word.text} is not a constant`, hint }]
  }
  return signals.has(text) ? [] : [unknownSignal(word, text)]
}

function unknownSignal(word: Argument, name: string): Judged {
  return {
    word,
    message: `${name} is no signal in POSIX`,
    hint: 'write its name without SIG: TERM, INT, EXIT …',
  }
}

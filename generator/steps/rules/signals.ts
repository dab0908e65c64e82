import type { Argument, Run } from '../../shell/commands.js'
import type { Origin } from '../values.js'
import type { StepFinding, StepRule } from './rule.js'

const killers = new Set(['pkill', 'killall', 'killall5', 'fuser', 'skill', 'snice'])

/** No signal to the script or to a server: both have their own way to end, and whoever else has that number. */
export const forbidSignals: StepRule = ({ shell, commands, origins }) =>
  commands.flatMap((command): StepFinding[] => {
    const { runs, owner } = command
    const run = runs.at(-1)
    const hint = 'end the run by fail; a program of your own is known by a file with its number'
    if (run?.kind === 'tool' && killers.has(run.name) && (run.name !== 'fuser' || run.args.some(isKill))) {
      const message = `${run.name} may meet the script, its server, or those of another replica`
      return [{ code: 'E_STEP_SIGNAL', node: run.word, message, hint }]
    }
    if (run?.name !== 'kill' || isQuestion(run.args.map(({ text }) => text))) return []
    const given = targetsOf(run).filter(
      (word) => isOurs(origins.of(shell, word, owner)) || /^"?(0|-\d+|-\$.*)"?$/.test(word.text),
    )
    const isPiped = runs.some(({ name }) => name === 'xargs') && isOurs(origins.input(command))
    return [...given, ...(isPiped ? [run.word] : [])].map((word) => {
      const message = `${word === run.word ? 'what xargs gives to kill' : word.text} may be the script itself, or its server`
      return { code: 'E_STEP_SIGNAL', node: word, message, hint }
    })
  })

const isKill = ({ text }: { readonly text: string }) => /^-[a-z]*k/.test(text)

// `kill -0` only asks whether it lives, and `kill -l` lists names.
const isQuestion = ([first, second]: readonly string[]) =>
  first === '-0' || first === '-l' || (first === '-s' && (second === '0' || second === 'EXIT'))

const isOurs = (found: ReadonlySet<Origin>) =>
  found.has('process') || found.has('data') || found.has('content')

// Without the signal: -TERM, -9, -s TERM, and --.
function targetsOf({ args }: Run): readonly Argument[] {
  const [first] = args
  const rest = first?.text === '-s' ? args.slice(2) : /^-\w+$/.test(first?.text ?? '') ? args.slice(1) : args
  return rest[0]?.text === '--' ? rest.slice(1) : rest
}

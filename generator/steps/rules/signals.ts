import type { StepFinding, StepRule } from './rule.js'

const killers = new Set(['pkill', 'killall', 'killall5', 'fuser', 'skill', 'snice'])

/** No signal to the script or to a server: both have their own way to end, and whoever else has that number. */
export const forbidSignals: StepRule = ({ shell, commands, origins }) =>
  commands.flatMap(({ runs, owner }): StepFinding[] => {
    const run = runs.at(-1)
    if (run === undefined) return []
    const name = owner.name.value
    const hint = 'end the run by fail; a program of your own is known by a file with its number'
    if (run.kind === 'tool' && killers.has(run.name) && (run.name !== 'fuser' || run.args.some(isKill))) {
      const message = `${run.name} may meet the script, its server, or those of another replica`
      return [{ code: 'E_STEP_SIGNAL', node: run.word, message, hint }]
    }
    if (run.name !== 'kill' || isQuestion(run.args.map(({ text }) => text))) return []
    return run.args
      .filter((word) => {
        const found = origins.of(shell, word, name)
        return (
          found.has('process') ||
          found.has('data') ||
          found.has('content') ||
          /^"?(0|-\d+|\$!)"?$/.test(word.text) ||
          isGroup(word.text)
        )
      })
      .filter((word, index) => index > 0 || !/^-\w+$/.test(word.text))
      .map((word) => {
        const message = `${word.text} may be the script itself, or its server`
        return { code: 'E_STEP_SIGNAL', node: word, message, hint }
      })
  })

const isKill = ({ text }: { readonly text: string }) => /^-[a-z]*k/.test(text)

// `kill -0` only asks whether it lives, and `kill -l` lists names.
const isQuestion = ([first, second]: readonly string[]) =>
  first === '-0' || first === '-l' || (first === '-s' && (second === '0' || second === 'EXIT'))

const isGroup = (text: string) => /^"?-\$/.test(text)

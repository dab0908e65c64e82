import { failures } from '../model/exits.js'
import { type Functions, runsOf } from '../shell/commands.js'
import { compare } from '../shell/effects.js'
import type { Live } from '../shell/live.js'
import { literalOf } from '../shell/words.js'
import { wordsOfExit } from './signs.js'

/** An exit code, or what stands for one, with the failures that have it; none where nothing has failed. */
export interface End {
  readonly code: string
  readonly failures: readonly string[]
  readonly says?: string
}

/** What those functions can end the script with: `75 PORT` for a failure, the argument of `exit` for all else. */
export function listEnds(live: Live, functions: Functions, roots: readonly string[]): string[] {
  const here = new Set(live.reachedHere(roots))
  const found = new Set<string>()
  for (const name of live.reached(roots)) {
    for (const { node, isApart } of live.commandsOf(name)) {
      const [run] = runsOf(node, functions)
      const [argument] = node.args
      const word = argument?.type === 'Word' ? argument : undefined
      if (run?.name === 'fail') {
        const failure = failures.find(({ id }) => id === literalOf(word))
        if (failure !== undefined) found.add(`${failure.code} ${failure.id}`)
      }
      // What runs apart ends only itself.
      if (run?.name === 'exit' && !isApart && here.has(name) && wordsOfExit.has(word?.text ?? ''))
        found.add(word?.text ?? '')
    }
  }
  return [...found]
}

/** Those of one code together, by code. */
export function groupEnds(keys: readonly string[]): End[] {
  const codes = new Map<string, string[]>()
  for (const key of keys) {
    // The text of an exit may hold anything but a blank.
    const [code = '', id] = key.split(' ')
    codes.set(code, [...(codes.get(code) ?? []), ...(id === undefined ? [] : [id])])
  }
  return [...codes]
    .map(([code, ids]): End => {
      const exit = wordsOfExit.get(code)
      return exit === undefined ? { code, failures: ids.sort(compare) } : { ...exit, failures: [] }
    })
    .sort((a, b) => compare(a.code.padStart(3, '0'), b.code.padStart(3, '0')))
}

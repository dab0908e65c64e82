import { createInterface } from 'node:readline/promises'
import { type Answers, type Question, questions } from '../init/answers.js'
import { printAside } from './print.js'

/** What came of asking: the answers, or how the person ended it. */
export type Asked =
  | { readonly kind: 'answers'; readonly answers: Partial<Answers> }
  /** Ctrl-C. */
  | { readonly kind: 'interrupted' }
  /** Ctrl-D, or a terminal that went away. */
  | { readonly kind: 'ended' }

/** Asks on the terminal what is not known yet, one question a line; Enter takes what stands in brackets. */
export async function ask(known: Partial<Answers>): Promise<Asked> {
  // Standard output may be a pipe; the terminal is where standard error is.
  const terminal = createInterface({ input: process.stdin, output: process.stderr, terminal: true })
  let end: Asked['kind'] = 'ended'
  const ended = new AbortController()
  terminal.on('SIGINT', () => {
    end = 'interrupted'
    terminal.close()
  })
  terminal.on('close', () => ended.abort())
  const answers: Partial<Answers> = { ...known }
  try {
    for (const one of questions) {
      if (one.ask === undefined || one.key in answers || one.isOpen?.(answers) === false) continue
      const value = await askOne(one, answers, (text) => terminal.question(text, { signal: ended.signal }))
      Object.assign(answers, { [one.key]: value })
    }
    return { kind: 'answers', answers }
  } catch (error) {
    if (!ended.signal.aborted) throw error
    printAside('\n')
    return { kind: end as 'interrupted' | 'ended' }
  } finally {
    terminal.close()
  }
}

// Until the answer is one.
async function askOne(
  one: Question,
  known: Partial<Answers>,
  prompt: (text: string) => Promise<string>,
): Promise<unknown> {
  const usual = one.usual(known)
  const choices = one.choices ?? []
  const width = Math.max(0, ...choices.map(([word]) => word.length))
  const list = choices
    .map(([word, about], index) => `  ${index + 1}  ${word.padEnd(width)}  ${about}\n`)
    .join('')
  printAside(list === '' ? '' : `${one.ask}:\n${list}`)
  const question = list === '' ? `${one.ask} [${usual}]: ` : `  which [${usual}]: `
  for (;;) {
    const typed = (await prompt(question)).trim()
    const parsed = one.parse(typed === '' ? usual : fromNumbers(typed, choices))
    if ('value' in parsed) return parsed.value
    printAside(`  ${JSON.stringify(typed)} is not valid: expected ${parsed.expected}\n`)
  }
}

// A choice by its number, or several.
function fromNumbers(typed: string, choices: NonNullable<Question['choices']>): string {
  return typed.replace(/\d+/g, (digits) => choices[Number(digits) - 1]?.[0] ?? digits)
}

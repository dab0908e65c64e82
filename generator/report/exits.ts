import { exitClasses, failures, personalExits } from '../model/exits.js'
import type { End } from './ends.js'
import { type Content, element, type Markup } from './markup.js'
import type { Page, Section } from './page.js'
import { code, inARow, link, pairs, paragraph } from './parts.js'
import type { RunStep } from './run.js'
import { shortExits } from './signs.js'

/** Leads to each exit code that this script can have. */
export function exitChips(page: Page): Markup {
  return element(
    'ul',
    { class: 'chips', 'aria-label': 'Exit codes' },
    listClasses(page).map(({ code: number }) =>
      element(
        'li',
        {},
        element(
          'a',
          { href: `#exit-${number}`, class: toneOf(number) },
          element('strong', {}, String(number)),
          ` ${shortExits[number] ?? ''}`,
        ),
      ),
    ),
  )
}

function listClasses({ run }: Page) {
  const ends = [...run.steps.flatMap(allEnds), ...run.subCommands.flatMap((one) => one.ends)]
  const possible = new Set(ends.flatMap((end) => end.failures))
  return exitClasses.flatMap((one) => {
    const own = failures.filter(({ id, code: number }) => number === one.code && possible.has(id))
    return own.length === 0 ? [] : [{ ...one, failures: own }]
  })
}

function allEnds({ ends, endsFromHere }: RunStep): readonly End[] {
  return [...ends, ...endsFromHere]
}

/** Every way in which this script can give up, by exit code: who comes from a log begins here. */
export function exitsSection(page: Page): Section {
  const stepsOf = (id: string): Content =>
    inARow(
      page.run.steps.flatMap(({ name, ends, endsFromHere }): Content[] => {
        const isIn = (list: readonly End[]) => list.some((end) => end.failures.includes(id))
        if (isIn(ends)) return [link(`step-${name}`, name)]
        return isIn(endsFromHere) ? [[link(`step-${name}`, name), ' and all later steps']] : []
      }),
    )
  return {
    id: 'exits',
    title: 'It has ended: what now?',
    content: [
      paragraph(
        'The last line of the log names the failure and the exit code: ',
        code('what to do: … (NO_SPACE, exit 73)'),
        '. Before anything else, ask on the agent, as the user of the task: ',
        code('sh run_rep.sh status'),
        '.',
      ),
      listClasses(page).map(
        ({ code: number, means, failures: own }): Content => [
          element(
            'h3',
            { id: `exit-${number}` },
            element('span', { class: toneOf(number) }, `Exit ${number}`),
            `: ${means}`,
          ),
          personalExits.includes(number)
            ? paragraph('A person has to mend it: a new start alone ends the same way.')
            : undefined,
          element(
            'div',
            { class: 'cards' },
            own.map(({ id, means: what, advice, data }) =>
              element(
                'article',
                { id: `failure-${id}` },
                element('h4', {}, code(id)),
                paragraph(sentence(what)),
                pairs([
                  ['What to do', sentence(advice)],
                  ['The data', sentence(data)],
                  ['In', stepsOf(id)],
                ]),
              ),
            ),
          ),
        ],
      ),
    ],
  }
}

/** What passes by itself, and what does not. */
function toneOf(number: number): string {
  return number === 69 || number === 75 ? 'wait' : 'bad'
}

function sentence(text: string): string {
  const first = /^[a-z]+(?=[ ,:])/.exec(text)?.[0] ?? ''
  return `${first.slice(0, 1).toUpperCase()}${text.slice(first === '' ? 0 : 1)}.`
}

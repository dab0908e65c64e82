import { element, type Markup } from './markup.js'
import type { Page, Section } from './page.js'
import { code, pairs, paragraph } from './parts.js'
import { drawSvg } from './svg.js'

/** The run as an image, drawn from this model's script. */
export function pictureSection({ run, values }: Page): Section {
  const docOf = (name: string) => values.map.steps[name]?.doc ?? ''
  const links = { ofStep: (name: string) => `#step-${name}`, ofCode: (number: string) => `#exit-${number}` }
  return {
    id: 'picture',
    title: 'A run',
    content: [
      paragraph(
        'Drawn from the script of this model. At the left the steps, and what they decide; at the right the exit codes with which a run can end there.',
      ),
      element(
        'div',
        { class: 'picture' },
        drawSvg(run, docOf, links),
        element('div', {}, element('h3', {}, 'Commands on the agent'), commandsOf(run)),
      ),
    ],
  }
}

function commandsOf({ subCommands }: Page['run']): Markup {
  return pairs(
    subCommands.map(({ name, doc, ends }) => [
      `sh run_rep.sh ${name}`,
      [doc, '. Ends with ', code(ends.map(({ code: number }) => number).join(', ')), '.'],
    ]),
  )
}

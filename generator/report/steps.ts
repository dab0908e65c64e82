import type { End } from './ends.js'
import { type Content, element } from './markup.js'
import type { Page, Section } from './page.js'
import { code, idOf, inARow, link, pairs, paragraph } from './parts.js'
import type { RunStep } from './run.js'
import { showEnd, showGuard } from './words.js'

/** Each step: what it does and decides, what it reads and runs, how it can fail, and where its lines are. */
export function stepsSection({ run, values, showPart }: Page): Section {
  const { steps, variables } = values.map
  return {
    id: 'steps',
    title: 'The steps',
    content: element(
      'div',
      { class: 'cards' },
      run.steps.map((step, index) => {
        const mapped = steps[step.name]
        const reads = step.reads.filter((name) => Object.hasOwn(variables, name))
        const isAll = reads.length === Object.keys(variables).length
        return element(
          'article',
          { id: `step-${step.name}` },
          element(
            'h3',
            {},
            `${index + 1}. `,
            code(step.name),
            step.isOwn ? element('span', { class: 'tag' }, 'of your own') : undefined,
          ),
          paragraph(mapped?.doc ?? ''),
          decisionsOf(step),
          pairs([
            ['Ends with', endsOf(step)],
            [
              'Reads',
              isAll
                ? link('contract', 'all variables of the contract')
                : inARow(reads.map((name) => link(idOf('variable', name), code(name)))),
            ],
            ['Runs', step.tools.join(', ')],
            ['In the model', mapped?.model === undefined ? undefined : showPart(mapped.model)],
            ['Lines', mapped && linesOf(mapped)],
          ]),
        )
      }),
    ),
  }
}

function decisionsOf(step: RunStep): Content {
  const guard = showGuard(step)
  const again = step.startsAgain
    ? ['starts again from the top, when the master raised a setting that must not be lower here']
    : []
  const items = [...(guard === undefined ? [] : [`does something ${guard}`]), ...step.decisions, ...again]
  return items.length === 0
    ? undefined
    : element(
        'ul',
        { class: 'decisions' },
        items.map((item) => element('li', {}, item)),
      )
}

function endsOf({ ends, endsFromHere }: RunStep): Content {
  const show = (end: End): Content =>
    end.failures.length === 0
      ? [element('strong', {}, end.code), ` ${showEnd(end)}`]
      : [element('strong', {}, end.code), ' ', inARow(end.failures.map((id) => link(`failure-${id}`, id)))]
  const items = [...ends.map(show), ...endsFromHere.map((end): Content => ['from here on ', show(end)])]
  return items.length === 0
    ? undefined
    : element(
        'ul',
        { class: 'ends' },
        items.map((item) => element('li', {}, item)),
      )
}

function linesOf({
  lines,
  source,
  sourceLines,
}: {
  lines: readonly [number, number]
  source: string
  sourceLines: readonly [number, number]
}): Content {
  return [code(`run_rep.sh:${lines[0]}`), ` to ${lines[1]}, from `, code(`${source}:${sourceLines[0]}`)]
}

import type { End } from './ends.js'
import { type Content, element, type Markup } from './markup.js'
import type { DocOf } from './mermaid.js'
import type { Run, RunStep } from './run.js'
import { breakText } from './text-width.js'
import { showEnd, showGuard, showOthers } from './words.js'

/** As wide as a phone, so that nothing gets smaller there. */
const width = 360
const lane = 22
const left = { x: 38, width: 196 }
const right = { x: 246, width: width - 246 - 8 }
const sizes = { name: 14, text: 12, small: 11.5 }
const lineHeight = 16
/** Of what stands behind a mark. */
const indent = 12

/** Where a picture in a page links to; none where it stands alone. */
export interface Links {
  readonly ofStep: (name: string) => string
  readonly ofCode: (code: string) => string
}

/** Draws a run as one image: the steps down a lane, what they decide beside it, what ends a run in them at the right. */
export function drawSvg({ steps, subCommands }: Run, docOf: DocOf, links?: Links): Markup {
  const parts: Content[] = []
  const dots: number[] = []
  let y = 34
  parts.push(text({ x: left.x, y, class: 'run-name' }, 'sh run_rep.sh'))
  dots.push(y - 5)
  y += 26
  for (const step of steps) {
    const drawn = drawStep(step, { y, docOf, links })
    parts.push(drawn.markup)
    dots.push(y - 5)
    y += drawn.height
  }
  const laneEnd = dots.at(-1) ?? 0
  const lines = element('g', { class: 'run-lines' }, [
    element('path', { d: `M${lane} ${dots[0] ?? 0}V${laneEnd}` }),
    ...steps.flatMap((step, index) => {
      const at = dots[index + 1] ?? 0
      return [
        step.onlyIf && bypass(dots[index] ?? 0, dots[index + 2] ?? at),
        step.startsAgain
          ? element('path', { class: 'run-again', d: `M${lane} ${at}H7V${dots[0] ?? 0}H${lane - 7}` })
          : undefined,
      ]
    }),
  ])
  const marks = dots.map((at, index) =>
    element('circle', {
      cx: lane,
      cy: at,
      r: index === 0 ? 6 : 5,
      class: index === 0 ? 'run-begin' : 'run-dot',
    }),
  )
  // A page says that beside the picture.
  const others = links === undefined ? drawSubCommands(subCommands, y + 14) : { markup: undefined, y }
  const height = others.y
  const title = 'A run of run_rep.sh'
  return element(
    'svg',
    {
      xmlns: 'http://www.w3.org/2000/svg',
      viewBox: `0 0 ${width} ${height}`,
      width,
      height,
      // What holds links is no image to who cannot see it.
      role: links === undefined ? 'img' : 'group',
      'aria-labelledby': 'run-title run-description',
    },
    element('title', { id: 'run-title' }, title),
    element('desc', { id: 'run-description' }, describe(steps, docOf)),
    element('style', {}, style),
    element('rect', { class: 'run-paper', width, height, rx: 10 }),
    lines,
    marks,
    parts,
    others.markup,
  )
}

interface Place {
  readonly y: number
  readonly docOf: DocOf
  readonly links: Links | undefined
}

function drawStep(
  step: RunStep,
  { y, docOf, links }: Place,
): { readonly markup: Markup; readonly height: number } {
  const rows = rowsOf(step, docOf)
  const name = text({ x: left.x, y, class: 'run-name' }, step.name)
  const shown = rows.map(({ line, kind, isFirst }, index): Content => {
    const at = y + (index + 1) * lineHeight + 1
    if (kind !== 'choice') return text({ x: left.x, y: at, class: `run-${kind}` }, line)
    const mark = isFirst ? text({ x: left.x, y: at, class: 'run-mark' }, '›') : undefined
    return [mark, text({ x: left.x + indent, y: at, class: 'run-choice' }, line)]
  })
  const ends = drawEnds(step, y, links)
  const height = Math.max(rows.length + 1, ends.rows) * lineHeight + 18
  return {
    markup: element(
      'g',
      {},
      links === undefined ? name : element('a', { href: links.ofStep(step.name) }, name),
      shown,
      ends.markup,
    ),
    height,
  }
}

interface Row {
  readonly line: string
  readonly kind: 'doc' | 'guard' | 'choice'
  readonly isFirst: boolean
}

function rowsOf(step: RunStep, docOf: DocOf): Row[] {
  const guard = showGuard(step)
  const others = step.onlyIf && `${showOthers(step.onlyIf)}: straight on to the next step`
  const again = step.startsAgain ? 'or starts again from the top' : undefined
  const wrap = (kind: Row['kind'], words: string | undefined, width: number): Row[] =>
    breakText(words ?? '', width / sizes.text).map((line, index) => ({ line, kind, isFirst: index === 0 }))
  return [
    ...wrap('doc', docOf(step.name), left.width),
    ...wrap('guard', guard, left.width),
    ...wrap('guard', others, left.width),
    ...step.decisions.flatMap((decision) => wrap('choice', decision, left.width - indent)),
    ...wrap('guard', again, left.width),
  ]
}

function drawEnds(
  step: RunStep,
  y: number,
  links: Links | undefined,
): { readonly markup: Content; readonly rows: number } {
  const rows: Content[] = []
  const add = (end: End, what = showEnd(end)) => {
    const at = y + rows.length * lineHeight
    const row = text(
      { x: right.x, y: at, class: classOf(end) },
      element('tspan', { class: 'run-code' }, end.code),
      ` ${what}`,
      end.failures.length > 0 ? element('title', {}, end.failures.join(', ')) : undefined,
    )
    const isLinked = links !== undefined && end.failures.length > 0
    rows.push(isLinked ? element('a', { href: links.ofCode(end.code) }, row) : row)
  }
  for (const end of step.ends) add(end)
  if (step.endsFromHere.length > 0) {
    rows.push(text({ x: right.x, y: y + rows.length * lineHeight, class: 'run-later' }, 'from here on:'))
    for (const end of step.endsFromHere) add(end, end.failures.length === 1 ? end.failures[0] : undefined)
  }
  return { markup: rows, rows: rows.length }
}

// Personal: whoever starts it again at once gains nothing.
function classOf({ code }: End): string {
  if (code === '0' || code === '143') return 'run-end run-good'
  return ['65', '70', '73', '77', '78'].includes(code) ? 'run-end run-bad' : 'run-end run-wait'
}

function drawSubCommands(
  subCommands: Run['subCommands'],
  from: number,
): { readonly markup: Markup; readonly y: number } {
  let y = from
  const parts: Content[] = [text({ x: 14, y, class: 'run-name' }, 'Other commands')]
  for (const { name, steps, ends } of subCommands) {
    if (name === 'run') continue
    y += 20
    parts.push(text({ x: 14, y, class: 'run-command' }, `sh run_rep.sh ${name}`))
    const [first, last] = [steps[0], steps.at(-1)]
    const what =
      first === undefined ? '' : first === last ? `${first}, then its own; ` : `${first} to ${last}; `
    for (const line of breakText(
      `${what}ends ${ends.map(({ code }) => code).join(', ')}`,
      (width - 28) / sizes.text,
    )) {
      y += lineHeight
      parts.push(text({ x: 14, y, class: 'run-doc' }, line))
    }
  }
  return { markup: element('g', {}, parts), y: y + 18 }
}

function bypass(from: number, to: number): Markup {
  return element('path', {
    class: 'run-bypass',
    d: `M${lane} ${from}C${lane - 14} ${from + 14} ${lane - 14} ${to - 14} ${lane} ${to}`,
  })
}

function text(attributes: Readonly<Record<string, string | number>>, ...content: Content[]): Markup {
  return element('text', attributes, ...content)
}

function describe(steps: readonly RunStep[], docOf: DocOf): string {
  return steps
    .map((step, index) => {
      const ends = step.ends.map((end) => `${end.code} ${showEnd(end)}`).join(', ')
      const guard = showGuard(step)
      return `${index + 1}. ${step.name}: ${[docOf(step.name), ...(guard === undefined ? [] : [guard]), ...step.decisions].join('; ')}. Ends: ${ends || 'none of its own'}.`
    })
    .join(' ')
}

const style = `
svg { color-scheme: light dark; font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
.run-paper { fill: #ffffff; stroke: #d5dbe1; }
.run-lines path { fill: none; stroke: #9aa5b1; stroke-width: 2; }
.run-lines .run-bypass { stroke: #0b5cad; stroke-dasharray: 4 3; }
.run-lines .run-again { stroke: #0b5cad; stroke-dasharray: 1 4; stroke-linecap: round; }
.run-dot { fill: #ffffff; stroke: #0b5cad; stroke-width: 2.5; }
.run-begin { fill: #0b5cad; }
.run-name { font-size: ${sizes.name}px; font-weight: 650; fill: #16202b; }
.run-command { font-size: ${sizes.text}px; font-weight: 650; fill: #16202b; }
.run-doc { font-size: ${sizes.text}px; fill: #4b5865; }
.run-choice { font-size: ${sizes.text}px; fill: #16202b; }
.run-mark { font-size: ${sizes.text}px; fill: #0b5cad; font-weight: 700; }
.run-guard { font-size: ${sizes.text}px; fill: #0b5cad; }
.run-end { font-size: ${sizes.small}px; }
.run-code { font-weight: 700; font-variant-numeric: tabular-nums; }
.run-later { font-size: ${sizes.small}px; fill: #4b5865; }
.run-good { fill: #176f35; }
.run-bad { fill: #a8200f; }
.run-wait { fill: #7a5200; }
@media (prefers-color-scheme: dark) {
.run-paper { fill: #12181f; stroke: #2f3a45; }
.run-lines path { stroke: #65717d; }
.run-lines .run-bypass, .run-lines .run-again { stroke: #79bbff; }
.run-dot { fill: #12181f; stroke: #79bbff; }
.run-begin, .run-mark, .run-guard { fill: #79bbff; }
.run-name, .run-command, .run-choice { fill: #e8ecf0; }
.run-doc, .run-later { fill: #a7b2bd; }
.run-good { fill: #72d391; }
.run-bad { fill: #ff9d91; }
.run-wait { fill: #e6ba55; }
}
`

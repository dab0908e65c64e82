import { expect, test } from 'vitest'
import { exitClasses } from '../../generator/model/exits.js'
import { orderSteps } from '../../generator/model/own-steps.js'
import { drawMermaid } from '../../generator/report/mermaid.js'
import { readRun } from '../../generator/report/run.js'
import { shortExits, signs } from '../../generator/report/signs.js'
import { models, valuesOf } from './models.js'

const runs = Object.fromEntries(
  Object.entries(models).map(([name, model]) => {
    const { values } = valuesOf(model)
    return [name, { ...values, run: readRun(values.script.text) }]
  }),
)
const decisionsOf = (model: string, step: string) =>
  runs[model]?.run.steps.find(({ name }) => name === step)?.decisions ?? []
const failuresOf = (model: string, step: string) => {
  const { ends = [], endsFromHere = [] } = runs[model]?.run.steps.find(({ name }) => name === step) ?? {}
  return [...ends, ...endsFromHere].flatMap(({ failures }) => failures)
}

test.each(Object.keys(models))(
  'the run of the %s model has the steps of its map, and no end that it lacks',
  (name) => {
    const { run, map, model } = runs[name] ?? expect.fail()
    expect(run.steps.map((step) => step.name)).toEqual(orderSteps(model.steps))
    expect(Object.keys(map.steps)).toEqual(run.steps.map((step) => step.name))
    for (const step of run.steps) {
      const mapped = map.steps[step.name]
      const ends = [...step.ends, ...step.endsFromHere].flatMap(({ failures }) => failures)
      expect(ends.filter((id) => !mapped?.failures.includes(id))).toEqual([])
      expect(
        step.tools.filter((tool) => !mapped?.tools.some((one) => one === tool || one.endsWith(`/${tool}`))),
      ).toEqual([])
      expect(
        step.reads.filter((one) => Object.hasOwn(map.variables, one) && !mapped?.reads.includes(one)),
      ).toEqual([])
    }
  },
)

test('every sign stands for something in one of the scripts, and every decision has one', () => {
  const all = Object.values(runs).flatMap(({ run }) => run.steps.flatMap(({ decisions }) => decisions))
  expect(signs.filter(({ says }) => !all.includes(says))).toEqual([])
  expect(all.filter((text) => !signs.some(({ says }) => says === text))).toEqual([])
  expect(exitClasses.filter(({ code }) => shortExits[code] === undefined)).toEqual([])
})

test('what a model leaves out is in no picture of it', () => {
  const rewinds = decisionsOf('rewind', 'choose_data').some((text) => text.startsWith('rewind:'))
  expect(rewinds).toBe(true)
  for (const name of ['embedded', 'reclone', 'published'])
    expect(decisionsOf(name, 'choose_data').join('\n')).not.toContain('rewind:')
  expect(decisionsOf('embedded', 'choose_data').join('\n')).toContain('refuse:')
  expect(decisionsOf('reclone', 'choose_data').join('\n')).not.toContain('refuse:')
  expect(failuresOf('embedded', 'choose_data')).toContain('DATA_DIVERGED')
  expect(failuresOf('reclone', 'choose_data')).not.toContain('DATA_DIVERGED')
  expect(failuresOf('rewind', 'serve')).toContain('REWIND')
  expect(failuresOf('embedded', 'serve')).not.toContain('REWIND')
  expect(decisionsOf('rewind', 'clone').join('\n')).toContain('answers first')
  expect(decisionsOf('embedded', 'clone').join('\n')).not.toContain('answers first')
})

test('the clone alone is left out where data is reused, and the server alone starts again', () => {
  const { run } = runs.embedded ?? expect.fail()
  expect(run.steps.filter(({ onlyIf }) => onlyIf).map(({ name }) => name)).toEqual(['clone'])
  expect(run.steps.find(({ name }) => name === 'clone')?.onlyIf).toEqual({
    variable: 'decision',
    word: 'clone',
    others: ['reuse'],
  })
  expect(run.steps.filter(({ startsAgain }) => startsAgain).map(({ name }) => name)).toEqual(['serve'])
})

test('a step of your own stands where it runs, with what it decides and how it ends', () => {
  const warm = [
    'step_warm() {',
    '  [ "$decision" = reuse ] || return 0',
    '  [ -n "$CONFIG_URL" ] || fail NO_SPACE "no room"',
    '}',
    '',
  ].join('\n')
  const { values } = valuesOf(
    { steps: [{ name: 'warm', doc: 'reads what was read before', file: 'warm.sh', before: 'serve' }] },
    { 'warm.sh': warm },
  )
  const run = readRun(values.script.text)
  expect(run.steps.map(({ name }) => name).slice(-3)).toEqual(['configure', 'warm', 'serve'])
  const step = run.steps.at(-2)
  expect(step).toMatchObject({
    isOwn: true,
    onlyIf: { variable: 'decision', word: 'reuse', others: ['clone'] },
  })
  expect(step?.ends.map(({ code }) => code)).toContain('70')
  expect(drawMermaid(run, () => '')).toContain('step_warm["<b>warm</b>')
})

test('the commands end as they do', () => {
  const { run } = runs.embedded ?? expect.fail()
  const codes = (name: string) =>
    run.subCommands.find((one) => one.name === name)?.ends.map(({ code }) => code)
  expect(codes('version')).toEqual(['0', '64', '143'])
  // 75: it knows the claim that it has seen, and would obey the signal of a watcher, which nobody sends it.
  expect(codes('health')).toEqual(['0', '1', '64', '75', '77', '78', '143'])
  expect(run.subCommands.find(({ name }) => name === 'preflight')?.steps.at(-1)).toBe('fetch_config')
})

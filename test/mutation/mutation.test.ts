import { expect, test } from 'vitest'
import { randomOf } from '../random.js'
import { type FaultClass, faultClasses } from './faults.js'
import type { Fault } from './sites.js'

// npm run test:mutation -- --faults N --seed S (test/mutation/run.sh); without N the share of the usual run.
const wanted = Number(process.env.MUTATION_FAULTS ?? 0)
const seed = Number(process.env.MUTATION_SEED ?? 2015)
const classes = Object.entries(faultClasses)
// Which of two branches is right is a matter of values, of which the compiler knows nothing.
const isKnown = (name: string) => name !== 'branches of an if swapped'

if (wanted === 0) {
  test.each(classes.filter(([name]) => isKnown(name)))('a fault is found: %s', (_name, draw) => {
    const faults = drawDifferent(draw, randomOf(seed), 3)
    const isFound = faults.some((fault) => fault.find().length > 0)
    expect(isFound, faults.map(({ what }) => what).join('\n')).toBe(true)
  })
} else {
  test(`of ${wanted} seeded faults the compiler finds nearly all (seed ${seed})`, () => {
    const drawn = classes.flatMap(([name, draw], index) => {
      const share = Math.ceil(wanted / classes.length)
      return drawDifferent(draw, randomOf(seed * 1_009 + index), share).map((fault) => ({ name, fault }))
    })
    const judged = drawn.map(({ name, fault }) => ({ name, what: fault.what, codes: fault.find() }))
    const missed = judged.filter(({ codes }) => codes.length === 0)
    const missedKnown = missed.filter(({ name }) => isKnown(name))
    const rows = classes.map(([name]) => {
      const all = judged.filter((one) => one.name === name)
      const found = all.filter(({ codes }) => codes.length > 0)
      const by = [...new Set(found.flatMap(({ codes }) => codes))].map((code) => code.replace('E_', ''))
      return `${name.padEnd(44)}${String(found.length).padStart(4)} of ${String(all.length).padStart(3)}  ${by.slice(0, 6).join(' ')}`
    })
    const report = [
      `${judged.length} faults, seed ${seed}: ${judged.length - missed.length} found`,
      ...rows,
      ...missed.map(({ name, what }) => `missed: ${name}: ${what}`),
    ].join('\n')
    process.stdout.write(`${report}\n`)
    expect(judged.length).toBeGreaterThanOrEqual(Math.min(wanted, 200))
    expect(missedKnown.length / judged.length, report).toBeLessThanOrEqual(0.05)
  }, 600_000)
}

function drawDifferent(draw: FaultClass, random: () => number, count: number): Fault[] {
  const found = new Map<string, Fault>()
  for (let tries = 0; found.size < count && tries < 20 * count; tries += 1) {
    const fault = draw(random)
    if (fault) found.set(fault.what, fault)
  }
  return [...found.values()]
}

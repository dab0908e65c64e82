// The figures of a benchmark as a table, as JSON and as a plot.
import { writeFileSync } from 'node:fs'
import { cpus, totalmem } from 'node:os'

export function report(figures, serving, options) {
  const rows = summarise(figures)
  const isSplit = rows.some(({ durable, seconds }) => durable !== seconds)
  const head = ['MB', 'what', 'seconds', 'least to most', 'ratio', ...(isSplit ? ['on disk', 'ratio'] : [])]
  const lines = rows.map((row) => [
    row.megabytes,
    row.name,
    row.seconds.toFixed(3),
    `${row.least.toFixed(3)} to ${row.most.toFixed(3)}`,
    Number.isNaN(row.ratio) ? '' : row.ratio.toFixed(2),
    ...(isSplit ? [row.durable.toFixed(3), Number.isNaN(row.ratio) ? '' : row.durableRatio.toFixed(2)] : []),
  ])
  printTable(head, lines)
  if (serving.length > 0) {
    const cells = serving.map(({ name, percent, megabytes, processes }) => [
      name,
      percent.toFixed(2),
      megabytes.toFixed(1),
      processes,
    ])
    printTable(['while nothing happens', '% of a core', 'MB beside the server', 'processes'], cells)
  }
  const machine = {
    cpus: cpus().length,
    model: cpus()[0]?.model,
    gigabytes: Math.round(totalmem() / 1e9),
  }
  const text = { date: new Date().toISOString(), machine, options, rows, serving, figures }
  writeFileSync(`${options.out}.json`, `${JSON.stringify(text, null, 2)}\n`)
  writeFileSync(
    `${options.out}.svg`,
    plot(rows.filter(({ name, base }) => base !== '' && !name.startsWith('restart'))),
  )
}

function printTable(head, lines) {
  for (const line of [head, head.map(() => '---'), ...lines]) {
    process.stdout.write(`| ${line.join(' | ')} |\n`)
  }
  process.stdout.write('\n')
}

function median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b)
  const middle = sorted.length >> 1
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
}

function summarise(figures) {
  const groups = groupBy(figures, keyOf)
  const found = [...groups.values()].map((group) => {
    const seconds = group.map((one) => one.seconds)
    return {
      ...group[0],
      rounds: group.length,
      seconds: median(seconds),
      durable: median(group.map((one) => one.durable)),
      least: Math.min(...seconds),
      most: Math.max(...seconds),
    }
  })
  return found
    .map((row) => {
      const base = found.find(({ scale, name }) => scale === row.scale && name === row.base)
      const of = (value) => (base ? value / base.seconds : Number.NaN)
      return { ...row, ratio: of(row.seconds), durableRatio: of(row.durable) }
    })
    .sort((a, b) => a.scale - b.scale || Number(isRestart(a)) - Number(isRestart(b)))
}

const keyOf = ({ scale, name }) => `${scale} ${name}`
const isRestart = ({ name }) => name.startsWith('restart')

// Node 20 has no Map.groupBy.
function groupBy(items, key) {
  const groups = new Map()
  for (const item of items) groups.set(key(item), [...(groups.get(key(item)) ?? []), item])
  return groups
}

/** Seconds to the first row by megabytes, a line for each way. */
function plot(rows) {
  const [width, height, left, bottom] = [760, 420, 60, 50]
  const most = (key) => Math.max(...rows.map((row) => row[key])) || 1
  const [xs, ys] = [most('megabytes'), most('most')]
  const x = (value) => left + (value / xs) * (width - left - 220)
  const y = (value) => height - bottom - (value / ys) * (height - bottom - 30)
  const names = [...new Set(rows.map(({ name }) => name))]
  const hue = (index) => `hsl(${Math.round((index * 360) / names.length)} 65% 42%)`
  const steps = [0, 0.25, 0.5, 0.75, 1]
  const lines = names.map((name, index) => {
    const own = rows.filter((row) => row.name === name)
    const points = own.map((row) => `${x(row.megabytes).toFixed(1)},${y(row.seconds).toFixed(1)}`)
    const bars = own.map(
      (row) =>
        `<line x1="${x(row.megabytes)}" x2="${x(row.megabytes)}" y1="${y(row.least)}" y2="${y(row.most)}" stroke="${hue(index)}" stroke-opacity="0.4"/>` +
        `<circle cx="${x(row.megabytes)}" cy="${y(row.seconds)}" r="3" fill="${hue(index)}"/>`,
    )
    const label = `<text x="${width - 205}" y="${40 + index * 18}" fill="${hue(index)}">${name}</text>`
    return `<polyline points="${points.join(' ')}" fill="none" stroke="${hue(index)}" stroke-width="2"/>${bars.join('')}${label}`
  })
  const axes = steps.map(
    (part) =>
      `<text x="${left - 8}" y="${y(ys * part) + 4}" text-anchor="end">${(ys * part).toFixed(1)}</text>` +
      `<text x="${x(xs * part)}" y="${height - bottom + 18}" text-anchor="middle">${Math.round(xs * part)}</text>` +
      `<line x1="${left}" x2="${x(xs)}" y1="${y(ys * part)}" y2="${y(ys * part)}" stroke="#ddd"/>`,
  )
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">
<title>Seconds from the start of a replica to its first row, by MB of data</title>
<rect width="${width}" height="${height}" fill="#fff"/>
${axes.join('\n')}
${lines.join('\n')}
<text x="${x(xs / 2)}" y="${height - 10}" text-anchor="middle">MB of data</text>
<text x="${left - 50}" y="18">seconds to the first row</text>
</svg>
`
}

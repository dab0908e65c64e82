// npm run bench -- [--scales 70] [--tables 0] [--rounds 5] [--dir DIRECTORY] [--master-dir DIRECTORY] [--only NAME;...] [--at-once 4] [--link 1gbit] [--serving 60] [--out FILE]
// How long a replica takes from its start to a row that was written on the master just before: by hand, by run_rep.sh in
// each of its ways, by repmgr and Patroni where they are installed, all interleaved; and how long a restart takes. Prints
// a table with medians and spread, and writes FILE.json and FILE.svg (first-row by default).
//   --scales   of pgbench, 16 MB each; more than one make the plot a curve
//   --tables   so many small ones besides, each of two files
//   --dir      where the data lies; it needs eight times the size of the data, and must be open to the user postgres
//   --master-dir  where that of the master lies, which has a disk of its own anywhere but here
//   --at-once  that many replicas start at the same time, and the last row counts
//   --serving  also what a replica costs in that many seconds in which nothing happens
//   --link     master and replica on two hosts, network namespaces with a link of that rate (tc-tbf)
// Needs root and PostgreSQL 15 of Debian. Nothing else may run beside it.
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { beginnings, clones, restarts } from './cases.js'
import { openLab, pause } from './lab.js'
import { report } from './report.js'
import { measureServing } from './serving.js'

const { values: options } = parseArgs({
  options: {
    scales: { type: 'string', default: '70' },
    tables: { type: 'string', default: '0' },
    rounds: { type: 'string', default: '5' },
    dir: { type: 'string' },
    'master-dir': { type: 'string' },
    only: { type: 'string' },
    'at-once': { type: 'string', default: '1' },
    link: { type: 'string' },
    serving: { type: 'string' },
    out: { type: 'string', default: 'first-row' },
  },
})

const figures = []
const serving = []
for (const scale of options.scales.split(',').map(Number)) {
  const lab = await openLab({
    ...options,
    atOnce: Number(options['at-once']),
    masterDir: options['master-dir'],
    tables: Number(options.tables),
    scale,
  })
  try {
    await lab.startMaster()
    await measureAll(lab, scale)
    if (options.serving) {
      const ways = Object.entries(beginnings(lab)).map(([name, [begin, signal]]) => [name, begin, signal])
      serving.push(...(await measureServing(lab, ways, Number(options.serving))))
    }
  } finally {
    await lab.close()
  }
}
report(figures, serving, options)

/** Each round has every case once, and begins with another one. */
async function measureAll(lab, scale) {
  const wanted = options.only?.split(';')
  const cases = [...clones(lab), ...(lab.atOnce === 1 && !options.link ? restarts(lab) : [])].filter(
    ({ name }) => wanted?.includes(name) ?? true,
  )
  const first = cases.filter(({ isRestart }) => !isRestart)
  for (let round = 0; round < Number(options.rounds); round += 1) {
    const turn = round % first.length
    // A restart needs the clone of its round.
    const order = [...first.slice(turn), ...first.slice(0, turn), ...cases.filter((one) => one.isRestart)]
    for (const one of order) {
      await one.prepare()
      spawnSync('sync')
      await pause(one.isRestart ? 100 : 1000)
      const { seconds, durable = seconds } = await one.run()
      figures.push({ scale, megabytes: lab.megabytes, name: one.name, base: one.base, seconds, durable })
      process.stderr.write(`${join(String(scale), String(round + 1))} ${one.name} ${seconds.toFixed(3)}\n`)
    }
  }
}

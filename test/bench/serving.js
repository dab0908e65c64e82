// What a replica costs while nothing happens: CPU of all its processes, and the memory of those that are not its server.
import { readdirSync, readFileSync } from 'node:fs'
import { pause } from './lab.js'

/** `ways` are [name, () => life, signal]; each serves for that many seconds. */
export async function measureServing(lab, ways, seconds) {
  const rows = []
  for (const [name, begin, signal] of ways) {
    const { lives, stop } = await lab.measure(begin)
    // What it does at its start is over.
    await pause(10_000)
    const before = ticksOf(lives[0].child.pid)
    await pause(seconds * 1000)
    const percent = (ticksOf(lives[0].child.pid) - before) / seconds
    const own = treeOf(lives[0].child.pid).filter(({ isServer }) => !isServer)
    const kilobytes = own.map(({ pid }) => pssOf(pid)).reduce((sum, one) => sum + one, 0)
    await stop(signal)
    rows.push({ name, percent, megabytes: kilobytes / 1024, processes: own.length })
  }
  return rows
}

/** Hundredths of a second (USER_HZ) that these processes, and those that they have waited for, have used. */
function ticksOf(pid) {
  return treeOf(pid).reduce((sum, one) => sum + one.ticks, 0)
}

function treeOf(root) {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((name) => readStat(Number(name)))
    .filter((one) => one !== undefined)
  const within = new Set([root])
  for (let size = 0; size !== within.size; ) {
    size = within.size
    for (const { pid, parent } of all) if (within.has(parent)) within.add(pid)
  }
  return all.filter(({ pid }) => within.has(pid))
}

function readStat(pid) {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8')
    const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
    const ticks = fields.slice(11, 15).reduce((sum, one) => sum + Number(one), 0)
    return { pid, parent: Number(fields[1]), ticks, isServer: text.includes('(postgres)') }
  } catch {
    return undefined
  }
}

function pssOf(pid) {
  try {
    return Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0)
  } catch {
    return 0
  }
}

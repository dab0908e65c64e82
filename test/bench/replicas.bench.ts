import { readFileSync } from 'node:fs'
import { bench, describe } from 'vitest'
import { crowd, streamTogether } from '../agent/crowd.js'
import { openScene, type Scene } from '../agent/scenario.js'
import { openSpace, type Space } from '../pair/harness/space.js'

// Needs root. One run of each: what is measured takes many seconds, and set-up is not part of it.
const once = { iterations: 1, time: 0, warmupIterations: 0, warmupTime: 0 }

describe('ten replicas of a master with ten walsenders', () => {
  let space: Space
  let scene: Scene
  const setup = async () => {
    space = openSpace()
    scene = await openScene(space, crowd)
  }
  const teardown = () => space.close()
  const everyRow = () => Promise.all(scene.running().map((replica) => scene.waitForRow(replica)))

  bench(
    'one after another',
    async () => {
      const { marathon, file } = scene
      marathon.post(JSON.stringify({ ...JSON.parse(file), instances: 0 }))
      for (let count = 1; count <= 10; count++) {
        marathon.scale(count)
        await streamTogether(scene, count)
        await everyRow()
      }
    },
    { ...once, setup, teardown },
  )

  bench(
    'all in the same second',
    async () => {
      scene.marathon.post(scene.file)
      await streamTogether(scene, 10)
      await everyRow()
    },
    { ...once, setup, teardown },
  )
})

// Private and proportional memory of a process, in KiB (proc(5), smaps_rollup).
function memoryOf(pid: number): { readonly name: string; readonly pss: number; readonly rss: number } {
  const read = (file: string) => readFileSync(`/proc/${pid}/${file}`, 'utf8')
  const field = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(read('smaps_rollup'))?.[1] ?? 0)
  return { name: read('cmdline').replaceAll('\0', ' ').trim(), pss: field('Pss'), rss: field('Rss') }
}

describe('a replica that serves', () => {
  let space: Space
  let scene: Scene
  bench(
    'is asked for its health, and what it takes in memory is printed',
    async () => {
      const [replica] = scene.running()
      const { pid = 0 } = replica?.task ?? {}
      const others = (replica?.task.others() ?? []).filter(({ args }) => !/postgres/.test(args))
      const parts = [pid, ...others.map((one) => one.pid)].map(memoryOf)
      const sum = (key: 'pss' | 'rss') => parts.reduce((total, part) => total + part[key], 0)
      for (const { name, pss, rss } of parts)
        console.log(`${name}: ${pss} KiB, ${rss} KiB with what is shared`)
      console.log(`script and watcher: ${sum('pss')} KiB, ${sum('rss')} KiB with what is shared`)
      await scene.marathon.advance(30)
    },
    {
      ...once,
      setup: async () => {
        space = openSpace()
        scene = await openScene(space, {})
        await scene.deploy()
      },
      teardown: () => space.close(),
    },
  )
})

import { randomInt } from 'node:crypto'
import type { App } from './app.js'

/** What an agent offers by default (slave/constants.hpp): 31000 to 32000. */
const [firstPort, lastPort] = [31_000, 32_000]

/**
 * The ports of one agent. A free one is never given twice, so that a test for the next task's being another one cannot
 * go wrong by chance.
 */
export function makePorts() {
  const used = new Set<number>()
  const busy = new Set<number>()
  const fixed = (app: App) =>
    app.requirePorts ? app.portDefinitions.flatMap(({ port }) => (port === 0 ? [] : port)) : []
  return {
    canGive: (app: App) =>
      fixed(app).every((port) => port >= firstPort && port <= lastPort && !busy.has(port)),
    give: (app: App): number[] => {
      const wanted = fixed(app)
      const given = app.portDefinitions.map(({ port }) => {
        if (wanted.includes(port)) return port
        for (;;) {
          const free = randomInt(firstPort, lastPort + 1)
          if (used.has(free) || wanted.includes(free)) continue
          used.add(free)
          return free
        }
      })
      for (const port of given) {
        busy.add(port)
        used.add(port)
      }
      return given
    },
    takeBack: (ports: readonly number[]) => {
      for (const port of ports) busy.delete(port)
    },
  }
}

import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { expect, test } from 'vitest'

// generator/README.md, "The rooms of the compiler".
const beside = new Set(['diagnostics', 'similar.ts', 'template.ts', 'write.ts'])
const nameOf: Readonly<Record<string, string>> = {
  'cli.ts': 'commands',
  'child.ts': 'child',
  'index.ts': 'program',
  'api.ts': 'program',
  'generate.ts': 'program',
  'produce.ts': 'produce',
}

const files = readdirSync('generator', { recursive: true, encoding: 'utf8' }).filter((name) =>
  name.endsWith('.ts'),
)

function roomOf(file: string): string {
  const [first = ''] = file.split('/')
  return nameOf[first] ?? first
}

/** What each room imports from, those beside the others left out. */
function listArrows(): Map<string, Set<string>> {
  const arrows = new Map<string, Set<string>>()
  for (const file of files) {
    const text = readFileSync(join('generator', file), 'utf8')
    for (const [, path = ''] of text.matchAll(/(?:from|import\() ?'(\.[^']+)'/g)) {
      const [from, to] = [roomOf(file), roomOf(normalize(join(dirname(file), path.replace(/\.js$/, '.ts'))))]
      if (from === to || beside.has(from) || beside.has(to)) continue
      arrows.set(from, (arrows.get(from) ?? new Set()).add(to))
    }
  }
  return arrows
}

function reach(arrows: ReadonlyMap<string, ReadonlySet<string>>, from: string): Set<string> {
  const found = new Set<string>()
  const work = [...(arrows.get(from) ?? [])]
  for (let room = work.pop(); room !== undefined; room = work.pop()) {
    if (found.has(room)) continue
    found.add(room)
    work.push(...(arrows.get(room) ?? []))
  }
  return found
}

test('the rooms use each other in no circle, and as generator/README.md draws it', () => {
  const arrows = listArrows()
  for (const room of arrows.keys())
    expect(reach(arrows, room).has(room), `a circle through ${room}`).toBe(false)
  // Without what is reached by way of another.
  const direct = [...arrows].flatMap(([from, rooms]) =>
    [...rooms]
      .filter((to) => ![...rooms].some((other) => other !== to && reach(arrows, other).has(to)))
      .map((to) => `${from} --> ${to}`),
  )
  const [, drawn = ''] =
    /```mermaid\nflowchart TD\n([\s\S]*?)```/.exec(readFileSync('generator/README.md', 'utf8')) ?? []
  const shown = drawn
    .split('\n')
    .map((line) => line.trim().replace(/\[[^\]]*\]/g, ''))
    .filter(Boolean)
  expect(shown.sort()).toEqual(direct.sort())
})

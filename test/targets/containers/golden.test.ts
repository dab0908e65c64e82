import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Explained, explain } from '../../../generator/compile/explain.js'
import { showPath } from '../../../generator/diagnostics/path.js'
import { compile } from '../../compile/sources.js'
import { models } from './models.js'

const cases = Object.entries(models).flatMap(([model, value]) => {
  const { files, values } = compile(value)
  return Object.keys(value.targets).map((target) => {
    const name = `${target}.yaml`
    return { model, name, text: files[name] ?? '', files, values }
  })
})

// UPDATE_GOLDEN=1 writes them anew. The script, which is in kubernetes.yaml as a whole, and the digest of it change with
// every template, and are left out.
test.each(cases)('$name of the $model model', ({ model, name, text }) => {
  const kept = text
    .replace(/^( +run_rep\.sh: \|)\n(?: {4}.*\n|\n)+?(?= {2}\S)/m, '$1 …\n')
    .replace(/^( +run_rep\.sh: \|)\n(?: {4}.*\n|\n)+(?=---)/m, '$1 …\n')
    .replace(/^( +run_rep[./]digest:) [0-9a-f]{32}$/gm, '$1 …')
  const path = join('test/golden/containers', model, name)
  if (process.env.UPDATE_GOLDEN === '1') {
    mkdirSync(join(path, '..'), { recursive: true })
    writeFileSync(path, kept)
  }
  expect(readFileSync(path, 'utf8'), path).toBe(kept)
})

describe('explain of a line', () => {
  const lineOf = (model: string, name: string, text: string) => {
    const found = cases.find((one) => one.model === model && one.name === name)
    if (found?.values === undefined) throw new Error(`${model} is refused`)
    const given: Explained = { ...found.values, showPlace: () => undefined }
    const line = found.text.split('\n').findIndex((one) => one.trim() === text) + 1
    return /^ +in the model +(.*)$/m.exec(explain(`${name}:${line}`, given) ?? '')?.[1] ?? ''
  }
  const nowhere = ''
  test.each<[string, string, string, string]>([
    ['plain', 'compose.yaml', 'image: postgres:16', 'postgresql.majors'],
    ['fleet', 'compose.yaml', 'image: postgres:18-alpine', 'targets.compose.image'],
    ['plain', 'compose.yaml', 'replica:', 'task.instances'],
    ['plain', 'compose.yaml', 'services:', nowhere],
    ['plain', 'compose.yaml', 'read_only: true', nowhere],
    ['plain', 'compose.yaml', 'POSTGRES_MASTER: "pg1.db"', 'master.hosts'],
    ['plain', 'compose.yaml', 'PGCHANNELBINDING: "require"', 'master.channelBinding'],
    ['plain', 'compose.yaml', 'stop_grace_period: 120s', 'task.stopGrace'],
    ['plain', 'compose.yaml', '# A clone may take as long.', 'task.health.gracePeriod'],
    ['fleet', 'compose.yaml', 'TIME: "12:30:45"', 'task.env.TIME'],
    ['fleet', 'compose.yaml', '- /srv/wal:/srv/wal:ro', 'restore.path'],
    ['fleet', 'compose.yaml', '- "192.0.2.7:5434:5432"', 'targets.compose.ports.1, targets.compose.address'],
    ['fleet', 'kubernetes.yaml', 'memory: 4096Mi', 'task.mem'],
    ['fleet', 'kubernetes.yaml', 'storage: 2097152Mi', 'task.volume'],
    ['fleet', 'kubernetes.yaml', 'team: shop', 'targets.kubernetes.labels.team'],
    ['fleet', 'kubernetes.yaml', 'secretName: db-ca', 'targets.kubernetes.volumes.0'],
    ['fleet', 'kubernetes.yaml', 'runAsNonRoot: true', nowhere],
    ['passing', 'kubernetes.yaml', 'containerPort: 6000', 'task.port'],
    ['passing', 'kubernetes.yaml', 'secretKeyRef:', 'task.env.TOKEN, task.secrets.token'],
    ['passing', 'kubernetes.yaml', 'sizeLimit: 51200Mi', 'task.disk'],
  ])('%s %s: %s', (model, name, text, wanted) => {
    expect(lineOf(model, name, text)).toBe(wanted)
  })

  test('there is one for each line', () => {
    for (const { text, name, values } of cases) {
      const [{ trace } = {}] = values?.targets.filter(({ name: target }) => name === `${target}.yaml`) ?? []
      const lines = trace?.()[name] ?? []
      expect(`${lines.map((line) => line.text).join('\n')}\n`).toBe(text)
      const unknown = lines
        .flatMap(({ from = [] }) => from)
        .filter((path) => !/^(task|run|master|postgresql|access|restore|targets)/.test(showPath(path)))
      expect(unknown).toEqual([])
    }
  })

  test('marathon.json tells of its lines, too', () => {
    const { files, values } = compile({
      task: { volume: '1TiB' },
      targets: { marathon: { labels: { team: 'db' } } },
    })
    const lines = values?.targets[0]?.trace?.()['marathon.json'] ?? []
    const shown = lines.map(({ text, from = [] }) => `${text.trim()} < ${from.map(showPath).join(' ')}`)
    expect(`${lines.map((line) => line.text).join('\n')}\n`).toBe(files['marathon.json'])
    expect(shown).toEqual(
      expect.arrayContaining([
        '"mem": 512, < task.mem',
        '"POSTGRES_MASTER": "postgres01", < master.hosts',
        '"uri": "http://web01/postgres/run_rep.sh", < publish',
        '"containerPath": "pgdata", < run.dataDir',
        '"size": 1048576 < task.volume',
        '"intervalSeconds": 30, < task.health.interval',
        '"team": "db" < targets.marathon.labels.team',
        '"cmd": "exec sh run_rep.sh", < ',
      ]),
    )
  })
})

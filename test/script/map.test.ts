import { describe, expect, test } from 'vitest'
import { readTemplates } from '../../generator/load/templates.js'
import { builtinSteps } from '../../generator/model/builtin-steps.js'
import { failures } from '../../generator/model/exits.js'
import { type ScriptMap, sourceLineOf } from '../../generator/script/map.js'
import { compile, stepOf } from '../compile/sources.js'

const warm = `step_warm() {
  _warm_count=1
  have curl || fail SETTINGS "no curl, $_warm_count"
  warm_helper "$METRICS_PORT"
}

warm_helper() {
  [ -z "$1" ] || "$pg_bin"/psql -c 'SELECT 1'
}
`
const { files } = compile(
  {
    steps: [{ ...stepOf('warm'), before: 'clone' }],
    env: { METRICS_PORT: { type: 'port', default: '1', secret: true } },
  },
  { stepFiles: { './warm.sh': warm }, docs: { METRICS_PORT: 'Where to.' } },
)
const map: ScriptMap = JSON.parse(files['run_rep.map.json'] ?? '')
const lines = (files['run_rep.sh'] ?? '').split('\n')

const templates = readTemplates()
const textOf = (source: string) =>
  source === 'warm.sh' ? warm : (templates[source.replace(/^templates\//, '')] ?? '')

// A value may go on over several lines: the first begins like the line, the last ends with the quote.
function patternOf(line: string): RegExp {
  const parts = line.split(/\{\{.*?\}\}/).map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'))
  const whole = `^${parts.join('.*')}$`
  return new RegExp(parts.length === 1 ? whole : `${whole}|^${parts[0]}'|^[a-z_]+=[^']*'?$`)
}

describe('run_rep.map.json', () => {
  test('has the steps in the order of the run, the user’s too', () => {
    const names = builtinSteps.map(({ name }) => name)
    names.splice(names.indexOf('clone'), 0, 'warm')
    expect(Object.keys(map.steps)).toEqual(names)
  })

  test('each step begins at its mark and holds its function, and no other step', () => {
    for (const [
      name,
      {
        lines: [from, to],
      },
    ] of Object.entries(map.steps)) {
      const part = lines.slice(from - 1, to)
      expect(part[0], name).toBe(`# @step ${name}`)
      expect(part, name).toContain(`step_${name}() {`)
      expect(part.at(-1), name).not.toBe('')
      expect(part.filter((line) => line.startsWith('# @step '))).toHaveLength(1)
    }
  })

  test('tells what a step does through the functions that it calls', () => {
    const from = lines.indexOf('# @step warm') + 1
    expect(map.steps.warm).toMatchObject({
      doc: 'what warm is for',
      source: 'warm.sh',
      sourceLines: [1, 9],
      model: 'steps.0',
      lines: [from, from + 9],
    })
    expect(map.steps.warm?.reads).toEqual(expect.arrayContaining(['METRICS_PORT', 'pg_bin']))
    expect(map.steps.warm?.sets).toContain('_warm_count')
    expect(map.steps.warm?.tools).toContain('$pg_bin/psql')
    expect(map.steps.warm?.failures).toEqual(['DATA_TAKEN', 'SETTINGS', 'STEP_FAILED'])
  })

  test('has each variable of the contract', () => {
    expect(Object.keys(map.variables)).toEqual(expect.arrayContaining(['PORT0', 'POSTGRES_MASTER']))
    expect(map.variables.METRICS_PORT).toEqual({
      doc: 'Where to.',
      type: 'port',
      what: 'a TCP port, 1 to 65535',
      required: false,
      default: '1',
      setBy: 'operator',
      secret: true,
      model: 'env.METRICS_PORT',
    })
    expect(map.variables.POSTGRES_MASTER?.model).toBe('master.hosts')
    expect(map.variables.HOST?.model).toBeUndefined()
  })

  test('each line of the script is the line of its source, or that line of a table filled in', () => {
    const texts = new Map(map.sources.map(({ source }) => [source, textOf(source).split('\n')]))
    for (const source of map.sources) {
      for (let line = source.lines[0]; line <= source.lines[1]; line += 1) {
        const written = texts.get(source.source)?.[sourceLineOf(source, line) - 1]
        const printed = lines[line - 1] ?? ''
        if (printed === '# @step warm') continue
        if (!source.source.endsWith('.hbs')) expect(printed).toBe(written)
        else expect(printed, `${source.source}, line ${line}`).toMatch(patternOf(written ?? ''))
      }
    }
  })

  test('each variable that the model gives its value has its line', () => {
    expect(Object.keys(map.constants)).toContain('stall_limit')
    for (const [name, { line }] of Object.entries(map.constants)) {
      expect(lines[line - 1]).toMatch(new RegExp(`^${name}=`))
    }
  })

  test('knows for each failure of the table a step that can end with it, and no other failure', () => {
    const named = new Set(Object.values(map.steps).flatMap((step) => step.failures))
    const usual = failures
      .map(({ id }) => id)
      .filter((id) => !['USAGE', 'NO_TASK', 'NO_PROCESS'].includes(id))
    expect([...named].sort()).toEqual(usual.sort())
  })
})

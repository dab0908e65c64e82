import { describe, expect, test } from 'vitest'
import { collectShippedFacts, compileReplica } from '../../generator/compile/compile.js'
import { readTemplates } from '../../generator/load/templates.js'
import { list, stepOf } from './sources.js'

const shipped = readTemplates()
const facts = collectShippedFacts(shipped)

function withoutAndWith(model: object, stepFiles: Record<string, string> = {}, templates = shipped) {
  const sources = { templates, stepFiles, docs: {} }
  return [compileReplica(model, sources), compileReplica(model, { ...sources, facts })].map(
    ({ files, diagnostics }) => ({ files, found: list(diagnostics) }),
  )
}

const warm = 'step_warm() {\n  log INFO "warm: $major"\n  curl -q -s -S -o "$work/x" -- "$CONFIG_URL"\n}\n'

describe('facts of the shipped shell give what analysing it anew gives', () => {
  test('for the embedded model, of which they know nearly all', () => {
    const [anew, known] = withoutAndWith({})
    expect(known).toEqual(anew)
    const functions = Object.values(facts.pieces).flatMap((piece) => piece.functions)
    expect(functions.length).toBeGreaterThan(facts.names.length - 15)
  })

  test('for a model with other tables, and a step of its own', () => {
    const model = { postgresql: { majors: [11, 15] }, steps: [stepOf('warm')] }
    const [anew, known] = withoutAndWith(model, { './warm.sh': warm })
    expect(known).toEqual(anew)
    expect(known?.found).toEqual([])
  })

  test.each([
    ['a fault', 'step_warm() {\n  ls $major\n  eval "$1"\n}\n'],
    ['a syntax error', 'step_warm() {\n  if true; then\n}\n'],
    ['a function that hides a tool of the shipped shell', 'step_warm() {\n  :\n}\npg_isready() {\n  :\n}\n'],
    ['a failure that nobody knows', 'step_warm() {\n  fail NO_SUCH "x"\n}\n'],
  ])('for a step file with %s', (_what, text) => {
    const [anew, known] = withoutAndWith({ steps: [stepOf('warm')] }, { './warm.sh': text })
    expect(known).toEqual(anew)
    expect(known?.found.length).toBeGreaterThan(0)
  })

  test('and nothing of a piece whose text is another', () => {
    const name = 'run_rep/lib/log.sh'
    const templates = { ...shipped, [name]: `${shipped[name]}extra() {\n  ls $major\n}\n` }
    const [anew, known] = withoutAndWith({}, {}, templates)
    expect(known).toEqual(anew)
    expect(known?.found.length).toBeGreaterThan(0)
  })
})

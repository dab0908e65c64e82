import { describe, expect, it } from 'vitest'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import { renderDiagnostics, renderJson } from '../../generator/diagnostics/render.js'

const source = `export default {\n  app: {\n    portt: 1,\n  },\n}\n`
const full: Diagnostic = {
  code: 'E_UNKNOWN_KEY',
  message: 'app knows no portt',
  path: ['app', 'portt'],
  place: { file: 'replica.config.ts', line: 3, column: 5 },
  hint: 'did you mean port?',
}

describe('findings for a person', () => {
  it('say where, what, the lines around it, and what to do', () => {
    expect(
      renderDiagnostics([full], () => source),
    ).toBe(`replica.config.ts:3:5 error E_UNKNOWN_KEY: app knows no portt
  in app.portt
    1 | export default {
    2 |   app: {
  > 3 |     portt: 1,
      |     ^
    4 |   },
    5 | }
  hint: did you mean port?
`)
  })

  it('leave out what is not known', () => {
    expect(renderDiagnostics([{ code: 'W_ODD', message: 'odd' }], () => source)).toBe('warning W_ODD: odd\n')
    const { hint: _, path: __, ...bare } = full
    expect(renderDiagnostics([bare], () => undefined)).toBe(
      'replica.config.ts:3:5 error E_UNKNOWN_KEY: app knows no portt\n',
    )
  })

  it('name the line of the script', () => {
    expect(renderDiagnostics([{ code: 'E_EVAL', message: 'eval', line: 12 }], () => source)).toContain(
      '\n  line 12 of the script\n',
    )
  })

  it('are sorted by place, one blank line between them, each file read once', () => {
    const read: string[] = []
    const early: Diagnostic = {
      code: 'W_X',
      message: 'early',
      place: { file: 'replica.config.ts', line: 1, column: 1 },
    }
    const text = renderDiagnostics([full, early], (file) => {
      read.push(file)
      return source
    })
    expect(text.match(/^\S.*$/gm)).toEqual([
      'replica.config.ts:1:1 warning W_X: early',
      'replica.config.ts:3:5 error E_UNKNOWN_KEY: app knows no portt',
    ])
    expect(text).toContain('\n\nreplica.config.ts:3:5')
    expect(read).toEqual(['replica.config.ts'])
  })

  it('indent further lines of a message and let no control character through', () => {
    const text = renderDiagnostics([{ code: 'E_X', message: 'one\ntwo \u001b[2J\rthree' }], () => undefined)
    expect(text).toBe('error E_X: one\n    two \\u{1b}[2J\\u{d}three\n')
  })
})

describe('findings for a program', () => {
  it('are JSON with all that is known, sorted', () => {
    const text = renderJson([full, { code: 'W_ODD', message: 'odd\u001b', line: 3 }])
    expect(JSON.parse(text)).toEqual([
      { severity: 'warning', code: 'W_ODD', message: 'odd\u001b', line: 3 },
      { severity: 'error', ...full },
    ])
    expect(text.endsWith(']\n')).toBe(true)
    expect(text).not.toContain('\u001b')
  })
})

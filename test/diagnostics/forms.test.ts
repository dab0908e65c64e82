import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import { renderGitlab } from '../../generator/diagnostics/gitlab.js'
import { renderGithub } from '../../generator/diagnostics/render.js'
import { renderSarif } from '../../generator/diagnostics/sarif.js'

const found: Diagnostic[] = [
  {
    code: 'E_MODEL',
    message: 'expected a number, got "x"',
    path: ['task', 'cpus'],
    place: { file: 'envs/prod: eu/replica.config.ts', line: 3, column: 5 },
    hint: 'say 2',
  },
  { code: 'W_ODD', message: 'odd', line: 12 },
  { code: 'W_ODD', message: 'odd', line: 12 },
]

/** Names that a file may have, and what a text may hold. */
const files = [
  'a b/replica.config.ts',
  'prod: eu/x.json',
  '100%/#1?.ts',
  'säule/日本.ts',
  "it's;a,b.ts",
  '/srv/a b.ts',
  '../x.ts',
]
const texts = [
  'a line\nand another\r\n',
  '100% of a::b, c=d;',
  '\u0000\u0007\u001b[31m',
  '\u2028 \ud83d\ude00 \ud800',
  '"\'\\</x>',
  '%0A%25',
  '{0} {{x}}',
]
const odd: Diagnostic[] = [
  ...files.map(
    (file): Diagnostic => ({ code: 'E_ODD', message: 'odd', place: { file, line: 1, column: 1 } }),
  ),
  ...texts.map((text): Diagnostic => ({ code: 'W_ODD', message: text, hint: text, path: ['env', text, 3] })),
]

interface Result {
  readonly message: { readonly text: string }
  readonly partialFingerprints: Readonly<Record<string, string>>
  readonly locations: readonly {
    readonly physicalLocation: {
      readonly artifactLocation: { readonly uri: string }
      readonly region: { readonly startLine: number; readonly startColumn: number }
    }
  }[]
}

interface Log {
  readonly runs: readonly { readonly results: readonly Result[] }[]
}

function place(log: Log): Result['locations'][number]['physicalLocation'] {
  const [location] = log.runs[0]?.results[0]?.locations ?? []
  if (location === undefined) throw new Error('no result has a place')
  return location.physicalLocation
}

// @microsoft/jest-sarif is here for the schema alone, as OASIS published it. It is of draft 4, which differs from what ajv reads in two names that this one does not use below its head. RFC 3986 says
// which characters make a reference; the names of the formats are those of the schema.
const {
  $schema: _,
  id: __,
  ...sarif
} = createRequire(import.meta.url)('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json')
const isReference = (text: string) => /^(?:[\w\-.~:/?#[\]@!$&'()*+,;=]|%[\dA-Fa-f]{2})*$/.test(text)
const isSarif = new Ajv({
  strict: false,
  unicodeRegExp: false,
  formats: {
    uri: (text: string) => isReference(text) && URL.canParse(text),
    'uri-reference': isReference,
    'date-time': true,
  },
}).compile(sarif)

describe('annotations of GitHub', () => {
  // As GitHub's runner reads a line (GitHub Docs, "Workflow commands for GitHub Actions").
  const read = (line: string) => {
    const [, command = '', properties = '', data = ''] = /^::(\w+) (.*?)::(.*)$/s.exec(line) ?? []
    const decode = (text: string, codes: string) =>
      text.replace(new RegExp(`%(${codes})`, 'g'), (whole) => decodeURIComponent(whole))
    const named = properties.split(',').map((one) => {
      const [name = '', ...value] = one.split('=')
      return [name, decode(value.join('='), '0D|0A|3A|2C|25')] as const
    })
    return { command, properties: Object.fromEntries(named), data: decode(data, '0D|0A|25') }
  }

  test('are a line each, from which the runner reads what was found', () => {
    const all = [...found, ...odd]
    const lines = renderGithub(all).split('\n')
    expect(lines.pop()).toBe('')
    const seen = lines.map(read)
    expect(seen).toHaveLength(all.length)
    for (const { code, message, hint, place: at } of all) {
      const words = hint === undefined ? message : `hint: ${hint}`
      expect(seen).toContainEqual({
        command: code.startsWith('E_') ? 'error' : 'warning',
        properties: {
          title: code,
          ...(at && { file: at.file, line: String(at.line), col: String(at.column) }),
        },
        data: expect.stringContaining(words),
      })
    }
  })
})

describe('code quality of GitLab', () => {
  const issues = JSON.parse(
    renderGitlab(
      [...found, ...odd.filter((one) => !/^(\/|\.\.)/.test(one.place?.file ?? ''))],
      'replica.config.ts',
    ),
  )

  test('has all that GitLab asks for, and nothing twice', () => {
    // GitLab, "Code Quality", "Code Quality report format".
    const schema = {
      type: 'array',
      items: {
        type: 'object',
        required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
        properties: {
          description: { type: 'string', minLength: 1 },
          check_name: { type: 'string', minLength: 1 },
          fingerprint: { type: 'string', pattern: '^[0-9a-f]{64}$' },
          severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
          location: {
            type: 'object',
            required: ['path', 'lines'],
            properties: {
              path: { type: 'string', pattern: '^(?!/|\\./)' },
              lines: {
                type: 'object',
                required: ['begin'],
                properties: { begin: { type: 'integer', minimum: 1 } },
              },
            },
          },
        },
      },
    }
    expect(new Ajv().validate(schema, issues)).toBe(true)
    expect(new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint)).size).toBe(
      issues.length,
    )
  })

  test('keeps its fingerprint when the finding moves', () => {
    const moved = found.map((one) => (one.place ? { ...one, place: { ...one.place, line: 99 } } : one))
    const prints = (text: string) =>
      JSON.parse(text)
        .map((issue: { fingerprint: string }) => issue.fingerprint)
        .sort()
    expect(prints(renderGitlab(moved, 'replica.config.ts'))).toEqual(
      prints(renderGitlab(found, 'replica.config.ts')),
    )
  })
})

describe('SARIF', () => {
  const about = { version: '1.2.3', codes: { E_MODEL: 'a value is wrong' }, file: 'replica.config.ts' }
  const log = JSON.parse(renderSarif(found, about))

  test('is valid by the schema that OASIS published, whatever is found', () => {
    // Nothing found is a log, too.
    for (const all of [found, odd, []]) {
      const one = JSON.parse(renderSarif(all, about))
      expect(isSarif(one), JSON.stringify(isSarif.errors)).toBe(true)
      expect(one.runs[0].results).toHaveLength(all.length)
    }
  })

  test('what is no log is not', () => {
    const wrong: ((log: Log) => void)[] = [
      (one) => Object.assign(one, { version: '2.1' }),
      (one) => Object.assign(one.runs[0]?.results[0] ?? {}, { level: 'fatal' }),
      (one) => Object.assign(place(one).region, { startLine: 0 }),
      (one) => Object.assign(place(one).artifactLocation, { uri: 'a file.ts' }),
    ]
    for (const spoil of wrong) {
      const one = structuredClone(log)
      spoil(one)
      expect(isSarif(one), String(spoil)).toBe(false)
    }
  })

  test('a reader of URIs finds the file', () => {
    for (const file of files) {
      const one: Log = JSON.parse(
        renderSarif([{ code: 'E_X', message: 'x', place: { file, line: 2, column: 3 } }], about),
      )
      const { artifactLocation, region } = place(one)
      expect(fileURLToPath(new URL(artifactLocation.uri, 'file:///repository/'))).toBe(
        resolve('/repository', file),
      )
      expect(region).toEqual({ startLine: 2, startColumn: 3 })
    }
  })

  test('has what code scanning of GitHub asks for: a place, and a fingerprint of its own for each result', () => {
    const results: Result[] = JSON.parse(renderSarif([...found, ...odd], about)).runs[0].results
    for (const { locations, message } of results) {
      expect(locations).toHaveLength(1)
      expect(message.text).not.toBe('')
    }
    const prints = results.map(({ partialFingerprints }) => Object.values(partialFingerprints).join())
    expect(new Set(prints).size).toBe(results.length)
  })

  test('each result names its rule', () => {
    const [run] = log.runs
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId)
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['E_MODEL', 'W_ODD'])
  })
})

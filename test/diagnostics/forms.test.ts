import { Ajv } from 'ajv'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import { renderGitlab } from '../../generator/diagnostics/gitlab.js'
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

describe('code quality of GitLab', () => {
  const issues = JSON.parse(renderGitlab(found, 'replica.config.ts'))

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
    expect(new Set(issues.map((issue: { fingerprint: string }) => issue.fingerprint)).size).toBe(found.length)
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

  test('is of the form that SARIF 2.1.0 and code scanning demand', () => {
    // SARIF 2.1.0: 3.13 (log), 3.14 (run), 3.19 (component), 3.27 (result), 3.28 (location), 3.30 (region).
    const text = {
      type: 'object',
      required: ['text'],
      properties: { text: { type: 'string', minLength: 1 } },
    }
    const positive = { type: 'integer', minimum: 1 }
    const schema = {
      type: 'object',
      required: ['$schema', 'version', 'runs'],
      additionalProperties: false,
      properties: {
        $schema: { type: 'string' },
        version: { const: '2.1.0' },
        runs: {
          type: 'array',
          minItems: 1,
          items: {
            type: 'object',
            required: ['tool', 'results'],
            additionalProperties: false,
            properties: {
              columnKind: { enum: ['utf16CodeUnits', 'unicodeCodePoints'] },
              tool: {
                type: 'object',
                required: ['driver'],
                properties: {
                  driver: {
                    type: 'object',
                    required: ['name'],
                    properties: {
                      name: { type: 'string' },
                      rules: {
                        type: 'array',
                        uniqueItems: true,
                        items: {
                          type: 'object',
                          required: ['id'],
                          additionalProperties: false,
                          properties: {
                            id: { type: 'string' },
                            shortDescription: text,
                            defaultConfiguration: {
                              type: 'object',
                              properties: { level: { enum: ['none', 'note', 'warning', 'error'] } },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
              results: {
                type: 'array',
                items: {
                  type: 'object',
                  required: ['message', 'ruleId', 'locations'],
                  additionalProperties: false,
                  properties: {
                    ruleId: { type: 'string' },
                    ruleIndex: { type: 'integer', minimum: 0 },
                    level: { enum: ['none', 'note', 'warning', 'error'] },
                    message: text,
                    partialFingerprints: { type: 'object', additionalProperties: { type: 'string' } },
                    locations: {
                      type: 'array',
                      minItems: 1,
                      items: {
                        type: 'object',
                        required: ['physicalLocation'],
                        properties: {
                          physicalLocation: {
                            type: 'object',
                            required: ['artifactLocation', 'region'],
                            properties: {
                              artifactLocation: {
                                type: 'object',
                                required: ['uri'],
                                properties: { uri: { type: 'string', pattern: '^[^ :]+$' } },
                              },
                              region: {
                                type: 'object',
                                required: ['startLine'],
                                properties: { startLine: positive, startColumn: positive },
                              },
                            },
                          },
                        },
                      },
                    },
                  },
                },
              },
            },
          },
        },
      },
    }
    const ajv = new Ajv()
    expect(ajv.validate(schema, log), JSON.stringify(ajv.errors)).toBe(true)
  })

  test('each result names its rule', () => {
    const [run] = log.runs
    for (const { ruleId, ruleIndex } of run.results) expect(run.tool.driver.rules[ruleIndex].id).toBe(ruleId)
    expect(run.tool.driver.rules.map((rule: { id: string }) => rule.id)).toEqual(['E_MODEL', 'W_ODD'])
  })
})

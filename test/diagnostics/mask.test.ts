import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import { codeFrame } from '../../generator/diagnostics/frame.js'
import { renderGitlab } from '../../generator/diagnostics/gitlab.js'
import { findSecretValues, isSecretName, maskSecrets, showValue } from '../../generator/diagnostics/mask.js'
import { renderDiagnostics, renderGithub, renderJson } from '../../generator/diagnostics/render.js'
import { renderSarif } from '../../generator/diagnostics/sarif.js'

const names = [
  ...[
    'PGPASSWORD',
    'POSTGRES_REPPASSWORD',
    'DB_PASSWORD',
    'API_TOKEN',
    'AWS_SECRET_ACCESS_KEY',
    'CREDENTIALS',
  ],
  ...[
    'MASTER_KEY',
    'PASSPHRASE',
    'DB_PASS',
    'TOKEN_2',
    'apiToken',
    'clientSecret',
    'privateKey',
    'db_password',
  ],
]

test('what is a secret by its name', () => {
  for (const name of names) expect(isSecretName(name), name).toBe(true)
  for (const name of [
    ...['POSTGRES_MASTER', 'PGSSLKEY', 'PGPASSFILE', 'POSTGRES_REPPASSWORD_FILE', 'PWD', 'MONKEYS_FILE'],
    ...[
      'secret',
      'secrets',
      'passfile',
      'passwordKey',
      'E_TASK_SECRET',
      'password_encryption',
      'ssl_key_file',
    ],
  ])
    expect(isSecretName(name), name).toBe(false)
})

/** Letters, digits and signs that people put into passwords, and no blank. */
const letters = [...'abcXYZ019!#%&()*+,-./:;<=>?@[]^_{|}~$']
const secret = fc
  .array(fc.constantFrom(...letters), { minLength: 3, maxLength: 20 })
  .map((parts) => `q7${parts.join('')}Z7q`)
const name = fc.constantFrom(...names)

/** Where a secret may stand in what a person or a program wrote. */
const places: Readonly<Record<string, (name: string, secret: string) => string>> = {
  'a member of JSON': (key, value) => `{"env": {${JSON.stringify(key)}: ${JSON.stringify(value)}, "A": "b"}}`,
  'a member in TypeScript': (key, value) => `env: { ${key}: '${value}', A: 'b' },`,
  'a member in back quotes': (key, value) => `env: { ${key}: \`${value.replaceAll('$', '')}\`, A: 'b' },`,
  'a computed member': (key, value) => `env['${key}'] = '${value}'`,
  'a default in TypeScript': (key, value) => `env: { ${key}: process.env.X ?? '${value}', A: 'b' },`,
  'a line of an environment file': (key, value) => `A=b\n${key}=${value}\nB=c`,
  'a line of YAML': (key, value) => `a: b\n  ${key}: ${value}\nb: c`,
  'a pair in YAML': (key, value) => `- name: ${key}\n  value: ${value}\n- name: A\n  value: b`,
  'a pair in JSON': (key, value) => `{"name": "${key}", "value": ${JSON.stringify(value)}}`,
  'a command': (key, value) => `sh -c "export ${key}='${value}'; sh run_rep.sh"`,
  'a command in JSON': (key, value) => JSON.stringify({ cmd: `${key}="${value}" sh run_rep.sh` }),
  'a variable of the model': (key, value) => `env: { ${key}: variable.text({ default: '${value}' }) }`,
  'a secret variable of any name': (_key, value) =>
    `env: { PIN: variable.text({ secret: true, value: '${value}' }) }`,
  'a URL': (_key, value) => `publish: 'http://user:${value.replaceAll(/[<>]/g, '')}@web01/x'`,
  'a connection string': (_key, value) => `host=pg1 password='${value}' user=r`,
  'a header': (_key, value) => `curl -H 'Authorization: Bearer ${value}' http://x`,
  'a login in a registry': (_key, value) =>
    `{"auths": {"r": {"auth": "${Buffer.from(value).toString('base64')}"}}}`,
  'an option': (_key, value) => `tool --password ${value} --host a`,
  'a cut line': (key, value) => `task.env of the model cannot be {"${key}":"${value}…`,
}

describe.each(Object.keys(places))('in %s', (where) => {
  const place = places[where] ?? (() => '')

  test('no secret is left, and the lines stay', () => {
    fc.assert(
      fc.property(name, secret, (key, value) => {
        const text = place(key, value)
        const masked = maskSecrets(text)
        expect(masked).not.toContain('q7')
        expect(masked).not.toContain(Buffer.from(value).toString('base64'))
        expect(masked.split('\n').length).toBe(text.split('\n').length)
        expect(maskSecrets(masked)).toBe(masked)
      }),
      { numRuns: 60 },
    )
  })

  test('nor in any form in which findings are printed', () => {
    fc.assert(
      fc.property(name, secret, fc.nat({ max: 90 }), (key, value, column) => {
        const source = `${'x'.repeat(column)} ${place(key, value)}\n`
        const found: Diagnostic[] = [
          {
            code: 'E_X',
            message: `here: ${place(key, value)}`,
            hint: place(key, value),
            place: { file: 'f.ts', line: 1, column: column + 1 },
          },
        ]
        const about = { version: '1', codes: {}, file: 'f.ts' }
        for (const text of [
          renderDiagnostics(found, () => source, { width: 60, isColoured: true }),
          renderDiagnostics(found, () => source),
          renderJson(found),
          renderGithub(found),
          renderGitlab(found, 'f.ts'),
          renderSarif(found, about),
          codeFrame({ file: 'f.ts', line: 1, column: 1 }, source),
        ])
          expect(text).not.toMatch(/q7|Z7q/)
      }),
      { numRuns: 15 },
    )
  })
})

test('what is no secret stays as it is', () => {
  for (const text of [
    'replica.config.ts:3:5 error E_X: words',
    'http://web01:8080/postgres/conf?x=a@b',
    "task: { env: { TOKEN: { secret: 'token' } }, secrets: { token: { source: 'db/token' } } }",
    "targets: { compose: { password: './replicator.password' } }",
    'PGPASSWORD is refused by the script: every process could see it',
    'TOKEN=$(cat /run/secrets/token)',
    'conninfo="host=$host password=$password"',
    'variable POSTGRES_REPPASSWORD: That password itself',
    'E_TASK_SECRET: a reference to a secret',
    'password_encryption = scram-sha-256',
    "master: { tls: { key: '/etc/ssl/replica.key' } }",
  ])
    expect(maskSecrets(text)).toBe(text)
})

test('a value is shown without what is secret in it, and short', () => {
  expect(showValue('hunter2', ['task', 'env', 'API_TOKEN'])).toBe('***')
  expect(showValue({ API_TOKEN: 'hunter2', a: ['http://u:hunter2@h'] })).toBe(
    '{"API_TOKEN":"***","a":["http://u:***@h"]}',
  )
  expect(showValue('x'.repeat(100)).length).toBeLessThan(65)
  expect([undefined, Number.NaN, 5n, () => 1, Symbol('x')].map((value) => showValue(value))).toEqual([
    'nothing',
    'NaN',
    '5n',
    'a function',
    'a symbol',
  ])
})

test('the secrets of a model are known by their keys', () => {
  const model = {
    env: { PIN: { type: 'text', secret: true, value: '1234-5' }, A: { type: 'text', value: 'open' } },
    task: { env: { API_TOKEN: 't0ken-1', B: { secret: 'b' } } },
    targets: { compose: { password: './replicator.password' }, kubernetes: { secret: 'login' } },
  }
  expect(findSecretValues(model)).toEqual(['1234-5', 't0ken-1'])
})

test('the caret stays under its column when a secret before it is masked', () => {
  const source = `env: { API_TOKEN: 'a-very-long-secret-value', B: 5 }`
  const frame = codeFrame({ file: 'f', line: 1, column: source.indexOf('B: 5') + 1 }, source)
  const [line = '', caret = ''] = frame.split('\n')
  expect(line.slice(caret.indexOf('^'))).toBe('B: 5 }')
})

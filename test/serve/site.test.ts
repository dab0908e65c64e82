import { describe, expect, test } from 'vitest'
import { answer, makeSite } from '../../generator/serve/site.js'

const site = makeSite({
  'run_rep.sh': '#!/bin/sh\n',
  'postgresql.conf': 'work_mem = 4MB # ä\n',
  'pg_hba.conf': 'local all all reject\n',
  'marathon.json': '{}\n',
  'compose.yaml': 'name: x\n',
  SHA256SUMS: '\n',
})
const publish = 'http://web01/postgres'
const get = (target: string, method = 'GET') => answer(site, { method, target, publish })

describe('the published layout', () => {
  test.each([
    ['/run_rep.sh', 'text/x-shellscript; charset=utf-8'],
    ['/conf/postgresql.conf', 'text/plain; charset=utf-8'],
    ['/conf/pg_hba.conf', 'text/plain; charset=utf-8'],
    ['/marathon.json', 'application/json'],
    ['/compose.yaml', 'application/yaml'],
    ['/SHA256SUMS', 'text/plain; charset=utf-8'],
    ['/postgres/conf/pg_hba.conf', 'text/plain; charset=utf-8'],
    ['/run_rep.sh?x=1', 'text/x-shellscript; charset=utf-8'],
    ['/conf%2Fpg_hba.conf', 'text/plain; charset=utf-8'],
  ])('%s is served as %s', (target, type) => {
    const { status, headers, body } = get(target)
    expect([status, headers['Content-Type']]).toEqual([200, type])
    expect(headers['Content-Length']).toBe(String(Buffer.byteLength(body)))
  })

  test('is the same whether files are named with their folder or without', () => {
    expect([...makeSite({ 'conf/pg_hba.conf': '' }).keys()]).toEqual(['/conf/pg_hba.conf'])
  })

  test('is listed at its root', () => {
    for (const target of ['/', '/postgres', '/postgres/'])
      expect(get(target)).toMatchObject({
        status: 200,
        body: expect.stringContaining('/conf/postgresql.conf\n'),
      })
  })

  test.each([
    '/../../etc/passwd',
    '/conf/../run_rep.sh',
    '/%2e%2e/%2e%2e/etc/passwd',
    '/conf/..%2f..%2fetc/passwd',
    '//etc/passwd',
    '/postgres/../etc/passwd',
    '/toString',
    '/postgresql.conf',
    '/postgresrun_rep.sh',
  ])('%s is not found', (target) => {
    expect(get(target).status).toBe(404)
  })

  test.each(['', 'run_rep.sh', 'http://x/run_rep.sh', '/%', '/%00', '/\u0000'])('%j is no path', (target) => {
    expect(get(target).status).toBe(400)
  })

  test.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('%s is not allowed', (method) => {
    expect(get('/run_rep.sh', method)).toMatchObject({ status: 405, headers: { Allow: 'GET, HEAD' } })
  })
})

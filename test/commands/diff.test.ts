import { cpSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { download } from '../../generator/commands/download.js'
import { readUrl } from '../../generator/commands/published.js'
import { publishedPath } from '../../generator/diff/artefacts.js'
import type { Change } from '../../generator/diff/change.js'
import { usual } from '../diff/models.js'
import { hasTrace, inFolder, repository } from './cli.js'

const model = (settings: object) =>
  JSON.stringify({
    master: { hosts: ['pg1'], tls: 'require', channelBinding: 'require' },
    postgresql: { majors: [16], settings },
  })

describe('diff', () => {
  test('with what was generated: 0 and its words, then 3 and what changed', async () => {
    await inFolder({ 'replica.config.json': model({}) }, async ({ run, write }) => {
      await run(['generate'])
      const same = await run(['diff'])
      expect([same.code, same.err]).toEqual([0, ''])
      expect(same.out).toBe('nothing differs\ndist is what replica.config.json gives.\n')

      await write('replica.config.json', model({ work_mem: '16MB', shared_buffers: '256MB' }))
      const { code, out } = await run(['diff', '--against', 'dist'])
      expect(code).toBe(3)
      expect(out).toMatch(/^2 settings, 1 option of the script: replicas must be restarted/)
      expect(out).toContain('reload   work_mem: new, 16MB')

      const json = await run(['diff', '--json'])
      expect([json.code, json.err]).toEqual([3, ''])
      expect(JSON.parse(json.out)).toMatchObject({
        from: 'dist',
        to: 'replica.config.json',
        effect: 'restart',
        onMaster: false,
        notCompared: [],
      })
    })
  })

  test('with another model, and with a tree of an earlier version', async () => {
    const files = {
      'replica.config.json': model({ work_mem: '8MB' }),
      'other.json': model({ work_mem: '4MB' }),
    }
    await inFolder(files, async ({ run, write }) => {
      const { code, out } = await run(['diff', '--against', 'other.json'])
      expect(code).toBe(3)
      expect(out).toContain('work_mem: 4MB -> 8MB')
      for (const [name, text] of Object.entries(usual())) await write(`old/${name}`, text)
      const flat = await run(['diff', '--against', 'old', '--json'])
      expect(JSON.parse(flat.out).notCompared).toEqual([])
      expect(JSON.parse(flat.out).changes.map(({ name }: { name: string }) => name)).toContain('work_mem')
    })
  })

  test('with what the first version of the compiler wrote: what is true of both, and what it does not tell', async () => {
    const first = join(repository, 'test/diff/first')
    await inFolder({}, async ({ run, dir }) => {
      const compare = async (against: string) => {
        const { code, out, err } = await run(['diff', '--embedded', '--against', against, '--json'])
        expect([code, err]).toEqual([3, ''])
        return JSON.parse(out)
      }
      const all = await compare(first)
      expect(all.effect).toBe('restart')
      expect(all.notCompared).toEqual(['variables of run_rep.sh', 'master.pg_hba.conf', 'master.sql'])
      const changes: Change[] = all.changes
      const names = changes.map(({ area, name }) => `${area} ${name}`)
      expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([])
      const find = (name: string) => {
        const { from, to } = changes.find((one) => one.name === name) ?? {}
        return [from, to]
      }
      // Another word for the same key; a value in the unit of its key; one that the model leaves empty is not new.
      expect(find('postgresql.verifyClone')).toEqual(['yes', 'sizes'])
      expect(find('run.logMiB')).toEqual([undefined, '64'])
      expect(find('ready.lagMiB')).toEqual([undefined, '16'])
      expect(find('run.onDiverged')).toEqual([undefined, 'fail'])
      expect(changes.filter(({ area, to }) => area === 'option' && to === '')).toEqual([])
      expect(changes.filter(({ area }) => area === 'step').map(({ name }) => name)).toEqual(['claim', 'gate'])

      // Fewer files tell less, and nothing else.
      cpSync(first, join(dir, 'bare'), { recursive: true })
      for (const name of ['SHA256SUMS', 'run_rep.map.json']) rmSync(join(dir, 'bare', name))
      const bare = await compare('bare')
      expect(bare.notCompared).toEqual([
        'variables of run_rep.sh',
        'steps of run_rep.sh',
        'master.pg_hba.conf',
        'master.sql',
        'run_rep.map.json',
        'SHA256SUMS',
      ])
      const shown = (some: readonly Change[]) =>
        some.filter(({ area }) => area === 'option').map(({ from, to }) => [from, to])
      expect(shown(bare.changes)).toEqual(shown(changes))
    })
  })

  test.each([
    ['a script that a person wrote', ['--against', 'by-hand'], /was not printed by .*[\s\S]*written by hand/],
    ['a page in its place', ['--against', 'page'], /was not printed by .*[\s\S]*it may be an error page/],
    ['no such place', ['--against', 'nowhere'], /nowhere does not exist/],
    ['a directory of something else', ['--against', 'node_modules'], /node_modules has no run_rep\.sh/],
    ['a model that is refused', ['--against', 'bad.json'], /E_MODEL/],
    ['a scheme that is not read', ['--against', 'ftp://web01/x'], /ftp:\/\/ is not read/],
    ['a URL with a password', ['--against', 'http://me:hunter@web01/x'], /holds a user/],
  ])('%s is an error with words, and 1', async (_title, args, words) => {
    const files = {
      'replica.config.json': model({}),
      'bad.json': '{"x": 1}',
      'by-hand/run_rep.sh': '#!/bin/bash\nset -e\npg_basebackup -h $POSTGRES_MASTER\n',
      'page/run_rep.sh': '<!doctype html>\n',
    }
    await inFolder(files, async ({ run }) => {
      const outcome = await run(['diff', ...args])
      expect([outcome.code, outcome.out]).toEqual([1, ''])
      expect(outcome.err).toMatch(words)
      expect(outcome.err).not.toContain('hunter')
      expect(hasTrace(outcome)).toBe(false)
    })
  })
})

describe('a URL', () => {
  let server: Server
  let url: string
  let answer: RequestListener
  beforeAll(async () => {
    server = createServer((request, response) => answer(request, response))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  })
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })

  const serve = (pages: Readonly<Record<string, string>>): RequestListener => {
    return ({ url: path = '' }, response) => {
      const page = pages[path]
      response.writeHead(page === undefined ? 404 : 200).end(page ?? '<html>none</html>')
    }
  }
  const soon = () => AbortSignal.timeout(10_000)

  test('gives what it serves, by the names of its sums and by those that are wanted', async () => {
    const pages = Object.fromEntries(
      Object.entries(usual()).map(([name, text]) => [`/pg/${publishedPath(name)}`, text]),
    )
    answer = serve({
      ...pages,
      '/pg/SHA256SUMS': `${'0'.repeat(64)}  old.service\n`,
      '/pg/old.service': '[Unit]\n',
    })
    const found = await readUrl(`${url}/pg/`, ['marathon.json', 'kubernetes.yaml'])
    if (found.kind !== 'found') throw new Error(found.fault.message)
    expect(found.artefacts).toEqual({
      ...usual(),
      SHA256SUMS: expect.stringContaining('old.service'),
      'old.service': '[Unit]\n',
    })
  })

  test('gives an older layout, in which nothing lies in conf/', async () => {
    answer = serve(Object.fromEntries(Object.entries(usual()).map(([name, text]) => [`/${name}`, text])))
    expect(await readUrl(url, ['marathon.json'])).toMatchObject({ artefacts: usual() })
  })

  test.each([
    ['that serves nothing', {}, /has no run_rep\.sh/],
    ['that serves a page for all', { '/run_rep.sh': '<html>login</html>' }, /was not printed by/],
  ])('%s is told so', async (_title, pages, words) => {
    answer = serve(pages)
    expect(await readUrl(url, [])).toMatchObject({
      fault: { code: 'E_PUBLISHED', message: expect.stringMatching(words) },
    })
  })

  test.each([[401], [403], [500], [503]])(
    'that answers %i is an error, and no file that is not there',
    async (status) => {
      answer = (_request, response) => response.writeHead(status).end()
      const found = await readUrl(url, [])
      expect(found).toMatchObject({ fault: { message: expect.stringContaining(`answers ${status}`) } })
    },
  )

  test('that never answers is given up', async () => {
    answer = () => undefined
    const found = await download(`${url}/x`, AbortSignal.timeout(50))
    expect(found).toMatchObject({ fault: { message: expect.stringContaining('did not answer') } })
  })

  test('that never ends is cut off', async () => {
    answer = (_request, response) => {
      const piece = Buffer.alloc(1_048_576, 'x')
      const more = () => {
        while (!response.destroyed && response.write(piece));
      }
      response.on('drain', more)
      more()
    }
    expect(await download(`${url}/x`, soon())).toMatchObject({
      fault: { message: expect.stringContaining('larger than 16 MiB') },
    })
  })

  test('that leads elsewhere is followed, but not for ever', async () => {
    answer = ({ url: path }, response) => {
      if (path === '/a') response.writeHead(302, { location: '/b' }).end()
      else if (path === '/b') response.end('here')
      else response.writeHead(302, { location: '/loop' }).end()
    }
    expect(await download(`${url}/a`, soon())).toEqual({ kind: 'found', text: 'here' })
    expect(await download(`${url}/loop`, soon())).toMatchObject({ kind: 'fault' })
  })

  test('that gives up TLS is not followed', async () => {
    const ask = async () =>
      new Response(null, { status: 301, headers: { location: 'http://web01/run_rep.sh' } })
    expect(await download('https://web01/run_rep.sh', soon(), ask)).toMatchObject({
      fault: { message: 'https://web01/run_rep.sh redirects to http://web01, without TLS' },
    })
  })

  test('where nothing listens is told so', async () => {
    const closed = createServer()
    await new Promise<void>((resolve) => closed.listen(0, '127.0.0.1', resolve))
    const { port } = closed.address() as AddressInfo
    await new Promise((resolve) => closed.close(resolve))
    expect(await download(`http://127.0.0.1:${port}/x`, soon())).toMatchObject({
      fault: { message: expect.stringContaining('nothing listens there (ECONNREFUSED)') },
    })
  })

  test('that says https where http is spoken is told so', async () => {
    answer = serve({})
    expect(await download(`${url.replace('http', 'https')}/x`, soon())).toMatchObject({
      fault: { message: expect.stringContaining('TLS') },
    })
  })
})

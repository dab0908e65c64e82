import type { AddressInfo } from 'node:net'
import { createServer } from 'node:net'
import { describe, expect, test } from 'vitest'
import { inFolder } from './cli.js'
import { startServe } from './serving.js'

const model = JSON.stringify({
  master: { hosts: ['pg1'], tls: 'require', channelBinding: 'require' },
  postgresql: { majors: [16], settings: { work_mem: '5MB' } },
})

describe('serve', () => {
  test('publishes what generate would write, logs a line a request, and ends clean', async () => {
    await inFolder({ 'replica.config.json': model }, async ({ dir, list, run, read }) => {
      const { running, url, out } = await startServe(dir)
      expect(out).toContain(`${url}/conf/postgresql.conf\n`)
      expect(out).toContain(`  CONFIG_URL=${url}/conf POSTGRES_MASTER=pg1 `)
      expect(out).toContain('http://web01/postgres')
      expect(out).toContain(`The same below ${url}/postgres/`)
      expect((await fetch(`${url}/postgres/run_rep.sh`)).status).toBe(200)
      expect(out).toMatch(/^The password of the role: .* POSTGRES_REPPASSWORD_FILE names\.$/m)
      expect(out).toMatch(/^The replica listens on port 5432; another one: PORT0=5433 /m)
      const conf = await fetch(`${url}/conf/postgresql.conf`)
      const text = await conf.text()
      expect(text).toMatch(/^work_mem *= '5MB'$/m)
      const head = await fetch(`${url}/run_rep.sh`, { method: 'HEAD' })
      expect([head.status, await head.text()]).toEqual([200, ''])
      expect((await fetch(`${url}/none`, { method: 'POST', body: 'x' })).status).toBe(405)
      expect(await list(), 'nothing is written').toEqual(['replica.config.json'])

      // A published tree is what diff reads.
      const diff = await run(['diff', '--against', url])
      expect([diff.code, diff.out]).toEqual([
        0,
        `nothing differs\n${url} is what replica.config.json gives.\n`,
      ])
      running.kill('SIGTERM')
      const { exitCode, stderr } = await running
      expect(exitCode).toBe(0)
      // It takes a while to compile.
      expect(stderr).toMatch(/^compiling the configuration of this directory/)
      expect(stderr).toMatch(/^\S+Z GET \/conf\/postgresql\.conf 200 \d+ \S+$/m)
      expect(stderr).toMatch(/^\S+Z HEAD \/run_rep\.sh 200 0 \S+$/m)
      expect(stderr).toMatch(/^\S+Z POST \/none 405 \d+ \S+$/m)
      expect(await read('replica.config.json')).toBe(model)
    })
  })

  test('ends clean on SIGINT, with a connection open', async () => {
    await inFolder({ 'replica.config.json': '{}' }, async ({ dir }) => {
      const { running, url } = await startServe(dir)
      await (await fetch(`${url}/`)).text()
      running.kill('SIGINT')
      expect((await running).exitCode).toBe(0)
    })
  })

  test('says that a port is taken', async () => {
    const server = createServer()
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const { port } = server.address() as AddressInfo
    await inFolder({ 'replica.config.json': '{}' }, async ({ run }) => {
      const { code, out, err } = await run(['serve', '--port', String(port)])
      expect([code, out]).toEqual([1, ''])
      expect(err).toMatch(`cannot listen on 127.0.0.1 port ${port}: the port is taken\n  hint: --port 0`)
    })
    await new Promise((resolve) => server.close(resolve))
  })

  test.each([['70000'], ['-1'], ['http'], ['']])('--port %j is an error of usage', async (port) => {
    await inFolder({ 'replica.config.json': '{}' }, async ({ run }) => {
      expect(await run(['serve', `--port=${port}`])).toMatchObject({ code: 2, out: '' })
    })
  })

  test('serves nothing of a model that is refused', async () => {
    await inFolder({ 'replica.config.json': '{"x": 1}' }, async ({ run }) => {
      expect(await run(['serve', '--port', '0'])).toMatchObject({ code: 1, out: '' })
    })
  })
})

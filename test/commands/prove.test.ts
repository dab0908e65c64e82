import { chmod, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { inFolder } from './cli.js'

test('prove prints what was run, by what, and the digests', async () => {
  await inFolder({}, async ({ run, read }) => {
    const { code, out, err } = await run(['prove'])
    expect({ code, err }, out).toEqual({ code: 0, err: '' })
    for (const what of ['definite assignment', 'tools', 'plain POSIX', 'standby only', 'one story']) {
      expect(out).toMatch(new RegExp(`^${what} +postgres-rep-marathon +\\d\\S+ +passed`, 'm'))
    }
    expect(out).toMatch(/^syntax +unbash +\d+\.\d+\.\d+ +passed$/m)
    expect(out).toMatch(/^syntax +sh +passed$/m)
    await run(['generate'])
    for (const line of (await read('dist/SHA256SUMS')).trim().split('\n')) expect(out).toContain(line)
  })
})

test('what the machine lacks is named as not run, and is no failure', async () => {
  await inFolder({ 'bin/here': '' }, async ({ dir, run }) => {
    await symlink('/bin/sh', join(dir, 'bin/sh'))
    const { code, out } = await run(['prove', '--json'], { env: { PATH: join(dir, 'bin') } })
    expect(code).toBe(0)
    const { proofs, digests } = JSON.parse(out)
    const results = proofs.map(({ by, result }: { by: string; result: string }) => `${by} ${result}`)
    expect(results).toEqual(expect.arrayContaining(['dash not run', 'shellcheck not run', 'unbash passed']))
    expect(digests['run_rep.sh']).toMatch(/^[0-9a-f]{64}$/)
  })
})

test('a fault that only another checker sees is a failure', async () => {
  // A program called dash that refuses everything.
  await inFolder({ 'bin/dash': '#!/bin/sh\necho "dash: 3: no" >&2\nexit 2\n' }, async ({ dir, run }) => {
    await chmod(join(dir, 'bin/dash'), 0o755)
    const { code, out } = await run(['prove'], { env: { PATH: `${dir}/bin:/usr/bin:/bin` } })
    expect(code).toBe(1)
    expect(out).toMatch(/^syntax +dash +failed +dash: 3: no$/m)
  })
})

test('a model that is refused has nothing to prove', async () => {
  await inFolder({ 'replica.config.json': '{"app": {"cpus": "x"}}' }, async ({ run }) => {
    const { code, out, err } = await run(['prove'])
    expect(code).toBe(1)
    expect(out).toBe('')
    expect(err).toMatch(/error E_MODEL/)
  })
})

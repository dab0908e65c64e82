import { execa } from 'execa'
import { describe, expect, test } from 'vitest'
import { inFolder, repository } from './cli.js'

describe('standard output', () => {
  test('--stdout prints one artefact and writes none; its name may be short', async () => {
    await inFolder({ 'replica.config.json': '{}' }, async ({ run, list }) => {
      const app = await run(['generate', '--stdout', 'marathon.json'])
      expect(app).toMatchObject({ code: 0, err: '' })
      expect(JSON.parse(app.out)).toMatchObject({ id: '/postgres-replication' })
      expect((await run(['generate', '--stdout', 'pg_hba.conf'])).out).toMatch(
        /^# pg_hba\.conf of a replica node/,
      )
      const unknown = await run(['generate', '--stdout', 'marathn.json'])
      expect(unknown).toMatchObject({ code: 2, out: '' })
      expect(unknown.err).toMatch(
        /E_OUT_NONE: .*"marathn\.json"\n {2}hint: did you mean marathon\.json\? it prints/,
      )
      expect(await list()).toEqual(['replica.config.json'])
    })
  })

  test.each(['-', '/dev/stdout'])('--app %s: the app alone, the rest is written', async (app) => {
    await inFolder({ 'replica.config.json': '{}' }, async ({ run, list }) => {
      const { code, out, err } = await run(['generate', '--app', app])
      expect(code).toBe(0)
      expect(JSON.parse(out)).toMatchObject({ id: '/postgres-replication' })
      expect(err).toMatch(/into dist\/ and standard output\nwrote dist\//)
      expect(await list()).not.toContain('marathon.json')
    })
  })

  test('a model from standard input', async () => {
    await inFolder({}, async ({ dir }) => {
      const run = (input: string) =>
        execa(process.execPath, [`${repository}/build/bin/cli.js`, 'generate', '-', '--app', '-', '-q'], {
          cwd: dir,
          input,
          reject: false,
        })
      const good = await run('{"targets": {"marathon": {"id": "/piped"}}}')
      expect(JSON.parse(good.stdout)).toMatchObject({ id: '/piped' })
      const bad = await run('{"tsk": {}}')
      expect([bad.exitCode, bad.stdout]).toEqual([1, ''])
      expect(bad.stderr).toMatch(/^standard input:1:2 error E_MODEL_KEY: /)
    })
  })

  test('that has no room is no success', async () => {
    await inFolder({}, async ({ dir }) => {
      const command = `"$0" "$1" generate --embedded --stdout run_rep.sh >/dev/full`
      const cli = `${repository}/build/bin/cli.js`
      const { exitCode, stderr } = await execa('sh', ['-c', command, process.execPath, cli], {
        cwd: dir,
        reject: false,
      })
      expect([exitCode, stderr]).toEqual([1, expect.stringContaining('cannot write to standard output')])
    })
  })

  test.each([
    ['together with --json', ['generate', '--embedded', '--stdout', 'run_rep.sh', '--json']],
    ['together with --watch', ['generate', '--embedded', '--app', '-', '--watch']],
    ['for nothing', ['generate', '--embedded', '--stdout', '']],
    ['to be compared with', ['check', '--embedded', '--app', '-']],
  ])('%s: exit 2', async (_, args) => {
    await inFolder({}, async ({ run }) => {
      expect(await run(args)).toMatchObject({ code: 2, out: '' })
    })
  })
})

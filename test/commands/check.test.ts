import { rm } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { type Folder, hasTrace, inFolder } from './cli.js'

const generated = (test: (folder: Folder) => Promise<void>) =>
  inFolder({}, async (folder) => {
    expect((await folder.run(['generate', '--embedded', '-q'])).code).toBe(0)
    await test(folder)
  })

describe('check', () => {
  test('clean: exit 0, which model it is, and how many files were compared', async () => {
    await generated(async ({ run }) => {
      expect(await run(['check', '--embedded'])).toEqual({
        code: 0,
        out: 'nothing differs: 8 files\n',
        err: 'the embedded model: Marathon app /postgres-replication, master postgres01, in dist/ and marathon.json\n',
      })
      expect(await run(['check', '--embedded', '--quiet'])).toEqual({ code: 0, out: '', err: '' })
    })
  })

  test('edited lines: exit 3, the line, both texts, and the step or the file that it is of', async () => {
    await generated(async ({ run, read, write }) => {
      const script = await read('dist/run_rep.sh')
      const edited = script
        .replace('\nlog() {\n', '\nlog() {\n  :\n')
        .replace('step_clone() {\n', 'step_clone() {\n  echo mine\n')
      await write('dist/run_rep.sh', edited)
      const line = edited.split('\n').indexOf('  echo mine') + 1
      const { code, out, err } = await run(['check', '--embedded'])
      expect([code, out]).toEqual([3, ''])
      expect(err).toMatch(/^dist\/run_rep\.sh:\d+ \(templates\/run_rep\/lib\/log\.sh\)$/m)
      expect(err).toContain(`dist/run_rep.sh:${line} (step clone)\n  -   echo mine\n`)
      expect(err).toContain('run generate')
    })
  })

  test('a missing file, a cut one, and an app that was edited', async () => {
    await generated(async ({ dir, run, read, write }) => {
      await rm(join(dir, 'dist/conf/pg_hba.conf'))
      await write('dist/conf/postgresql.conf', (await read('dist/conf/postgresql.conf')).trimEnd())
      await write('marathon.json', (await read('marathon.json')).replace('"cpus": 0.5', '"cpus": 4'))
      const { code, err } = await run(['check', '--embedded'])
      expect(code).toBe(3)
      expect(err).toContain('dist/conf/pg_hba.conf: missing')
      expect(err).toMatch(/dist\/conf\/postgresql\.conf:\d+\n {2}- .* \(no line break at the end\)\n/)
      expect(err).toContain('  -   "cpus": 4,\n  +   "cpus": 0.5,\n')
    })
  })

  test('--json: each place is a finding', async () => {
    await generated(async ({ run, read, write }) => {
      await write(
        'dist/run_rep.sh',
        (await read('dist/run_rep.sh')).replace('step_serve() {\n', 'step_serve() {\n  :\n'),
      )
      const { code, out, err } = await run(['check', '--embedded', '--json', '--quiet'])
      expect([code, err]).toEqual([3, ''])
      expect(JSON.parse(out)).toMatchObject([
        {
          code: 'E_DRIFT',
          message: expect.stringContaining('(step serve)'),
          place: { file: 'dist/run_rep.sh' },
        },
      ])
    })
  })

  test('an annotation for each file that differs, however many places it has', async () => {
    await generated(async ({ run, read, write }) => {
      const text = await read('dist/run_rep.sh')
      await write('dist/run_rep.sh', text.replace('step_serve() {\n', 'step_serve() {\n  :\n').concat(':\n'))
      const { code, out } = await run(['check', '--embedded', '--github', '--quiet'])
      expect(code).toBe(3)
      expect(out.match(/^::error .*$/gm)).toEqual([
        expect.stringMatching(/^::error file=dist\/run_rep\.sh,line=\d+,.*gives \(step serve\), in 2 places/),
      ])
    })
  })

  test('what an edited file holds does not reach the terminal', async () => {
    await generated(async ({ run, write }) => {
      await write('dist/conf/pg_hba.conf', '\u001b[2Jmine\u0007\n')
      const { err } = await run(['check', '--embedded'])
      expect(err).toContain('  - ·[2Jmine·\n')
      expect(err).not.toContain('\u001b')
    })
  })

  test('a directory in the place of a file: exit 1, words, no stack trace', async () => {
    await inFolder({ 'dist/run_rep.sh/x': '' }, async ({ run }) => {
      const outcome = await run(['check', '--embedded'])
      expect(outcome.code).toBe(1)
      expect(outcome.err).toContain('E_READ: cannot read dist/run_rep.sh')
      expect(hasTrace(outcome)).toBe(false)
    })
  })

  test('a refused model: exit 1 before anything is compared', async () => {
    await inFolder({ 'replica.config.json': '{"nope": 1}' }, async ({ run }) => {
      const { code, err } = await run(['check'])
      expect(code).toBe(1)
      expect(err).toContain('E_MODEL_KEY')
      expect(err).not.toContain('missing')
    })
  })
})

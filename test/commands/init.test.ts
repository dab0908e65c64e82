import { describe, expect, test } from 'vitest'
import { hasTrace, inFolder } from './cli.js'
import { onTerminal } from './terminal.js'

describe('init without a terminal', () => {
  test('and without an answer is an error of usage that says so, and no waiting', async () => {
    await inFolder({}, async ({ run, list }) => {
      const { code, out, err } = await run(['init'])
      expect([code, out]).toEqual([2, ''])
      expect(err).toMatch(/asks its questions on a terminal, and this is none: say --yes/)
      expect(await list()).toEqual([])
    })
  })

  test('takes options, and what it writes generates at once, with no word of warning', async () => {
    await inFolder({}, async ({ run, read, list }) => {
      const args = [
        '--master',
        'pg1.db,pg2.db',
        '--major',
        '16',
        '--target',
        'systemd,kubernetes',
        '--name',
        'shop',
      ]
      const { code, out, err } = await run(['init', ...args])
      expect([code, err]).toEqual([0, ''])
      expect(out).toMatch(/^wrote replica\.config\.ts, package\.json\n/)
      expect(out).toContain('systemctl enable --now shop@5433')
      expect(out).not.toContain('npm install')
      expect(await list()).toEqual(['package.json', 'replica.config.ts'])
      expect(await read('replica.config.ts')).toContain("hosts: ['pg1.db', 'pg2.db']")
      const generated = await run(['generate'])
      expect(generated.code, generated.err).toBe(0)
      expect(generated.err).not.toMatch(/\b(warning|error)\b/)
      expect(await list()).toContain('dist/shop@.service')
    })
  })

  test('writes JSON with --json, into a directory that is not there yet', async () => {
    await inFolder({}, async ({ run, read, list }) => {
      expect((await run(['init', '--yes', '--json', 'new/project'])).code).toBe(0)
      expect(await list()).toEqual(['new/project/package.json', 'new/project/replica.config.json'])
      expect(JSON.parse(await read('new/project/replica.config.json'))).toMatchObject({
        $schema: expect.stringMatching(/schema\.json$/),
        master: { hosts: ['postgres01'] },
      })
    })
  })

  test.each([
    ['replica.config.ts', 'export default {}\n', 'exists already'],
    ['replica.config.mts', 'export default {}\n', 'exists already'],
    ['package.json', 'no JSON', 'is not a JSON object'],
  ])('refuses beside %s (%j), names it, and writes nothing', async (name, text, words) => {
    await inFolder({ [`sub/${name}`]: text }, async ({ run, read, list }) => {
      const outcome = await run(['init', '--yes', 'sub'])
      expect(outcome.code).toBe(1)
      expect(outcome.err).toContain(`sub/${name} ${words}`)
      expect(hasTrace(outcome)).toBe(false)
      expect(await list()).toEqual([`sub/${name}`])
      expect(await read(`sub/${name}`)).toBe(text)
    })
  })

  test.each([
    [['--tls', 'verify-fulll'], /--tls "verify-fulll": expected one of require/],
    [['--major', '9'], /--major "9": expected one of 10/],
    [['--target', 'nomad'], /--target "nomad": expected one or several of marathon/],
    [['--publish', ''], /--publish is empty|Marathon fetches/],
  ])('%j is an error of usage', async (args, words) => {
    await inFolder({}, async ({ run, list }) => {
      const { code, err } = await run(['init', '--target', 'marathon', ...args])
      expect(code).toBe(2)
      expect(err).toMatch(words)
      expect(await list()).toEqual([])
    })
  })
})

test('init writes nothing that generate would refuse', async () => {
  await inFolder({}, async ({ run, list }) => {
    const { code, err } = await run(['init', '--yes', '--volume', '1GiB'])
    expect(code).toBe(1)
    expect(err).toMatch(/E_TASK_DISK[\s\S]*task\.volume holds 1024 MiB[\s\S]*Nothing was written\.\n$/)
    expect(await list()).toEqual([])
  })
})

describe('init on a terminal', () => {
  test('asks, asks again where an answer will not do, and writes what was answered', async () => {
    await inFolder({}, async ({ dir, read }) => {
      const { code, out } = await onTerminal(
        dir,
        ['init'],
        [
          [/Host of the master.*\[postgres01\]: /, 'pg1.db, pg2.db\r'],
          [/Role that replicates.*\[replicator\]: /, '\r'],
          [/which \[require\]: /, '2\r'],
          [/major on the master.*\[18\]: /, '9\r'],
          [/"9" is not valid: expected one of 10[\s\S]*\[18\]: /, '16\r'],
          [/which \[marathon\]: /, '2 kubernetes\r'],
        ],
      )
      expect(code, out).toBe(0)
      const text = await read('replica.config.ts')
      expect(text).toContain("hosts: ['pg1.db', 'pg2.db']")
      expect(text).toContain("mode: 'verify-full'")
      expect(text).toContain('majors: [16]')
      expect(text).toMatch(/systemd: .*\n.*kubernetes: /)
      // Nobody fetches anything with these two.
      expect(out).not.toMatch(/URL where you serve/)
    })
  })

  test('asks only what no option says', async () => {
    await inFolder({}, async ({ dir, read }) => {
      const args = [
        'init',
        '--master',
        'pg1',
        '--role',
        'rep',
        '--tls',
        'require',
        '--major',
        '15',
        '--target',
        'marathon',
      ]
      const { code, out } = await onTerminal(dir, args, [[/URL where you serve.*: /, 'http://web7/pg\r']])
      expect(code, out).toBe(0)
      expect(out).not.toMatch(/Host of the master|which \[/)
      expect(await read('replica.config.ts')).toContain("publish: 'http://web7/pg'")
    })
  })

  test.each([
    ['Ctrl-C', '\x03', 130],
    ['Ctrl-D', '\x04', 1],
  ])('%s leaves nothing behind', async (_title, key, expected) => {
    await inFolder({}, async ({ dir, list }) => {
      const { code, out } = await onTerminal(
        dir,
        ['init', 'sub'],
        [
          [/Host of the master.*: /, 'pg1\r'],
          [/Role that replicates.*: /, key],
        ],
      )
      expect(code, out).toBe(expected)
      expect(out).toContain('Nothing was written.')
      expect(await list()).toEqual([])
    })
  })

  test('says before the first question that a file stands in the way', async () => {
    await inFolder({ 'replica.config.json': '{}' }, async ({ dir }) => {
      const { code, out } = await onTerminal(dir, ['init'], [])
      expect(code).toBe(1)
      expect(out).toMatch(/replica\.config\.json exists already/)
      expect(out).not.toMatch(/Host of the master/)
    })
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { tryModel } from '../../generator/compile/compile.js'
import { completeAnswers, questions, type TargetName, targetNames } from '../../generator/init/answers.js'
import { makeModel } from '../../generator/init/model.js'
import { printNextSteps } from '../../generator/init/next-steps.js'
import { addScripts, makePackage } from '../../generator/init/package-json.js'
import { type Directory, planFiles } from '../../generator/init/plan.js'
import { printJson, printTypeScript } from '../../generator/init/print.js'
import { loadModel } from '../../generator/load/load.js'

const nothing: Directory = {
  configurations: [],
  packageJson: undefined,
  ignores: undefined,
  needsIgnores: false,
}

const combinations = Array.from({ length: 2 ** targetNames.length - 1 }, (_, bits): TargetName[] =>
  targetNames.filter((_name, index) => ((bits + 1) >> index) & 1),
)

describe('a first configuration', () => {
  test.each(combinations.map((target) => [target.join(', '), target] as const))(
    'for %s compiles without an error or a warning, with either way of TLS',
    (_title, target) => {
      for (const tls of ['require', 'verify-full'] as const) {
        const major = tls === 'require' ? 13 : 18
        const answers = completeAnswers({ target, tls, major, master: ['pg1.db', 'pg2.db:5433'] })
        expect(tryModel(makeModel(answers)).diagnostics).toEqual([])
      }
    },
  )

  test('keeps its data or not, as --volume says', () => {
    const answers = completeAnswers({ volume: '100GiB', name: 'shop' })
    expect(tryModel(makeModel(answers)).diagnostics).toEqual([])
    expect(makeModel(answers).task).toEqual({ cpus: 1, mem: 2048, instances: 1, volume: '100GiB' })
  })

  test.each(['disable', 'prefer'] as const)(
    'with TLS as %s compiles, and a warning says what that costs',
    (tls) => {
      const { diagnostics } = tryModel(makeModel(completeAnswers({ tls, master: ['pg1.db'] })))
      expect(diagnostics.map(({ code }) => code)).toEqual(['W_MASTER_TLS'])
    },
  )

  test('before 13 asks for no protection that libpq lacks', () => {
    const { diagnostics } = tryModel(makeModel(completeAnswers({ tls: 'require', major: 12 })))
    expect(diagnostics.filter(({ code }) => code.startsWith('E_'))).toEqual([])
  })
})

describe('its text', () => {
  let dir: string
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), 'init-'))
  })
  afterAll(() => rmSync(dir, { recursive: true }))

  const load = async (name: string, text: string) => {
    writeFileSync(join(dir, name), text)
    const { value, diagnostics } = await loadModel(join(dir, name))
    expect(diagnostics).toEqual([])
    return value
  }

  test('is the model, as TypeScript and as JSON, whatever its names hold', async () => {
    const answers = completeAnswers({
      role: `o'ne "two" \\three`,
      target: [...targetNames],
      tls: 'verify-full',
      publish: undefined,
    })
    const model = makeModel(answers)
    expect(await load('replica.config.ts', printTypeScript(answers))).toEqual(model)
    expect(await load('replica.config.json', printJson(answers))).toMatchObject(model)
  })

  test('has the lines that come next as comments, which compile when they are switched on', async () => {
    const text = printTypeScript(completeAnswers({}))
      .replace('// settings:', 'settings:')
      .replace('// access:', 'access:')
      .replace('{ defineReplica }', '{ allow, defineReplica }')
    expect(await load('more.config.ts', text)).toMatchObject({
      postgresql: { settings: { max_connections: 200 } },
      access: [{}],
    })
    for (const line of text.split('\n')) expect(line.length, line).toBeLessThanOrEqual(120)
  })
})

describe('package.json', () => {
  test('where there is none is private', () => {
    expect(JSON.parse(makePackage().text)).toEqual({
      private: true,
      type: 'module',
      scripts: {
        generate: 'postgres-rep-marathon generate',
        check: 'postgres-rep-marathon check',
        diff: 'postgres-rep-marathon diff',
      },
    })
  })

  test.each([
    [
      'tabs and no line break at its end',
      '{\n\t"name": "shop",\n\t"scripts": {\n\t\t"test": "x"\n\t},\n\t"z": 1\n}',
    ],
    ['four blanks', '{\n    "name": "shop",\n    "scripts": {\n        "test": "x"\n    },\n    "z": 1\n}\n'],
    [
      'line ends of Windows',
      '{\r\n  "name": "shop",\r\n  "scripts": {\r\n    "test": "x"\r\n  },\r\n  "z": 1\r\n}\r\n',
    ],
    ['no scripts', '{\n  "name": "shop",\n  "z": [1, 2]\n}\n'],
    ['a byte order mark', '\uFEFF{\n  "name": "shop"\n}\n'],
  ])('with %s keeps all that it has, and how it is written', (_title, text) => {
    const { text: edited = '', names } = addScripts(text) ?? {}
    expect(names).toEqual(['generate', 'check', 'diff'])
    const [before, after] = [text, edited].map((one) => JSON.parse(one.replace(/^\uFEFF/, '')))
    expect(after).toEqual({
      ...before,
      scripts: { ...before.scripts, ...JSON.parse(makePackage().text).scripts },
    })
    expect(Object.keys(after).filter((key) => key in before)).toEqual(Object.keys(before))
    expect(edited.endsWith('\n')).toBe(text.endsWith('\n'))
    expect(edited.includes('\r\n')).toBe(text.includes('\r\n'))
    expect(edited.replaceAll('\r\n', '').includes('\r')).toBe(false)
    const indent = /\n([ \t]+)/.exec(text)?.[1] ?? ''
    expect(edited).toMatch(new RegExp(`\n${indent}"scripts"`))
    expect(edited).toMatch(new RegExp(`\n${indent}${indent}"check"`))
    expect(addScripts(edited)?.text, 'a second time').toBe(edited)
  })

  test('with a script of that name keeps it, and ours has another', () => {
    const { text = '', names } = addScripts('{"scripts": {"generate": "their own"}}') ?? {}
    expect(names).toEqual(['replica:generate', 'check', 'diff'])
    expect(JSON.parse(text).scripts).toMatchObject({
      generate: 'their own',
      'replica:generate': 'postgres-rep-marathon generate',
    })
  })

  test.each(['', 'no JSON', '[]', '{"scripts": []}', '{"a": 1,}'])('%j is left alone', (text) => {
    const answers = completeAnswers({})
    expect(addScripts(text)).toBeUndefined()
    expect(planFiles(answers, { ...nothing, packageJson: text }, 'ts').kind).toBe('refused')
  })
})

describe('the plan', () => {
  const filesOf = (directory: Partial<Directory>, known = {}) => {
    const plan = planFiles(completeAnswers(known), { ...nothing, ...directory }, 'ts')
    return plan.kind === 'files' ? Object.keys(plan.files) : plan.message
  }

  test('writes no .gitignore where git keeps nothing, or leaves node_modules out already', () => {
    expect(filesOf({})).toEqual(['replica.config.ts', 'package.json'])
    expect(filesOf({ ignores: 'node_modules/\n', needsIgnores: false })).not.toContain('.gitignore')
  })

  test('keeps node_modules, and the password beside compose.yaml, out of git', () => {
    const plan = planFiles(
      completeAnswers({ target: ['compose'] }),
      { ...nothing, ignores: 'dist', needsIgnores: true },
      'ts',
    )
    expect(plan).toMatchObject({ files: { '.gitignore': 'dist\nnode_modules/\n*.password\n' } })
  })

  test('refuses beside a configuration of any name', () => {
    expect(filesOf({ configurations: ['replica.config.mts'] })).toMatch(
      /^replica\.config\.mts exists already/,
    )
  })

  test('leaves a package.json that has the scripts as it is', () => {
    expect(filesOf({ packageJson: makePackage().text })).toEqual(['replica.config.ts'])
  })
})

describe('the next steps', () => {
  test.each(targetNames)('for %s are five commands, with the names of the answers', (target) => {
    for (const tls of ['require', 'verify-full'] as const) {
      const answers = completeAnswers({
        target: [target],
        tls,
        master: ['pg1.db:5433'],
        name: 'shop',
        role: 'Rep',
      })
      const text = printNextSteps(answers, {
        directory: '.',
        isInstalled: true,
        env: { RUN_USER: 'postgres', CONFIG_URL: 'http://web01/postgres/conf' },
      })
      const numbers = [...text.matchAll(/^ {2}(\d)\. /gm)].map(([, number]) => number)
      expect(numbers).toEqual(['1', '2', '3', '4', '5'])
      expect(text).toContain(
        `psql -X -h pg1.db -p 5433 -U postgres -d postgres -f dist/master.sql -c '\\password "Rep"'`,
      )
      expect(text).toMatch(
        /^ {2}RUN_USER=postgres CONFIG_URL="file:\/\/\$PWD\/conf" .*PGDATA_DIR=\/var\/lib\/shop .* sh run_rep\.sh$/m,
      )
      if (target === 'systemd') expect(text).toContain('systemctl enable --now shop@5433')
      if (target === 'kubernetes') expect(text).toContain('statefulset/shop')
    }
  })

  test.each([
    ['pg1.db', '-h pg1.db'],
    ['127.0.0.1:26543', '-h 127.0.0.1 -p 26543'],
    ['[fd00::1]:5433', '-h fd00::1 -p 5433'],
    ['fd00::1', '-h fd00::1'],
  ])('lead psql to %s', (host, words) => {
    const answers = completeAnswers({ master: [host, 'pg2.db:6432'] })
    const text = printNextSteps(answers, { directory: '.', isInstalled: true, env: { RUN_USER: 'postgres' } })
    expect(text).toContain(`psql -X ${words} -U postgres`)
  })

  test('begin in the directory, by an installation where there is none', () => {
    const text = printNextSteps(completeAnswers({}), { directory: 'my project', isInstalled: false, env: {} })
    expect(text).toMatch(/^First:\n {2}cd 'my project'\n {2}npm install --save-dev postgres-rep-marathon\n/)
  })
})

test.each(questions.map((one) => [one.key, one] as const))('the usual answer for %s is one', (_key, one) => {
  const known = completeAnswers({})
  expect(one.parse(one.usual(known))).toHaveProperty('value')
  for (const [word] of one.choices ?? []) expect(one.parse(word)).toHaveProperty('value')
})

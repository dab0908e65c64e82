import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, describe, expect, test } from 'vitest'
import { createProgram } from '../generator/commands/program.js'
import { codes } from '../generator/diagnostics/codes.js'
import { supervisorWords } from '../generator/model/contract/supervisor.js'
import { builtinVariables } from '../generator/model/contract/variables.js'
import { failures } from '../generator/model/exits.js'
import { fillPage, findBlock, listBlocks, listKeys, rehearsed, sections } from './readme.js'
import { judgeFence, judgeModels, listModels } from './readme-code.js'
import {
  isExternal,
  judgeLink,
  listAnchors,
  listFences,
  listLinks,
  type Page,
  proseOf,
  readPages,
} from './readme-pages.js'

const root = fileURLToPath(new URL('..', import.meta.url))
if (process.env.UPDATE_README === '1')
  for (const page of readPages()) writeFileSync(join(root, page.path), fillPage(page))

// Where links to elsewhere lead. Nobody asks them: a test that does fails when somebody else's server does.
const external = [
  'https://cloudnative-pg.io/',
  'https://keepachangelog.com/en/1.1.0/',
  'https://patroni.readthedocs.io/',
  'https://semver.org/spec/v2.0.0.html',
  'https://www.repmgr.org/',
]

const pages = readPages()
const perPage = pages.map((page) => [page.path, page] as const)
const dir = mkdtempSync(join(tmpdir(), 'readme-'))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

// UPDATE_README=1 prints the blocks anew.
test.each(Object.entries(sections))('one page has the block %s, as it is in generator/', (name, print) => {
  expect(findBlock(pages, name).body).toBe(print())
})

test.each(Object.entries(rehearsed))('one page has the lines %s, and %s uses them', (name, file) => {
  expect(findBlock(pages, name).body).toMatch(/^```(?:sh|text)\n/)
  expect(readFileSync(join(root, file), 'utf8')).toContain(`linesOf('${name}')`)
})

test('generator/README.md has a section on each command', () => {
  const page = pages.find(({ path }) => path === 'generator/README.md') ?? { path: '', text: '' }
  const names = createProgram(() => {}).commands.map((command) => command.name())
  expect(names.filter((name) => !listAnchors(page).has(name))).toEqual([])
})

test('no page has blocks of another name', () => {
  const names = pages.flatMap((page) => listBlocks(page).map(({ name }) => name))
  expect(names.sort()).toEqual([...Object.keys(sections), ...Object.keys(rehearsed)].sort())
})

describe('blocks', () => {
  const page = (text: string): Page => ({ path: 'x.md', text })
  const empty = Object.keys(sections)
    .map((name) => `before\n<!-- begin ${name} -->\n| old |\n<!-- end ${name} -->\nafter\n`)
    .join('')

  test('are printed between their markers, and nothing changes the second time', () => {
    const filled = fillPage(page(empty))
    expect(filled.match(/^(before|after)$/gm)).toHaveLength(2 * Object.keys(sections).length)
    expect(filled).not.toContain('| old |')
    expect(fillPage(page(filled))).toBe(filled)
  })

  test('of others are left as they are', () => {
    const text = '<!-- begin mine -->\nwords\n<!-- end mine -->\n'
    expect(fillPage(page(text))).toBe(text)
  })

  test('without a partner, missing or there twice are told', () => {
    expect(() => listBlocks(page(empty.replace('<!-- end exits -->\n', '')))).toThrow('exits')
    expect(() => findBlock([page('')], 'exits')).toThrow('no page')
    expect(() => findBlock([page(empty), page(empty)], 'exits')).toThrow('2 times')
  })
})

describe('links', () => {
  test.each(perPage)('of %s lead somewhere', (_, page) => {
    const faults = listLinks(page).flatMap((target) => {
      const fault = judgeLink(page, target, pages)
      return fault === undefined ? [] : [`${target} ${fault}`]
    })
    expect(faults).toEqual([])
  })

  test('to elsewhere are these', () => {
    const found = pages.flatMap((page) => listLinks(page).filter(isExternal))
    expect([...new Set(found)].sort()).toEqual(external)
  })

  test('lead from README.md to every other page of a room', () => {
    const reached = new Set(['README.md'])
    for (const path of reached) {
      const page = pages.find((one) => one.path === path)
      for (const target of page === undefined ? [] : listLinks(page).filter((one) => !isExternal(one)))
        reached.add(join(path, '..', target.split('#')[0] || path.split('/').at(-1) || ''))
    }
    expect(
      pages.map(({ path }) => path).filter((path) => !reached.has(path) && path !== 'CHANGELOG.md'),
    ).toEqual([])
  })

  const lying = (text: string): Page => ({ path: 'README.md', text })
  test.each([
    ['[x](nowhere.md)', 'no such file'],
    ['[x](generator/Cli.ts)', 'no such file'],
    ['[x](../elsewhere)', 'out of the repository'],
    ['[x](build/index.js)', 'not in the repository'],
    ['[x](#nothing)', 'no such heading'],
    ['[x](LICENSE#y)', 'only a Markdown file'],
    ['[x](http://example.org)', 'not https'],
    ['[x](https://)', 'no URL'],
    ['![x](nowhere.svg)', 'no such file'],
    ['[x]: nowhere.md', 'no such file'],
    ['<img src="nowhere.svg">', 'no such file'],
  ])('as in %s are told', (text, fault) => {
    const page = lying(text)
    expect(listLinks(page).map((target) => judgeLink(page, target, pages) ?? '')).toEqual([
      expect.stringContaining(fault),
    ])
  })

  test('and headings in code are none', () => {
    const page = lying('```sh\n# heading\n[x](nowhere)\n```\nand `[x](nowhere)`\n<!-- [x](nowhere) -->\n')
    expect([...listLinks(page), ...listAnchors(page)]).toEqual([])
  })

  test.each([
    ['## Which master it follows', 'which-master-it-follows'],
    ['## `ready`, and *health*!', 'ready-and-health'],
    ['## It says "Waiting": what\'s that?', 'it-says-waiting-whats-that'],
    ['## A – dash, a_b and C++', 'a--dash-a_b-and-c'],
    ['## Über [links](https://example.org) ##', 'über-links'],
  ])('to %s are by GitHub’s rules', (heading, anchor) => {
    expect([...listAnchors(lying(heading))]).toEqual([anchor])
  })

  test('to the second heading of the same words have a number', () => {
    expect([...listAnchors(lying('# Same\n## Same\n### Same\n'))]).toEqual(['same', 'same-1', 'same-2'])
  })
})

describe('examples', () => {
  const shown = pages.flatMap((page) =>
    listFences(page)
      .filter(({ language }) => language === 'ts')
      .flatMap(({ code }) => listModels(code).map((text) => ({ where: page.path, text }))),
  )
  // The same one may stand on several pages.
  const models = [...new Map(shown.map((model) => [model.text, model])).values()]

  test('in TypeScript compile, that of README.md with each of the targets that it names', async () => {
    const readme = pages.find(({ path }) => path === 'README.md') ?? { path: '', text: '' }
    const [main] = models.filter(({ where }) => where === readme.path)
    const targets = [...readme.text.matchAll(/`targets: ({ .+? })`/g)].map(([, target = '']) => target)
    expect(targets).toHaveLength(3)
    const others = targets.map((target) => ({
      where: `README.md, ${target}`,
      text: main?.text.replace(/targets: {.*},\n/, `targets: ${target},\n`) ?? '',
    }))
    const all = [...models, ...others]
    const judged = await judgeModels(
      all.map(({ text }) => text),
      join(dir, 'models'),
    )
    const faults = judged.map((found, index) => ({ where: all[index]?.where, found }))
    expect(faults.filter(({ found }) => found.length > 0)).toEqual([])
  })

  test.each(perPage)('of %s can be read', async (path, page) => {
    const faults: string[] = []
    for (const [index, fence] of listFences(page).entries()) {
      const found = await judgeFence(fence, join(dir, `${path.replaceAll('/', '-')}-${index}`))
      faults.push(...found.map((fault) => `${fence.language}: ${fault}\n${fence.code}`))
    }
    expect(faults).toEqual([])
  })

  test.each([
    ['js', 'const = 1\n'],
    ['sh', 'if true\n'],
    ['yaml', 'a: [1\n'],
    ['brainfuck', '+\n'],
    ['', 'anything\n'],
  ])('in %s that are wrong are found', async (language, code) => {
    expect(await judgeFence({ language, code }, join(dir, 'wrong'))).not.toEqual([])
  })

  test('in TypeScript that are wrong are found', async () => {
    const wrong = ['tusk: {},\n', "task: { mem: 'much' },\n", 'run: { masterWait: -1 },\n']
    const judged = await judgeModels(wrong.flatMap(listModels), join(dir, 'wrong'))
    expect(judged.filter((found) => found.length === 0)).toEqual([])
    expect(() => listModels('hello\n')).toThrow('neither')
  })
})

describe('words in code', () => {
  const keys = new Set(
    listKeys().flatMap(({ path }) =>
      path.split('.').map((_, index, parts) => parts.slice(0, index + 1).join('.')),
    ),
  )
  const roots = new Set([...keys].map((path) => path.split(/[.[]/)[0]))
  const wordsOf = (page: Page) =>
    [...proseOf(page).matchAll(/(?<!`)`([^`\n]+)`(?!`)/g)].map(([, word = '']) => word)

  test.each(perPage)('of %s that look like keys of the model are keys', (_, page) => {
    const found = wordsOf(page).flatMap((word) => /^([a-z]+(?:\.[A-Za-z]+)+)(?=$|:|\[)/.exec(word)?.[1] ?? [])
    // A file's name may begin as a key does.
    const named = found.filter((path) => !/\.(?:conf|done|sql|ts)$/.test(path))
    expect(named.filter((path) => roots.has(path.split('.')[0]) && !keys.has(path))).toEqual([])
  })

  // What else is written in capitals.
  const others = [
    ...'ERROR INFO NAME PGDATA PGPASSWORD PG_VERSION POSIX REINDEX SHA256SUMS UNIQUE WARN'.split(' '),
    ...'BROWSER_SHOTS FORCE_COLOR NODE_EXTRA_CA_CERTS NO_COLOR REPLICA_CONFIG_TIMEOUT'.split(' '),
  ]
  const known = new Set([
    ...Object.keys(codes),
    ...failures.map(({ id }) => id),
    ...builtinVariables.map(({ name }) => name),
    ...supervisorWords.flatMap(({ variables }) => variables.map(({ name }) => name)),
    ...others,
  ])

  test.each(perPage)('of %s that look like failures, findings or variables are those', (_, page) => {
    const found = wordsOf(page).filter((word) => /^[A-Z][A-Z0-9_]{3,}$/.test(word))
    expect(found.filter((word) => !known.has(word))).toEqual([])
  })

  test('that stand for fields of the status are its fields, all of them', () => {
    const { text = '' } = pages.find(({ path }) => path === 'templates/run_rep/README.md') ?? {}
    const printer = readFileSync(join(root, 'templates/run_rep/lib/state-print.sh'), 'utf8')
    const body = /^write_json\(\) \{\n([\s\S]*?)^\}/m.exec(printer)?.[1] ?? ''
    // What an object holds is said where the object is.
    const outer = body.replace(/(add_object \w+\n)[\s\S]*?end_object/g, '$1')
    const fields = [...outer.matchAll(/add_(?:text|number|object) (\w+)/g)].map(([, name = '']) => name)
    const table = text.split('\n\n').find((block) => block.startsWith('| Field |')) ?? ''
    const told = table.split('\n').flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`(\w+)`/g)])
    expect(told.map(([, name]) => name).sort()).toEqual(fields.sort())
  })

  test('that name a state in a rule of Prometheus name one of the script', () => {
    const { text = '' } = pages.find(({ path }) => path === 'templates/operate/monitoring.md') ?? {}
    const script = readFileSync(join(root, 'dist/run_rep.sh'), 'utf8')
    const states = [...text.matchAll(/state=~?"([a-z_|]+)"/g)].flatMap(([, names = '']) => names.split('|'))
    expect(states).not.toEqual([])
    const isState = (name: string) =>
      new RegExp(`(?:change_state|note_phase|state_kind=) ?${name}\\b`).test(script)
    expect(states.filter((name) => !isState(name))).toEqual([])
  })

  test('that name a sample of Prometheus name one that is printed', () => {
    const text = readFileSync(join(root, 'templates/run_rep/lib/state-print.sh'), 'utf8')
    const printed = [...text.matchAll(/add_(?:sample|megabytes) (\w+) '/g)].map(
      ([, name]) => `run_rep_${name}`,
    )
    const named = pages.flatMap(({ text: all }) => all.match(/\brun_rep_\w+(?=[{) `]|$)/gm) ?? [])
    expect(printed.length).toBeGreaterThan(10)
    expect([...new Set(named)].filter((name) => !printed.includes(name))).toEqual([])
  })
})

test('what troubleshooting.md quotes of the script is what the script says', () => {
  const { text = '' } = pages.find(({ path }) => path === 'templates/operate/troubleshooting.md') ?? {}
  const script = readFileSync(join(root, 'dist/run_rep.sh'), 'utf8')
  const tables = text.split('\n\n').filter((block) => /^\| The (?:line|log) says/.test(block))
  const quoted = tables.flatMap((table) =>
    table.split('\n').flatMap((row) => [...(row.split(' | ')[0] ?? '').matchAll(/`([^`]+)`/g)]),
  )
  const parts = quoted.flatMap(([, words = '']) => words.split('…').map((part) => part.trim()))
  const long = parts.filter((part) => part.length > 5)
  expect(long.length).toBeGreaterThan(30)
  expect(long.filter((part) => !script.includes(part))).toEqual([])
})

test.each(perPage)('%s has lines that fit, but for tables, links and what is printed', (_, page) => {
  const ours = listBlocks(page).reduce((text, { body }) => text.replace(body, ''), page.text)
  const long = ours.split('\n').filter((line) => line.length > 120 && !/^ *\||\]\(|^```/.test(line))
  expect(long).toEqual([])
})

test.each(perPage)('%s has no line that begins as a list without being one', (_, page) => {
  const lines = proseOf(page).split('\n')
  const isItem = (line = '') => /^ *(?:\d+[.)]|[-+*]) /.test(line)
  const continues = (line = '') => line !== '' && !isItem(line) && !/^ |^\||^#/.test(line)
  expect(lines.filter((line, index) => isItem(line) && continues(lines[index - 1]))).toEqual([])
})

test('README.md is short', () => {
  expect(pages.find(({ path }) => path === 'README.md')?.text.split('\n').length).toBeLessThan(170)
})

describe('the keys of a model', () => {
  const keys = listKeys()
  const find = (path: string) => keys.find((key) => key.path === path)

  test('are found in groups, lists, alternatives and under names of the user', () => {
    expect(find('run.masterWait')).toMatchObject({ type: 'integer, 0 to 2592000', usual: '`600`' })
    expect(find('postgresql.majors')).toMatchObject({ type: 'list of 10 to 18' })
    expect(find('master.tls.rootCert')).toMatchObject({ type: 'string', usual: '' })
    expect(find('access[].from')).toMatchObject({ usual: 'required' })
    expect(find('env.NAME.min')).toMatchObject({ usual: 'required' })
    expect(find('steps[].file')).toMatchObject({ usual: 'required' })
    expect(find('task.health.interval')).toMatchObject({ usual: '`30`' })
    expect(new Set(keys.map(({ path }) => path)).size).toBe(keys.length)
  })

  test('each one says what it is', () => {
    const silent = keys.filter(({ doc }) => doc === '').map(({ path }) => path)
    expect(silent.filter((path) => !/^access\b/.test(path))).toEqual([])
  })
})

import { describe, expect, test } from 'vitest'
import type { z } from 'zod'
import { codeExamples } from '../../generator/compile/code-examples.js'
import { familyOf } from '../../generator/compile/code-families.js'
import { printDraft, tryModel } from '../../generator/compile/compile.js'
import { explainExit } from '../../generator/compile/explain-exit.js'
import { explainKey, whereOf } from '../../generator/compile/explain-key.js'
import { codes, nameGroups } from '../../generator/compile/explain-names.js'
import { aboutKey, exampleOfKey, findKeys, listModelKeys, typeOfKey } from '../../generator/compile/keys.js'
import { linkOfFailure, linkOfStep, linkOfVariable } from '../../generator/compile/links.js'
import { list } from '../../generator/compile/list.js'
import { allow, deny } from '../../generator/input/allow.js'
import { variable } from '../../generator/input/variable.js'
import { readTemplates } from '../../generator/load/templates.js'
import { builtinSteps } from '../../generator/model/builtin-steps.js'
import { builtinVariables } from '../../generator/model/contract/variables.js'
import { exitClasses, failures } from '../../generator/model/exits.js'
import { catalogue } from '../../generator/postgres/catalogue.js'
import { settingUrl } from '../../generator/postgres/pages.js'

const sources = { templates: readTemplates(), stepFiles: {}, docs: {} }

const world = {
  showPart: () => 'here',
  print: (value: object) => printDraft(value, sources),
  targets: ['marathon'],
  newest: 18,
}

const silent: string[] = []

describe('each key of the model', () => {
  test.each(listModelKeys())(
    '$name says what it is, what it takes, and shows a value that it takes',
    (key) => {
      expect(aboutKey(key), 'what it is').not.toBe('')
      expect(typeOfKey(key)).not.toMatch(/any value|^$/)
      const example = exampleOfKey(key)
      expect(example).toBeDefined()
      expect(key.schemas.some((schema) => (schema as z.ZodType).safeParse(example).success)).toBe(true)
      const text = explainKey(key.name, world) ?? ''
      for (const label of ['takes', 'default', 'majors', 'in the model', 'example', 'printed', 'see'])
        expect(text).toMatch(new RegExp(`^  ${label}  +\\S`, 'm'))
      expect(text).not.toMatch(/undefined|\[object/)
      if (/printed +nowhere/.test(text)) silent.push(key.name)
    },
  )

  test('is found by its path, its name of old, or its end', () => {
    const names = (text: string) => findKeys(text).map(({ name }) => name)
    expect(names('master.hosts')).toEqual(['master.hosts'])
    expect(names('hosts')).toEqual(['master.hosts'])
    expect(names('app.volume')).toEqual(['task.volume'])
    expect(names('app.id')).toEqual(['targets.marathon.id'])
    expect(names('access.0.from')).toEqual(['access.from'])
    expect(names('access[].from')).toEqual(['access.from'])
    expect(names('env.SHOP_CACHE.type')).toEqual(['env.NAME.type'])
    expect(names('postgresql.settings.work_mem')).toEqual(['postgresql.settings.NAME'])
    expect(names('no.such')).toEqual([])
    expect(names('')).toEqual([])
    expect(names('__proto__')).toEqual([])
  })

  test.each([
    ['master.hosts', /^marathon\.json: "POSTGRES_MASTER": "pg1\.db,pg2\.db:5433"/],
    ['run.durability', /^run_rep\.sh: durability=behind/],
    ['master.role', /^master\.sql: /],
    ['targets.systemd.restartSec', /^postgres-replica\.service: RestartSec=/],
    ['targets.kubernetes.namespace', /^kubernetes\.yaml: /],
    ['access', /^conf\/pg_hba\.conf: hostssl +shop/],
    ['postgresql.settings', /^conf\/postgresql\.conf: work_mem += '8MB'/],
    ['run.hotStandbyFeedback', /^run_rep\.sh: .*hot_standby_feedback/],
  ])('%s ends up in the printed files', (name, wanted) => {
    const [key] = findKeys(name)
    expect(key && whereOf(key, world)).toContainEqual(expect.stringMatching(wanted))
  })

  // What several keys say together, or only checks.
  test('is printed somewhere, but for those that the compiler alone reads', () => {
    expect(silent.sort()).toEqual(['accept', 'targets.marathon.release', 'task.preset'])
  })
})

describe('links', () => {
  const wellFormed =
    /^https:\/\/(www\.postgresql\.org\/docs\/(1[0-8]|current)\/[a-z-]+\.html(#[A-Z0-9-]+)?|pubs\.opengroup\.org\/onlinepubs\/9699919799\/[\w/.#-]+|mesosphere\.github\.io\/marathon\/docs\/[a-z-]+\.html|\S+)$/

  test('of each setting lead to the page of a major that has it', () => {
    for (const { name, kinds } of catalogue.values()) {
      for (const major of [10, 13, 17, 18]) {
        const [, shown = ''] = /docs\/(\d+)\//.exec(settingUrl(name, major)) ?? []
        expect(settingUrl(name, major)).toMatch(wellFormed)
        expect(Number(shown)).toBeGreaterThanOrEqual(kinds[0]?.since ?? 10)
        expect(Number(shown)).toBeLessThanOrEqual(kinds.at(-1)?.until ?? 18)
      }
    }
    expect(settingUrl('autovacuum', 18)).toContain('/18/runtime-config-vacuum.html#GUC-AUTOVACUUM')
    expect(settingUrl('autovacuum', 16)).toContain('/16/runtime-config-autovacuum.html#GUC-AUTOVACUUM')
    expect(settingUrl('TimeZone', 15)).toBe(
      'https://www.postgresql.org/docs/15/runtime-config-client.html#GUC-TIMEZONE',
    )
  })

  test('of all else are of known sites', () => {
    const all = [
      ...failures.map(({ id }) => linkOfFailure(id, 16)),
      ...builtinSteps.map(({ name }) => linkOfStep(name, 16)),
      ...builtinVariables.map(({ name }) => linkOfVariable(name, 16)),
      ...Object.keys(codes).map((code) => familyOf(code).link),
    ]
    for (const link of all)
      expect(link).toMatch(
        /^https:\/\/(www\.postgresql\.org\/docs\/\d+|pubs\.opengroup\.org|mesosphere\.github\.io\/marathon\/docs|www\.freedesktop\.org|docs\.docker\.com|hub\.docker\.com|kubernetes\.io|www\.typescriptlang\.org|www\.rfc-editor\.org)\//,
      )
  })
})

// An example that is a part of a model, by its keys; undefined of any other.
function readModel(code: string, text: string): object | undefined {
  let part: Record<string, unknown>
  try {
    part = new Function('allow', 'deny', 'variable', `return ({ ${text} })`)(allow, deny, variable)
  } catch {
    return undefined
  }
  const { majors = [16], settings = {}, ...rest } = part
  if (Object.keys(rest).some((key) => !parts.includes(key))) return undefined
  const own = /_(SYSTEMD|COMPOSE|KUBERNETES)_/.exec(code)?.[1]?.toLowerCase()
  const target = own ?? (/_(CONTAINER|IMAGE)_/.test(code) ? 'compose' : 'marathon')
  const targets = { [target]: target === 'marathon' ? { id: '/db/pg' } : {} }
  return { postgresql: { majors, settings }, targets, ...rest }
}

const parts = 'master run postgresql access task targets publish env restore clone rewind steps accept'.split(
  ' ',
)

describe('codes', () => {
  test('each has a paragraph and an example of its family, and examples are of codes that there are', () => {
    for (const code of Object.keys(codes)) expect(familyOf(code).prefix, code).not.toBe('')
    expect(Object.keys(codeExamples).filter((code) => !Object.hasOwn(codes, code))).toEqual([])
  })

  test('no two have one example, and of each that is a part of a model the wrong one brings it about, the right one not', () => {
    const exampleOf = (code: string) => codeExamples[code] ?? familyOf(code).example
    const shared = Object.keys(codes).filter((code, index, all) =>
      all.slice(0, index).some((other) => exampleOf(other).join() === exampleOf(code).join()),
    )
    expect(shared).toEqual([])

    const judged = Object.keys(codes).flatMap((code) => {
      const [wrong, right] = exampleOf(code).map((text) => readModel(code, text))
      // The type checker looks at the text of a configuration, not at what it gives.
      if (wrong === undefined || code === 'E_TYPE') return []
      const found: string[] = tryModel(wrong).diagnostics.map((one) => one.code)
      const after: string[] = right === undefined ? [] : tryModel(right).diagnostics.map((one) => one.code)
      return [[code, found.includes(code), after.includes(code)]]
    })
    expect(judged.filter(([, isFound, isLeft]) => !isFound || isLeft)).toEqual([])
    expect(judged.length).toBeGreaterThan(60)
  })
})

describe('exit codes', () => {
  test.each([
    ['0', /^exit code 0: success/],
    [
      '1',
      /^exit code 1: the answer is no, or PostgreSQL failed[\s\S]*exit code 1 of postgres-rep-marathon: refused/,
    ],
    ['3', /^exit code 3 of postgres-rep-marathon: a generated file/],
    ['137', /128 \+ 9 \(SIGKILL, signal 9\)[\s\S]*Out of memory/],
    ['139', /SIGSEGV/],
    ['143', /128 \+ 15 \(SIGTERM, signal 15\)[\s\S]*fast shutdown/],
    ['162', /128 \+ 34 \(signal 34\)/],
  ])('%s', (code, wanted) => {
    expect(explainExit(code)).toMatch(wanted)
    expect(explainExit(code)).toMatch(/\n {2}example +\S[\s\S]*\n {2}see +https:/)
  })

  test('each class, and no other number', () => {
    for (const { code } of exitClasses) expect(explainExit(String(code))).toMatch(/\n {2}why +\S/)
    for (const text of ['256', '-1', '99', '1.5', '', 'x', '0x1']) expect(explainExit(text)).toBeUndefined()
  })
})

test('no label runs into its text, however long it is', () => {
  for (const { names } of nameGroups())
    for (const name of names)
      expect(
        list([
          ['heading', 'x'],
          [name, 'text'],
        ]),
      ).toMatch(/\n {2}\S+ {2,}text$/)
})

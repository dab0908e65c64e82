import { mkdtempSync, realpathSync, rmSync, symlinkSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Built } from '../../generator/commands/build.js'
import { judgeOptions } from '../../generator/commands/options.js'
import { judgePlaces, placeFiles, placeOf } from '../../generator/commands/place-files.js'

describe('placeOf', () => {
  test.each([
    [undefined, undefined, {}, 'dist', 'marathon.json'],
    ['replica.config.ts', undefined, {}, 'dist', 'marathon.json'],
    ['./a//replica.config.ts', undefined, {}, 'a/dist', 'a/marathon.json'],
    ['../b.json', undefined, {}, '../dist', '../marathon.json'],
    ['/etc/r.ts', undefined, {}, '/etc/dist', '/etc/marathon.json'],
    ['a/r.ts', 'staging', {}, 'a/dist/staging', 'a/marathon.staging.json'],
    ['a/r.ts', undefined, { out: 'x', app: 'y.json' }, 'x', 'y.json'],
    ['a/r.ts', 'staging', { out: 'x' }, 'x/staging', 'a/marathon.staging.json'],
  ])('%j for %j, asked %j', (config, env, asked, out, app) => {
    expect(placeOf({ config, env }, asked)).toEqual({ out, app })
  })
})

describe('placeFiles', () => {
  const files = { 'marathon.json': 'm', 'conf/pg_hba.conf': 'h', 'run_rep.sh': 's' }
  test.each([
    ['dist', 'marathon.json', ['marathon.json', 'dist/conf/pg_hba.conf', 'dist/run_rep.sh']],
    ['./dist//', './apps/a.json', ['./apps/a.json', 'dist/conf/pg_hba.conf', 'dist/run_rep.sh']],
    ['.', 'a.json', ['a.json', 'conf/pg_hba.conf', 'run_rep.sh']],
    ['..', 'a', ['a', '../conf/pg_hba.conf', '../run_rep.sh']],
  ])('--out %s --app %s', (out, app, wanted) => {
    expect(Object.keys(placeFiles(files, { out, app }))).toEqual(wanted)
  })
})

describe('judgePlaces', () => {
  let dir = ''
  beforeEach(() => {
    dir = realpathSync(mkdtempSync(join(tmpdir(), 'places-')))
  })
  afterEach(() => rmSync(dir, { recursive: true, force: true }))
  const built = (config: string, dependencies: readonly string[] = []): Built => ({
    config,
    env: undefined,
    files: { 'marathon.json': '', 'run_rep.sh': '' },
    diagnostics: [],
    placeOf: () => undefined,
    dependencies,
    names: [],
  })
  const judge = (...all: (readonly [Built, { out: string; app: string }])[]) =>
    judgePlaces(all).map(({ code, message }) => `${code}: ${message}`)

  test('two configurations of one directory, also by the name of a link', () => {
    symlinkSync(dir, join(dir, 'link'))
    const place = (below: string) => ({
      out: join(dir, below, 'dist'),
      app: join(dir, below, 'marathon.json'),
    })
    const found = judge([built('a.ts'), place('')], [built('b.ts'), place('link')])
    expect(found).toEqual([`E_OUT_TWICE: a.ts and b.ts would both write ${join(dir, 'link/marathon.json')}`])
    expect(judge([built('a.ts'), place('a')], [built('b.ts'), place('b')])).toEqual([])
  })

  test.each([
    ['dist', 'dist/run_rep.sh', 'E_OUT_TWICE: --app dist/run_rep.sh is where another artefact goes, too'],
    ['', 'x/../run_rep.sh', 'E_OUT_TWICE: --app x/../run_rep.sh is where another artefact goes, too'],
    ['dist', './a.json', 'E_OUT_INPUT: ./a.json is a file of the model itself, and would be overwritten'],
    ['dist', 'dist/a.json', undefined],
    ['dist', '-', undefined],
  ])('--out %j --app %j', (out, app, wanted) => {
    expect(judge([built('a.json', [resolve('a.json')]), { out, app }])).toEqual(wanted ? [wanted] : [])
  })
})

describe('judgeOptions', () => {
  test.each([
    [[], {}, true],
    [['a.ts'], { out: 'x', app: 'y' }, true],
    [['a/r.ts', 'b/r.ts'], { env: ['staging'] }, true],
    [['a/r.ts', 'b/r.ts'], { out: 'x' }, false],
    [['a/r.ts', 'b/r.ts'], { app: 'x' }, false],
    [['a.ts'], { out: '' }, false],
    [['a.ts'], { app: '' }, false],
    [[''], {}, false],
    [['a.ts'], { env: [''] }, false],
    [['a.ts'], { embedded: true }, false],
    [[], { json: true, github: true }, false],
  ])('%j %j: %j', (configs, options, isGood) => {
    expect(judgeOptions(configs, options) === undefined).toBe(isGood)
  })
})

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { check } from '../../generator/commands/check.js'
import { generate } from '../../generator/commands/generate.js'
import { judgeFormat, report } from '../../generator/commands/report.js'
import { isWatched, withWaiting } from '../../generator/commands/waiting.js'

let dir = ''
let out = ''
let err = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'forms-'))
  out = ''
  err = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    out += String(text)
    return true
  })
  vi.spyOn(process.stderr, 'write').mockImplementation((text) => {
    err += String(text)
    return true
  })
})
afterEach(() => {
  vi.restoreAllMocks()
  rmSync(dir, { recursive: true, force: true })
})

const options = () => ({ out: join(dir, 'dist'), app: join(dir, 'marathon.json') })
const config = (model: object) => {
  const file = join(dir, 'replica.config.json')
  writeFileSync(file, JSON.stringify(model))
  return file
}

describe('--strict', () => {
  const warned = { targets: {} }

  test('writes nothing where there is a warning', async () => {
    const file = config(warned)
    expect(await generate([file], { ...options(), strict: true })).toBe(1)
    expect(err).toMatch(/W_TARGETS[\s\S]*nothing was written: --strict refuses warnings/)
    expect(await generate([file], options())).toBe(0)
    expect(await check([file], { ...options(), strict: true })).toBe(1)
    expect(await check([file], options())).toBe(0)
  })
})

describe('findings for a program', () => {
  const file = () => config({ task: { cpus: 'two', env: { API_TOKEN: 'hunter2-x' } } })

  test.each(['json', 'gitlab', 'sarif'] as const)('%s is all that is on standard output', async (format) => {
    expect(await generate([file()], { ...options(), format })).toBe(1)
    expect(JSON.stringify(JSON.parse(out))).toContain('E_MODEL')
    expect(err).toBe('')
  })

  test('name a file from the top of the repository, which CI says, or from here', async () => {
    const named = async (file: string, env: Readonly<Record<string, string>>) => {
      const found: string[] = []
      for (const name of ['GITHUB_WORKSPACE', 'CI_PROJECT_DIR']) vi.stubEnv(name, env[name])
      for (const format of ['github', 'gitlab', 'sarif'] as const) {
        out = ''
        await check([file], { ...options(), format })
        found.push(/file=([^,]*),|"path": "(.*)"|"uri": "(.*)"/.exec(out)?.slice(1).join('') ?? '')
      }
      vi.unstubAllEnvs()
      return found
    }
    const absolute = file()
    const above = join(dir, '..')
    const inside = [relative(above, absolute), relative(above, absolute), relative(above, absolute)]
    expect(await named(absolute, { GITHUB_WORKSPACE: above })).toEqual(inside)
    expect(await named(relative(process.cwd(), absolute), { CI_PROJECT_DIR: above })).toEqual(inside)
    // One that lies elsewhere is named as it is.
    expect(await named(absolute, {})).toEqual([absolute, absolute, `file://${absolute}`])
  })

  test('nothing found is an empty list, and an empty log', async () => {
    for (const format of ['json', 'gitlab', 'sarif', 'github'] as const) {
      out = ''
      report([], { format })
      if (format === 'github') expect(out).toBe('')
      else if (format === 'sarif') expect(JSON.parse(out).runs[0].results).toEqual([])
      else expect(JSON.parse(out)).toEqual([])
    }
  })

  test('short and long forms may say the same, and nothing else', () => {
    expect(judgeFormat({ format: 'json', json: true })).toBeUndefined()
    expect(judgeFormat({ format: 'sarif', json: true })).toMatch(/either/)
    expect(judgeFormat({ json: true, github: true })).toMatch(/either/)
  })
})

test('what differs is shown without a secret, on whichever line its name stands', async () => {
  const file = config({})
  await generate([file], options())
  out = err = ''
  writeFileSync(join(dir, 'dist/conf/postgresql.conf'), "primary_conninfo = 'host=a password=hunter2-y'\n")
  writeFileSync(join(dir, 'marathon.json'), '{\n  "env": {\n    "API_TOKEN":\n      "hunter2-z"\n  }\n}\n')
  expect(await check([file], options())).toBe(3)
  expect(err).toContain('password=***')
  expect(out + err).not.toMatch(/hunter2/)
})

describe('a line that moves', () => {
  test('is there for a person alone', () => {
    expect(isWatched({ isTTY: true }, {})).toBe(true)
    expect(isWatched({}, {})).toBe(false)
    expect(isWatched({ isTTY: true }, { CI: 'true' })).toBe(false)
    expect(isWatched({ isTTY: true }, { CI: 'false' })).toBe(true)
    expect(isWatched({ isTTY: true }, { TERM: 'dumb' })).toBe(false)
  })

  test('prints nothing in a pipe, and hands on what the work gives', async () => {
    expect(await withWaiting('working', async () => 5)).toBe(5)
    await expect(withWaiting('working', async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
    expect(out + err).toBe('')
  })
})

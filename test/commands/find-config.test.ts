import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { findConfigs, usualNames } from '../../generator/commands/find-config.js'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'find-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const lay = (...names: string[]) => {
  for (const name of names) writeFileSync(join(dir, name), '{}')
}
const find = (below = '') => findConfigs([], false, join(dir, below))
const fault = (below = '') => {
  const found = find(below)
  if (found.kind !== 'fault') throw new Error(found.configs.join())
  return found.fault
}

describe('findConfigs', () => {
  test.each(usualNames)('finds %s', (name) => {
    lay(name)
    expect(find()).toEqual({ kind: 'configs', configs: [join(dir, name)] })
  })

  test('takes those that are named, each once', () => {
    lay('replica.config.ts')
    const given = ['a.ts', './a.ts', 'b/../a.ts', 'b.json']
    expect(findConfigs(given, false, dir)).toMatchObject({ configs: ['b/../a.ts', 'b.json'] })
  })

  test('takes the embedded model only where it is asked for', () => {
    expect(findConfigs([], true, dir)).toEqual({ kind: 'configs', configs: [undefined] })
    const { code, message, hint } = fault()
    expect(code).toBe('E_CONFIG_NONE')
    for (const name of usualNames) expect(message).toContain(name)
    expect(hint).toMatch(/init .*--embedded/)
  })

  test('of several it names each', () => {
    lay('replica.config.ts', 'replica.config.json')
    expect(fault()).toMatchObject({
      code: 'E_CONFIG_SEVERAL',
      message:
        'there are several configurations in this directory: replica.config.ts and replica.config.json',
    })
  })

  test.each([
    'replica.config.js',
    'replica.config.yaml',
    'replica.conf.ts',
    'Replica.config.ts',
    'replica-config.ts',
    'replicas.config.ts',
    'replica.cofnig.ts',
    'replica.config.ts.txt',
    'replica.config',
  ])('%s looks like one, and is told', (name) => {
    lay(name, 'README.md', 'vite.config.ts', 'package.json')
    expect(fault().message).toMatch(new RegExp(`; ${name.replaceAll('.', '\\.')} is not taken$`))
  })

  test('one in a directory above or below is told', () => {
    mkdirSync(join(dir, 'a/b'), { recursive: true })
    mkdirSync(join(dir, 'node_modules'))
    lay('a/replica.config.ts', 'node_modules/replica.config.ts')
    expect(fault('a/b').hint).toContain(`there is ${join(dir, 'a/replica.config.ts')}; `)
    expect(fault().hint).toContain(`there is ${join(dir, 'a/replica.config.ts')}; `)
  })

  test('a link that leads nowhere is one: what is wrong with it is told when it is read', () => {
    symlinkSync('gone', join(dir, 'replica.config.ts'))
    expect(find()).toMatchObject({ configs: [join(dir, 'replica.config.ts')] })
  })
})

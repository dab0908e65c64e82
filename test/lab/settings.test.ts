import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { printConf } from '../../generator/compile/conf.js'
import {
  catalogue,
  cataloguedMajors,
  contextIn,
  kindIn,
  type SettingKind,
} from '../../generator/postgres/catalogue.js'
import { judgeCombinations } from '../../generator/postgres/combinations.js'
import { whereHeld } from '../../generator/postgres/held.js'
import { renamed } from '../../generator/postgres/history.js'
import { judgeSettings } from '../../generator/postgres/settings.js'
import { mergeSettings as mergeDefaults, type Settings } from '../../generator/postgres/settings-schema.js'
import { majors as knownMajors } from '../../generator/postgres/versions.js'
import { testWith } from '../pair/harness/capability.js'
import { become } from '../pair/harness/identity.js'
import { type Master, startMaster } from '../pair/harness/master.js'
import { makeNetwork } from '../pair/harness/network.js'
import { openSession, type Session } from '../pair/harness/query.js'
import { openSpace, type Space } from '../pair/harness/space.js'
import { refusedCases } from '../postgres/combinations.js'
import { readTemplate } from '../postgres/server.js'
import {
  completeWords,
  hiddenWords,
  mergeSettings,
  ofBuild,
  ofDebian,
  printCatalogue,
  readFiles,
  readSettings,
  type ServerSettings,
  takes,
  writeFiles,
} from './catalogue.js'
import { hostsOf } from './cell.js'
import { defaultsFile, printDefaults } from './defaults.js'
import { type LabHost, openHost, partsOf } from './host.js'

const servers: ServerSettings[] = []

// npm run settings, or a matrix with that group: all; within npm test the oldest.
const groups = process.env.MATRIX_GROUPS?.split(' ')
const isWhole = (groups ?? process.env.MATRIX_PART?.split(' '))?.includes('settings') ?? false
const all = knownMajors.filter((major) => major >= 10)
const majors = isWhole ? all : groups ? [] : [10]

describe.each(majors)('settings of %s', (major) => {
  const { master: options } = hostsOf({ major })
  const needs = [{ lab: partsOf(options) }]
  let space: Space
  let host: LabHost
  let master: Master
  let session: Session
  beforeAll(async () => {
    space = openSpace()
    const { master: net } = await makeNetwork(space)
    host = await openHost(space, net, options)
    master = await startMaster(space, { host, major })
    session = await openSession(master.port)
  })
  afterAll(async () => {
    await session?.close()
    await space?.close()
  })

  testWith(needs, 'are read', async () => {
    const found = await readSettings(session, major)
    servers.push(found)
    if (process.env.UPDATE_SETTINGS) return
    const ours = [...catalogue.values()].filter((known) => kindIn(known, major) !== undefined)
    const theirs = new Set(found.rows.map(({ name }) => name))
    expect(ours.map(({ name }) => name).filter((name) => !theirs.has(name) && !ofDebian.has(name))).toEqual(
      [],
    )
    for (const { name, kind, context } of found.rows) {
      const known = catalogue.get(name.toLowerCase())
      expect({ name, context: contextIn(name, major) }).toEqual({ name, context })
      const { since, until, ...own } = (known && kindIn(known, major)) ?? {}
      if (!kind.isFixed) expect({ name, ...own }).toEqual({ name, ...completeWords(name, kind) })
    }
  })

  testWith(needs, 'are judged as the server does', async () => {
    const wrong: string[] = []
    let asked = 0
    for (const [name, value] of examples(major)) {
      const theirs = await takes(session, name, value)
      if (theirs === undefined) continue
      asked += 1
      const errors = judgeSettings({ [name]: value }, [major]).filter(({ code }) => code.startsWith('E_'))
      const isOurs = errors.length === 0
      if (isOurs !== theirs && !(isOurs && asks(name, value))) {
        wrong.push(`${name} = ${value}: ${theirs ? 'taken' : 'refused'} by ${major}`)
      }
    }
    await session.sql('ALTER SYSTEM RESET ALL')
    expect(wrong).toEqual([])
    expect(asked).toBeGreaterThan(1_000)
    console.log(`PostgreSQL ${major}: ${asked} values of settings judged as it does`)
  })

  testWith(needs, 'the printed file starts it, with all of them', async () => {
    const rows = await session.sql(`SELECT name, boot_val FROM pg_settings WHERE boot_val IS NOT NULL
      AND context <> 'internal' AND name NOT LIKE '%.%'`)
    await session.sql('ALTER SYSTEM RESET ALL')
    await session.close()
    await master.stop()
    const all = Object.fromEntries(
      rows
        .map(({ name, boot_val }) => [String(name), String(boot_val)] as const)
        // Empty, lc_messages is a default that a file may not repeat.
        .filter(([name]) => isOpen(name) && !isFixed(name, major) && name !== 'lc_messages'),
    )
    for (const settings of [{}, all]) {
      expect(
        judgeSettings(mergeDefaults(settings, 512), [major]).filter(
          ({ code }) => code !== 'W_SETTING_LOCALE',
        ),
      ).toEqual([])
      await startWith(master, settings)
    }
  })

  // It is a master here, which may do without walsenders.
  const combinations = refusedCases.filter(
    ({ since = 0, until = 99, bad }) => since <= major && major <= until && bad.max_wal_senders !== 0,
  )
  testWith(needs, 'what does not go together does not start it', async () => {
    for (const { bad, good } of combinations) {
      expect(judgeCombinations(bad, [major]).map(({ code }) => code)).toEqual(['E_SETTING_CONFLICT'])
      writeConf(master, bad)
      const words = [...host.words, ...become(host.user), `/usr/lib/postgresql/${major}/bin/postgres`]
      const { failed, exitCode, stderr } = await execa(
        words[0] ?? '',
        [...words.slice(1), '-D', master.dataDir],
        { cwd: '/', stdin: 'ignore', reject: false, timeout: 60_000 },
      )
      expect([failed, exitCode], stderr).toEqual([true, 1])
      expect(stderr).toMatch(/FATAL|must be less than/)
      expect(judgeCombinations(good, [major])).toEqual([])
      await startWith(master, good)
    }
  })
})

/** Every setting of that major, and some of others, with values in and out of its bounds. */
function examples(major: number): [name: string, value: string][] {
  const names = [...catalogue.values()].map(({ name }) => name)
  return [...names, ...renamed.keys(), 'nonsense'].filter(isOpen).flatMap((name) => {
    const known = catalogue.get(renamed.get(name)?.to ?? name.toLowerCase())
    const kind = known && kindIn(known, major)
    return valuesOf(kind).map((value): [string, string] => [name, value])
  })
}

const usual = '1 on nonsense -1 0.4 1e3 8MB 8mb 2min 3s 0x10 010 5us 64B 1.5GB 1TB .5 +7'.split(' ')

function valuesOf(kind: SettingKind | undefined): string[] {
  switch (kind?.type) {
    case 'bool':
      return ['on', 'FALSE', 'tr', 'o', 'of', '1', '2', 'nonsense', '']
    case 'enum':
      return [...kind.words, ...hiddenWords, 'ON', 'nonsense', '']
    case 'integer':
    case 'real':
      return [...[kind.min, kind.max, kind.min - 1, kind.max + 1].map(String), ...usual, ' 70 ', '8 MB', '']
    case 'string':
      return []
    default:
      return ['']
  }
}

function isOpen(name: string): boolean {
  return whereHeld(name) === undefined
}

function isFixed(name: string, major: number): boolean {
  const known = catalogue.get(name.toLowerCase())
  return (known && kindIn(known, major)?.isFixed) ?? false
}

// What the machine, the build or another setting has a say in: there the server may refuse what the judge takes.
const askers = new Set(
  'max_stack_depth bonjour autovacuum_max_workers max_connections max_wal_senders max_worker_processes'.split(
    ' ',
  ),
)

function asks(name: string, value: string): boolean {
  return askers.has(name) || (ofBuild[name]?.includes(value) ?? false)
}

function writeConf(master: Master, settings: Settings): void {
  const text = printConf(readTemplate('postgresql.conf.hbs'), settings, 512)
  writeFileSync(join(master.dataDir, 'postgresql.conf'), text)
}

async function startWith(master: Master, settings: Settings): Promise<void> {
  writeConf(master, settings)
  await master.start()
  const lines = await master.sql('SELECT lower(name) AS name FROM pg_file_settings')
  const read = new Set(lines.map(({ name }) => name))
  expect(Object.keys(settings).filter((name) => !read.has(name.toLowerCase()))).toEqual([])
  await master.stop()
}

if (isWhole)
  test('the catalogue is what the servers say', () => {
    const found = mergeSettings(servers)
    const defaults = printDefaults(servers)
    if (process.env.UPDATE_SETTINGS) {
      writeFiles(found)
      writeFileSync(defaultsFile, defaults)
    }
    expect(readFiles().data).toBe(printCatalogue(found))
    expect(readFileSync(defaultsFile, 'utf8')).toBe(defaults)
    expect(servers.map(({ major }) => major)).toEqual(cataloguedMajors)
  })

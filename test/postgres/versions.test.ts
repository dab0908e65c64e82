import { describe, expect, test } from 'vitest'
import { whereHeld } from '../../generator/postgres/held.js'
import { findVersionRule, majorOf, versionRules } from '../../generator/postgres/versions.js'
import { type Cluster, findServer, startCluster } from './server.js'

describe('majorOf', () => {
  test.each([
    [90_624, 9.6],
    [100_023, 10],
    [190_000, 19],
  ])('%i is of %d', (number, major) => {
    expect(majorOf(number)).toBe(major)
  })

  test("is the inverse of each rule's first number", () => {
    for (const rule of versionRules) {
      expect(majorOf(rule.firstNumber)).toBe(rule.major)
      expect(majorOf(rule.firstNumber + 99)).toBe(rule.major)
    }
  })
})

describe('versionRules', () => {
  test.each([
    [9.3, 'recovery.conf', 'pg_xlog', 3, false],
    [11, 'recovery.conf', 'pg_wal', 4, false],
    [12, 'standby.signal', 'pg_wal', 5, false],
    [13, 'standby.signal', 'pg_wal', 5, true],
  ])('%d: %s, %s, %i parity settings, manifest %s', (major, marker, wal, parity, manifest) => {
    const rule = findVersionRule(major)
    expect(rule).toMatchObject({ standbyMarker: marker, walDirectory: wal, hasManifest: manifest })
    expect(rule?.parity).toHaveLength(parity)
  })

  test('only 12 to 15 have a promote trigger to switch off', () => {
    const having = versionRules.filter(({ held }) => held.some(({ name }) => name === 'promote_trigger_file'))
    expect(having.map(({ major }) => major)).toEqual([12, 13, 14, 15])
  })

  test('before 12 no recovery setting is given on the command line', () => {
    const names = versionRules
      .filter(({ major }) => major < 12)
      .flatMap(({ held }) => held.map(({ name }) => name))
    expect(names.filter((name) => /recovery|restore|cleanup|trigger/.test(name))).toEqual([])
  })

  test('what the command line holds, a model must not set', () => {
    const names = versionRules.flatMap(({ held }) => held.map(({ name }) => name))
    expect(names.filter((name) => whereHeld(name) === undefined)).toEqual([])
  })

  test('a major that is not known has no rule', () => {
    expect(findVersionRule(8.4)).toBeUndefined()
  })
})

const bin = findServer()

describe.skipIf(bin === undefined)('a real server', () => {
  test('its held switches beat the worst postgresql.auto.conf', async () => {
    const cluster: Cluster = await startCluster(bin ?? '')
    try {
      const major = Number(cluster.run('postgres', ['-V']).match(/\) (\d+)/)?.[1])
      const held = findVersionRule(major)?.held ?? []
      const worst: Record<string, string> = {
        hot_standby: 'off',
        archive_mode: 'always',
        logging_collector: 'off',
        log_file_mode: '0666',
        log_rotation_age: '1d',
        log_truncate_on_rotation: 'on',
        wal_receiver_create_temp_slot: 'on',
        recovery_target: 'immediate',
        recovery_target_action: 'promote',
        recovery_target_timeline: 'current',
        recovery_target_time: '2001-01-01 00:00:00+00',
        recovery_target_lsn: '0/1',
        recovery_target_xid: '7',
        log_destination: 'csvlog',
        primary_slot_name: 'gone',
        unix_socket_group: 'nobody-has-it',
        unix_socket_permissions: '0777',
        recovery_min_apply_delay: '1h',
      }
      const lines = held.map(({ name }) => `${name} = '${worst[name] ?? '/tmp/x'}'`)
      // The server itself lets only one target stand, so each is tried alone.
      const isTarget = (line: string) => /^recovery_target(_time|_lsn|_xid|_name)? =/.test(line)
      const switches = held.flatMap(({ name, value }) => ['-c', `${name}=${value}`])
      for (const [index, target] of lines.filter(isTarget).entries()) {
        const others = lines.filter((line) => !isTarget(line))
        cluster.write('postgresql.auto.conf', `${[...others, target].join('\n')}\n`)
        const [name = ''] = target.split(' ')
        expect(read(cluster, [], name)).not.toBe('')
        const asked = index === 0 ? held : held.filter((setting) => setting.name === name)
        for (const { name: setting, value } of asked)
          expect([setting, readAs(value, read(cluster, switches, setting))]).toEqual([setting, value])
      }
      expect(held.length).toBeGreaterThan(10)
    } finally {
      await cluster.stop()
    }
  })
})

// -C prints a mode of files in decimal.
function readAs(value: string, shown: string): string {
  return /^0\d+$/.test(value) ? `0${Number(shown).toString(8)}` : shown
}

function read(cluster: Cluster, switches: readonly string[], name: string): string {
  return cluster.run('postgres', ['-D', cluster.data, ...switches, '-C', name]).trim()
}

import { describe, expect, test } from 'vitest'
import { findLibpqWord, libpqWords } from '../../generator/postgres/libpq.js'

describe('findLibpqWord', () => {
  test.each<[string, string, number | undefined, boolean | undefined]>([
    ['channel_binding', 'require', 13, true],
    ['channel_binding', 'prefer', 13, false],
    ['require_auth', 'scram-sha-256', 16, true],
    ['require_auth', '!oauth', 18, true],
    ['require_auth', 'gss,oauth,md5', 18, true],
    ['sslrootcert', 'system', 16, true],
    ['sslrootcert', '/system', undefined, undefined],
    ['sslnegotiation', 'postgres', 17, false],
    ['tcp_user_timeout', '10000', 12, false],
    ['keepalives_idle', '30', undefined, undefined],
  ])('%s=%s', (keyword, value, since, protects) => {
    expect(findLibpqWord(keyword, value)?.since).toBe(since)
    expect(findLibpqWord(keyword, value)?.protects).toBe(protects)
  })

  test('each line can be found', () => {
    for (const word of libpqWords) {
      expect(findLibpqWord(word.keyword, word.value.replaceAll('*', ''))).toBe(word)
    }
  })
})

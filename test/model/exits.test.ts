import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { exitClasses, failures, personalExits } from '../../generator/model/exits.js'

test('each failure has an id of its own, words of its own, and a class', () => {
  expect(new Set(failures.map(({ id }) => id)).size).toBe(failures.length)
  expect(new Set(failures.map(({ means }) => means)).size).toBe(failures.length)
  for (const { id, code, means, advice, data } of failures) {
    expect(id).toMatch(/^[A-Z][A-Z_]*$/)
    expect(exitClasses.map((item) => item.code)).toContain(code)
    // The script knows the path only where these very words stand.
    if (/replica\.old/.test(advice) && id !== 'DATA_FOREIGN')
      expect(advice).toContain('run "mv replica replica.old" in PGDATA_DIR')
    // They are put into sentences: "what to do: …".
    for (const text of [means, advice, data]) expect(text).toMatch(/^\S.*[^.\s]$/)
  }
})

test('each class is used, and they are sysexits in their order', () => {
  const codes = exitClasses.map(({ code }) => code)
  expect(codes.filter((code) => !failures.some((failure) => failure.code === code))).toEqual([])
  expect(codes).toEqual([...codes].sort((a, b) => a - b))
  expect(codes.every((code) => code >= 64 && code <= 78)).toBe(true)
})

test('what only a person can mend is what the script tells slowly', () => {
  const pattern = readFileSync('templates/run_rep/lib/log.sh', 'utf8').match(
    /^ {4}(\d+(?: \| \d+)*)\)$/m,
  )?.[1]
  expect(pattern?.split(' | ').map(Number)).toEqual(personalExits)
})

import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { parseShell } from '../../generator/shell/parse.js'
import { bare, lit, literalOf, programOf } from '../../generator/shell/words.js'
import { coreShells, requireCapability, type Shell, shells } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'words-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

// Bytes as Latin-1 where a shell keeps bytes; text as UTF-8 where it keeps characters.
function printInShell({ argv, eightBit }: Shell, words: readonly string[]): string[] {
  const encoding = eightBit ? 'latin1' : 'utf8'
  const file = join(folder, 'script')
  writeFileSync(file, words.map((word) => `printf '%s\\000' ${word}\n`).join(''), encoding)
  const [command, ...args] = argv
  const { stdout, stderr } = spawnSync(command, [...args, file], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: process.env.PATH, LC_ALL: eightBit ? 'C' : 'C.UTF-8' },
  })
  expect(stderr.toString()).toBe('')
  return stdout.toString(encoding).split('\0').slice(0, -1)
}

const hostile = [
  "'",
  "''",
  "a'b'c",
  '\\',
  '\n',
  ' ',
  '',
  '$(id)',
  '`id`',
  '"',
  '!x',
  '-n',
  '*',
  '~',
  '#',
  '{{x}}',
]
const byteText = fc
  .uint8Array({ min: 1, maxLength: 40 })
  .map((bytes) => Buffer.from(bytes).toString('latin1'))
const unicodeText = fc
  .string({ unit: 'binary', maxLength: 30 })
  .map((text) => text.replaceAll(/[\0\uD800-\uDFFF]/g, ''))

test.for(shells)('lit and bare are byte-exact in $name', (shell, context) => {
  if (!coreShells.includes(shell) && !shell.available) context.skip(`NOT RUN: ${shell.name} is missing`)
  requireCapability(shell.available, shell.name, context)
  const texts = fc.array(shell.eightBit ? byteText : unicodeText, { minLength: 20, maxLength: 60 })
  fc.assert(
    fc.property(texts, (random) => {
      const values = [...hostile, ...random]
      expect(printInShell(shell, values.map(lit))).toEqual(values)
      expect(printInShell(shell, values.map(bare))).toEqual(values)
    }),
    { numRuns: 4 },
  )
})

test('every quoted word is one literal word to the parser', () => {
  fc.assert(
    fc.property(unicodeText, fc.constantFrom(lit, bare), (value, quote) => {
      const [command] = parseShell(`x ${quote(value)}`).all('Command')
      const [word, more] = command?.node.args ?? []
      expect(more).toBeUndefined()
      expect(word?.type === 'Word' ? literalOf(word) : undefined).toBe(value)
    }),
  )
})

test('NUL cannot be a word', () => {
  expect(() => lit('a\0b')).toThrow(TypeError)
  expect(() => bare('\0')).toThrow(TypeError)
})

test('bare leaves plain words and quotes the others', () => {
  const plain = ['web01', '/a/b-c', 'a@b:1,%+']
  expect(plain.map(bare)).toEqual(plain)
  const others = ['-n', '', 'if', '~x', 'a=b', 'a b', '{', 'é']
  expect(others.map(bare)).toEqual(others.map(lit))
})

test('literalOf and programOf', () => {
  const literals = `a 'b c' "d"e \\f "$g" h* ~ ~/i {j,k}`
  const programs = `"$dir"/psql "$dir/psql" "\${dir}/psql" "$1"/psql "$dir"/a/b "$dir/psql"x $dir/psql`
  const words = parseShell(`x ${literals} ${programs}`)
    .all('Command')[0]
    ?.node.args.flatMap((argument) => (argument.type === 'Word' ? [argument] : []))
  expect(words?.slice(0, 9).map(literalOf)).toEqual(['a', 'b c', 'de', 'f', ...Array(5).fill(undefined)])
  const psql = { dir: 'dir', name: 'psql' }
  expect(words?.slice(9).map(programOf)).toEqual([psql, psql, psql, ...Array(4).fill(undefined)])
})

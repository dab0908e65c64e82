import { execFileSync } from 'node:child_process'
import {
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  readSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
  writeSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { readIfThere, writeFiles } from '../generator/write.js'
import { writeStream } from '../generator/write-stream.js'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'write-'))
})
afterEach(() => rmSync(dir, { recursive: true, force: true }))
const at = (name: string) => join(dir, name)

describe('writeFiles', () => {
  test('makes directories, writes, and names what changed', () => {
    writeFileSync(at('b'), 'same')
    expect(writeFiles({ [at('x/y/a')]: 'new', [at('b')]: 'same' })).toEqual([at('x/y/a')])
    expect(readFileSync(at('x/y/a'), 'utf8')).toBe('new')
    expect(readdirSync(dir, { recursive: true }).sort()).toEqual(['b', 'x', 'x/y', 'x/y/a'])
  })

  test('an unchanged file keeps its time stamp', () => {
    writeFileSync(at('a'), 'same')
    utimesSync(at('a'), 1, 1)
    writeFiles({ [at('a')]: 'same' })
    expect(statSync(at('a')).mtimeMs).toBe(1000)
  })

  test('a changed file keeps its mode', () => {
    writeFileSync(at('a'), 'old')
    chmodSync(at('a'), 0o755)
    writeFiles({ [at('a')]: 'new' })
    expect(statSync(at('a')).mode & 0o777).toBe(0o755)
  })

  test('a symbolic link stays one', () => {
    mkdirSync(at('real'))
    writeFileSync(at('real/a'), 'old')
    symlinkSync('real/a', at('a'))
    writeFiles({ [at('a')]: 'new' })
    expect(lstatSync(at('a')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('real/a'), 'utf8')).toBe('new')
  })

  test('a symbolic link that leads nowhere yet is written through, also from another directory', () => {
    mkdirSync(at('real'))
    mkdirSync(at('deep/er'), { recursive: true })
    symlinkSync(at('deep/er'), at('short'))
    symlinkSync('../../real/a', at('deep/er/a'))
    writeFiles({ [at('short/a')]: 'new' })
    expect(lstatSync(at('deep/er/a')).isSymbolicLink()).toBe(true)
    expect(readFileSync(at('real/a'), 'utf8')).toBe('new')
    symlinkSync('round', at('round'))
    expect(() => writeFiles({ [at('round')]: 'x' })).toThrow(/lead in a circle/)
  })

  test('two names of one file: nothing is written', () => {
    writeFileSync(at('a'), 'old')
    symlinkSync('a', at('b'))
    expect(() => writeFiles({ [at('a')]: 'one', [at('b')]: 'two' })).toThrow(/is the same file as/)
    expect(readFileSync(at('a'), 'utf8')).toBe('old')
  })

  test('a device stays one, a FIFO that nobody reads is an error and no wait', () => {
    execFileSync('mkfifo', [at('fifo')])
    expect(writeFiles({ '/dev/null': 'text' })).toEqual(['/dev/null'])
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true)
    expect(() => writeFiles({ [at('a')]: 'a', [at('fifo')]: 'b' })).toThrow(/fifo: nobody reads from it/)
    expect(readdirSync(dir)).toEqual(['fifo'])
    expect(() => writeFiles({ [at('a')]: 'a', '/dev/full': 'b' })).toThrow(/full: no space is left/)
    expect(readdirSync(dir)).toEqual(['fifo'])
  })

  test('a FIFO with a reader, and a file that is open, get the text', () => {
    execFileSync('mkfifo', [at('fifo')])
    const reader = openSync(at('fifo'), constants.O_RDONLY | constants.O_NONBLOCK)
    const file = openSync(at('log'), 'a+')
    try {
      writeSync(file, 'before\n')
      writeFiles({ [at('fifo')]: 'text', [`/dev/fd/${file}`]: 'more\n' })
      expect(lstatSync(at('fifo')).isFIFO()).toBe(true)
      const bytes = Buffer.alloc(10)
      expect(bytes.toString('utf8', 0, readSync(reader, bytes))).toBe('text')
      // It is the file that was open: not another one by its name, and not from its start.
      expect(fstatSync(file).ino).toBe(statSync(at('log')).ino)
      expect(readFileSync(at('log'), 'utf8')).toBe('before\nmore\n')
    } finally {
      closeSync(reader)
      closeSync(file)
    }
  })

  test('a reader that takes nothing is given up', () => {
    execFileSync('mkfifo', [at('fifo')])
    const reader = openSync(at('fifo'), constants.O_RDONLY | constants.O_NONBLOCK)
    try {
      expect(() => writeStream(at('fifo'), 'x'.repeat(1 << 20), 100)).toThrow('takes nothing')
    } finally {
      closeSync(reader)
    }
  })

  test('a directory in the place of one file: no file is written, no directory stays', () => {
    mkdirSync(at('taken'))
    expect(() => writeFiles({ [at('new/a')]: 'a', [at('taken')]: 'b' })).toThrow(
      /taken: .*not a regular file/,
    )
    expect(readdirSync(dir)).toEqual(['taken'])
  })

  test('a file in the place of a directory', () => {
    writeFileSync(at('a'), 'old')
    const files = { [at('new/x')]: 'x', [at('b')]: 'b', [at('a/b')]: 'c' }
    expect(() => writeFiles(files)).toThrow(`cannot read ${at('a/b')}: a file is in the place of a directory`)
    expect(readdirSync(dir)).toEqual(['a'])
  })

  test('what cannot be made: what was made for it goes, what was there stays', () => {
    writeFileSync(at('old'), 'old')
    const files = { [at('old')]: 'new', [at('new/deep/a')]: 'a', '/proc/none/b': 'b' }
    expect(() => writeFiles(files)).toThrow(/cannot write \/proc\/none\/b: /)
    expect(readdirSync(dir)).toEqual(['old'])
    expect(readFileSync(at('old'), 'utf8')).toBe('old')
  })

  test('a name that is long enough for a file and too long for its temporary name', () => {
    writeFileSync(at('a'), 'old')
    const files = { [at('a')]: 'new', [at('b')]: 'b', [at('n'.repeat(250))]: 'c' }
    expect(() => writeFiles(files)).toThrow(/the name is too long/)
    expect(readdirSync(dir)).toEqual(['a'])
    expect(readFileSync(at('a'), 'utf8')).toBe('old')
  })

  test('a rename that fails brings back what was replaced before, byte by byte', () => {
    const bytes = Buffer.of(0xff, 0, 0x0a)
    writeFileSync(at('a'), bytes)
    // `x` becomes a directory for `x/y`, and so cannot be replaced by a file.
    expect(() => writeFiles({ [at('a')]: 'new', [at('x/y')]: 'y', [at('x')]: 'x' })).toThrow(
      `cannot write ${at('x')}: a directory is in its place`,
    )
    expect(readdirSync(dir)).toEqual(['a'])
    expect(readFileSync(at('a'))).toEqual(bytes)
  })
})

describe('readIfThere', () => {
  test('a file, and none', () => {
    writeFileSync(at('a'), 'text')
    expect(readIfThere(at('a'))).toBe('text')
    expect(readIfThere(at('b'))).toBeUndefined()
    expect(readIfThere(at('no/b'))).toBeUndefined()
  })

  test('what is no file is no silence', () => {
    expect(() => readIfThere(dir)).toThrow('not a regular file')
    expect(() => readIfThere('/dev/null')).toThrow('not a regular file')
  })
})

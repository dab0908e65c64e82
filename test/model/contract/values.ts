import fc from 'fast-check'
import type { ContractType } from '../../../generator/model/contract/types.js'

/** Strings near the border between good and bad: mutated examples, addresses, lengths at the limits, noise. */
export function nearlyValid(type: ContractType): fc.Arbitrary<string> {
  const host = fc.oneof(address6(), address4())
  const wrapped = fc.tuple(host, fc.constantFrom('', ':5432', ':0', ':', ':1:')).map(([h, port]) => h + port)
  return fc
    .oneof(
      { weight: 6, arbitrary: mutated([...type.good, ...type.bad]) },
      { weight: 2, arbitrary: wrapped },
      { weight: 1, arbitrary: wrapped.map((h) => `http://${h}/`) },
      { weight: 1, arbitrary: stretched() },
      { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
      { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...fragments), maxLength: 12 }) },
    )
    .map((value) => value.replaceAll('\0', ''))
}

/** Bytes that need not be UTF-8. Short, since each counts twice in the string that stands for it. */
export function nearlyValidBytes(type: ContractType): fc.Arbitrary<Uint8Array> {
  const short = [...type.good, ...type.bad].filter((value) => /^[\x20-\x7e]{0,20}$/.test(value))
  const byte = fc.oneof(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 128, max: 255 }))
  return fc
    .tuple(fc.constantFrom(...short), fc.array(fc.tuple(fc.nat(20), byte), { maxLength: 4 }))
    .map(([seed, insertions]) => {
      const bytes = [...Buffer.from(seed)]
      for (const [at, inserted] of insertions) bytes.splice(at % (bytes.length + 1), 0, inserted)
      return Uint8Array.from(bytes)
    })
}

const fragments = [
  ...':.,[]-_/%@?#$`\'"\\!*(){}|&;<>~=+ 019afgzAFGZ',
  ...['\n', '\t', '\r', '\x01', '\x1f', '\x7f', '\u0080', 'é', '€', '😀'],
  ...['::', '..', '1.2.3.4', '%2f', '://', 'root', '65535', '00'],
]

type Edit = 'insert' | 'delete' | 'replace' | 'repeat'

function mutated(seeds: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.tuple(
    fc.constantFrom<Edit>('insert', 'delete', 'replace', 'repeat'),
    fc.nat(2000),
    fc.constantFrom(...fragments),
  )
  return fc.tuple(fc.constantFrom(...seeds), fc.array(edit, { maxLength: 3 })).map(([seed, edits]) => {
    // By code point: half of a surrogate pair is no text and has no bytes.
    const characters = [...seed]
    for (const [kind, where, text] of edits) {
      const at = where % (characters.length + 1)
      if (kind === 'insert') characters.splice(at, 0, ...text)
      if (kind === 'delete') characters.splice(at, 1)
      if (kind === 'replace') characters.splice(at, 1, ...text)
      if (kind === 'repeat') characters.splice(at, 0, ...characters.slice(at))
    }
    return characters.join('')
  })
}

function stretched(): fc.Arbitrary<string> {
  const unit = fc.constantFrom('a', 'é', 'a.', '/a', 'a,', 'é/', '9', 'a'.repeat(62))
  const limit = fc.constantFrom(4, 9, 16, 31, 32, 63, 126, 253, 500, 512, 1000, 1024)
  return fc
    .tuple(unit, limit, fc.integer({ min: -1, max: 1 }), fc.constantFrom('', '/', 'b', '$'))
    .map(([text, count, offset, end]) => text.repeat(Math.min(count + offset, 2000 / text.length)) + end)
}

function address4(): fc.Arbitrary<string> {
  const part = fc.oneof(
    { weight: 6, arbitrary: fc.integer({ min: 0, max: 255 }).map(String) },
    { weight: 1, arbitrary: fc.constantFrom('256', '00', '01', '', '1000') },
  )
  return fc
    .oneof(
      { weight: 5, arbitrary: fc.tuple(part, part, part, part) },
      { weight: 1, arbitrary: fc.array(part, { maxLength: 6 }) },
    )
    .map((parts) => parts.join('.'))
}

function address6(): fc.Arbitrary<string> {
  const group = fc.oneof(
    { weight: 12, arbitrary: fc.string({ unit: fc.constantFrom(...'019afAF'), minLength: 1, maxLength: 4 }) },
    { weight: 1, arbitrary: fc.constantFrom('', '12345', 'g') },
  )
  const side = fc.array(group, { maxLength: 5 }).map((groups) => groups.join(':'))
  const whole = fc.array(group, { minLength: 6, maxLength: 9 }).map((groups) => groups.join(':'))
  const tail = fc.oneof(
    { weight: 3, arbitrary: fc.constant('') },
    address4().map((address) => `:${address}`),
  )
  const bare = fc
    .oneof(
      fc.tuple(side, side).map(([a, b]) => `${a}::${b}`),
      whole,
    )
    .chain((groups) => tail.map((end) => (groups.endsWith(':') ? groups + end.slice(1) : groups + end)))
  return fc.oneof(
    bare,
    bare.map((address) => `[${address}]`),
  )
}

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, expect, test } from 'vitest'
import { findUnassigned } from '../../generator/shell/assignment.js'
import { effectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'
import { requireCapability, shells } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'rep-assigned-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const dash = shells.find(({ name }) => name === 'dash')

const names = ['a', 'b', 'c', 'd']
const functions = ['f', 'g', 'h']

// coin takes the next bit; the script ends when there is none left, so that no loop is endless.
const head = `set -u
coin() {
  case $bits in
    1*) bits=\${bits#?} ;;
    0*) bits=\${bits#?} && return 1 ;;
    *) exit 0 ;;
  esac
}
`

/** Statements of all kinds that the analysis knows; `in` tells what may stand where. */
const { statement } = fc.letrec<{ statement: string; list: string; looped: string }>((tie) => {
  const name = fc.constantFrom(...names)
  const twoNames = fc.tuple(name, name)
  const simple = fc.oneof(
    { weight: 4, arbitrary: name.map((x) => `${x}=1`) },
    { weight: 4, arbitrary: name.map((x) => `: "$${x}"`) },
    name.map((x) => `unset ${x}`),
    name.map((x) => `: "\${${x}:=1}"`),
    name.map((x) => `: "\${${x}:-2}"`),
    name.map((x) => `: "\${${x}:+$${x}}"`),
    name.map((x) => `${x}=2 :`),
    name.map((x) => `coin && ${x}=1`),
    name.map((x) => `[ -n "\${${x}:-}" ] && : "$${x}"`),
    twoNames.map(([x, y]) => `${x}=$${y}`),
    twoNames.map(([x, y]) => `: "\${${x}:-$${y}}"`),
    twoNames.map(([x, y]) => `read -r ${x} ${y} </dev/null`),
    name.map((x) => `: "$((${x} + 1))"`),
    name.map((x) => `read -r ${x} <<E\n1\nE\n`),
    name.map((x) => `export ${x}=1`),
    name.map((x) => `[ -z "\${${x}:-}" ] || : "$${x}"`),
    name.map((x) => `if [ -n "\${${x}:-}" ]; then : "$${x}"; fi`),
    name.map((x) => `trap ': "\${${x}:-}"' EXIT`),
    fc.constantFrom(...functions),
    fc.constantFrom(...functions.map((f) => `${f} || :`)),
    fc.constant('coin && exit 0'),
  )
  const pair = fc.tuple(tie('list'), tie('list'))
  return {
    list: fc.array(tie('statement'), { minLength: 1, maxLength: 3 }).map((lines) => lines.join('\n')),
    looped: fc.oneof(
      { weight: 3, arbitrary: tie('list') },
      tie('list').map((list) => `${list}\ncoin && break`),
      tie('list').map((list) => `coin && continue\n${list}`),
    ),
    statement: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      { weight: 6, arbitrary: simple },
      pair.map(([yes, no]) => `if coin; then\n${yes}\nelse\n${no}\nfi`),
      tie('list').map((list) => `if coin; then\n${list}\nfi`),
      tie('list').map((list) => `if ! coin; then\n${list}\nfi`),
      pair.map(([yes, no]) => `if coin && coin; then\n${yes}\nelif coin; then\n:\nelse\n${no}\nfi`),
      tie('looped').map((list) => `while coin; do\n${list}\ndone`),
      tie('looped').map((list) => `until coin; do\n${list}\ndone`),
      fc
        .tuple(fc.constantFrom('1 2', '"$@"'), tie('looped'))
        .map(([words, list]) => `for i in ${words}; do\n${list}\ndone`),
      pair.map(([one, other]) => `case $bits in\n1*)\n${one}\n;;\n*)\n${other}\n;;\nesac`),
      tie('list').map((list) => `case $bits in\n1*)\n${list}\n;;\nesac`),
      tie('list').map((list) => `(\n${list}\n)`),
      tie('list').map((list) => `{\n${list}\n}`),
      tie('list').map((list) => `coin && {\n${list}\n}`),
      tie('list').map((list) => `coin || {\n${list}\n}`),
      tie('list').map((list) => `! {\n${list}\n}`),
      fc.tuple(fc.constantFrom(...functions), tie('list')).map(([f, list]) => `if ${f}; then\n${list}\nfi`),
      pair.map(([one, other]) => `{\n${one}\n} && {\n${other}\n}`),
      pair.map(([one, other]) => `{\n${one}\n} || {\n${other}\n}`),
      tie('list').map((list) => `{\n${list}\n} | cat`),
      fc.tuple(name, tie('list')).map(([x, list]) => `${x}=$(\n${list}\n)`),
    ),
  }
})

const body = fc
  .tuple(
    fc.array(statement, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('', '\ncoin && return 0', '\ncoin || return 1', '\ncoin'),
  )
  .map(([lines, end]) => lines.join('\n') + end)

/** Functions that call only what stands above them, then a main part; some variables are set to begin with. */
const script = fc
  .record({
    set: fc.subarray(names),
    bodies: fc.tuple(body, body, body),
    main: fc.array(statement, { minLength: 1, maxLength: 6 }),
  })
  .map(({ set, bodies, main }) => {
    const defined = bodies.map((text, index) => {
      const allowed = functions.slice(0, index)
      return `${functions[index]}() {\n${dropCalls(text, allowed)}\n}\n`
    })
    return `${head}${set.map((x) => `${x}=1\n`).join('')}${defined.join('')}${main.join('\n')}\n`
  })

function dropCalls(text: string, allowed: readonly string[]): string {
  return text.replace(/\b[fgh]\b/g, (call) => (allowed.includes(call) ? call : ':'))
}

function unassigned(text: string): string[] {
  const shell = parseShell(text)
  expect(shell.errors).toEqual([])
  return findUnassigned(effectsOf(shell).functions, new Set(['bits'])).map(({ name }) => name)
}

const file = join(folder, 'script')
const bits = fc.array(fc.constantFrom('0', '1'), { maxLength: 24 }).map((list) => list.join(''))

/** Runs it on each way; the first one on which dash says that a variable is unset, and its words. */
function run(ways: readonly string[]): string {
  const program = 'exec 2>&1; for bits; do echo "bits=$bits"; bits=$bits dash "$0" </dev/null || :; done'
  const said = execFileSync('dash', ['-c', program, file, ...ways], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH },
    stdio: ['ignore', 'pipe', 'ignore'],
  })
  return /.*\n.*parameter not set/.exec(said)?.[0] ?? ''
}

test('what is said to be assigned never ends dash by set -u', (context) => {
  requireCapability(dash?.available === true, 'dash', context)
  let accepted = 0
  const total = 500
  fc.assert(
    fc.property(script, fc.array(bits, { minLength: 3, maxLength: 6 }), (text, ways) => {
      if (unassigned(text).length > 0) return
      accepted += 1
      writeFileSync(file, text)
      expect(run(ways), text).toBe('')
    }),
    { numRuns: total },
  )
  // Else it would have shown nothing.
  expect(accepted).toBeGreaterThan(total / 10)
}, 300_000)

test('and what is said to be unassigned often does: the analysis is not merely strict', (context) => {
  requireCapability(dash?.available === true, 'dash', context)
  let refused = 0
  let died = 0
  for (const [text, ways] of fc.sample(
    fc.tuple(script, fc.array(bits, { minLength: 8, maxLength: 8 })),
    100,
  )) {
    if (unassigned(text).length === 0) continue
    refused += 1
    writeFileSync(file, text)
    if (run(ways) !== '') died += 1
  }
  expect(died / refused).toBeGreaterThan(0.4)
}, 300_000)

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { judgeWholeScript } from '../../generator/script/whole-script.js'
import { effectsOf } from '../../generator/shell/effects.js'
import { parseShell } from '../../generator/shell/parse.js'
import { compile, list, stepOf } from '../compile/sources.js'

const judge = (text: string) => judgeWholeScript(effectsOf(parseShell(text)))
const codes = (text: string) => judge(text).map(({ code, line, column }) => `${code} ${line}:${column}`)

test('nothing is found in the shipped script', () => {
  const found = judge(readFileSync(new URL('../../dist/run_rep.sh', import.meta.url), 'utf8'))
  // What mksh sets is an exception (shell/exceptions.ts), and exceptions are made elsewhere.
  expect(found.filter(({ message }) => !message.includes('KSH_VERSION'))).toEqual([])
})

describe('each read finds a value', () => {
  test('a misspelt name is told with the right one, and how the script comes there', () => {
    const [found] = judge('step_x() {\n  system=1\n  : "$sytem$system"\n}\nstep_x\n')
    expect(found).toMatchObject({ code: 'E_SHELL_UNASSIGNED', line: 3, column: 6 })
    expect(found?.message).toBe('$sytem is read before it has a value, on the way step_x')
    expect(found?.hint).toMatch(/^did you mean \$system\?/)
  })

  test('what the shell sets is there', () => {
    expect(codes(': "$PPID$PWD$HOME$PATH$IFS$OPTIND"\n')).toEqual([])
  })

  test('what the script unsets is not', () => {
    expect(judge('unset HOME\n: "$HOME"\n')[0]?.message).toMatch(/the script has unset it/)
  })
})

test('what may be unset is known, too', () => {
  const [found] = judge(': "${HOST:-}" "${PGSSLMODE:-}"\n: "${MARATHON_APP_DI:-}"\n')
  expect(found).toMatchObject({
    code: 'E_SHELL_UNKNOWN',
    line: 2,
    hint: expect.stringMatching(/did you mean MARATHON_APP_ID/),
  })
})

describe('each value finds a reader', () => {
  test.each([
    ['a=1\n', ['E_SHELL_UNREAD 1:1']],
    ['a=1\na=2\n', ['E_SHELL_UNREAD 1:1']],
    [': "${a:=1}"\n', []],
    ['export a=1\n', []],
    ['a=1\nexport a\n', []],
    ['a=1 env\n', []],
    ['read -r a b <f\n', []],
    ['for a in 1 2; do :; done\n', []],
  ])('%j', (text, wanted) => {
    expect(codes(text)).toEqual(wanted)
  })

  test('a misspelt name is told with the right one', () => {
    expect(judge('count=1\n: "$count"\nconut=2\n')[0]?.hint).toMatch(/^did you mean count\?/)
  })
})

test("a function's own variables are its own", () => {
  expect(codes('f() {\n  _a=1\n  : "$_a"\n}\ng() {\n  f\n  : "$_a"\n}\ng\n')).toEqual(['E_SHELL_PRIVATE 7:6'])
  expect(codes('f() {\n  a=1\n}\nf\n: "$a"\n')).toEqual([])
})

test('what nothing calls is told', () => {
  expect(codes('f() {\n  g\n}\ng() {\n  :\n}\n')).toEqual(['E_SHELL_UNCALLED 1:1', 'E_SHELL_UNCALLED 4:1'])
  expect(codes('f() {\n  :\n}\ntrap f EXIT\nf2() {\n  :\n}\nx && f2\n')).toEqual([])
})

describe("the user's steps", () => {
  const judgeStep = (text: string, place: 'early' | 'late' = 'late', env = {}) =>
    list(
      compile(
        { steps: [{ ...stepOf('own'), before: place === 'early' ? 'preflight' : 'serve' }], env },
        { stepFiles: { './own.sh': `step_own() {\n  ${text}\n}\n` } },
      ).diagnostics,
    )

  test.each([
    ['a variable of the contract', ': "$POSTGRES_MASTER"', []],
    ['what an earlier step found out', ': "$store$pgdata"', []],
    ['a variable that nobody sets', ': "$stroe"', ['E_SHELL_UNASSIGNED own.sh:2:6']],
    ['a variable that nobody reads', 'own_a=1', ['E_SHELL_UNREAD own.sh:2:3']],
    [
      'another function’s own',
      ': "$_claim_left"',
      ['E_SHELL_PRIVATE own.sh:2:6', 'E_SHELL_UNASSIGNED own.sh:2:6'],
    ],
    ['setting a variable of the script', 'store=/tmp', ['E_SHELL_TAKEN own.sh:2:3']],
    ['setting one of the contract', 'PGSSLMODE=require', []],
    ['its own environment for a command', 'step=1 env', []],
    ['a program where it is not', 'have curl || curl -q', ['E_SHELL_ABSENT own.sh:2:16']],
  ])('%s', (_title, text, wanted) => {
    expect(judgeStep(text)).toEqual(wanted)
  })

  test('a step that runs too early', () => {
    expect(judgeStep(': "$store"', 'early')).toEqual(['E_SHELL_UNASSIGNED own.sh:2:6'])
    expect(judgeStep(': "$PORT0"', 'early')).toEqual([])
  })

  test('a variable of their own', () => {
    const env = { METRICS_PORT: { type: 'port', default: '1' } }
    for (const text of [': "$METRICS_PORT"', 'export METRICS_PORT'])
      expect(judgeStep(text, 'late', env)).toEqual([])
    expect(judgeStep(':', 'late', env)).toEqual(['E_ENV_UNREAD env.METRICS_PORT'])
  })
})

describe('where set -e is off, failures are looked at', () => {
  test.each([
    ['f() {\n  cp a b\n  :\n}\nif f; then :; fi\n', ['E_SHELL_MASKED 2:3']],
    ['f() {\n  cp a b\n  :\n}\nf || :\n', ['E_SHELL_MASKED 2:3']],
    ['f() {\n  cp a b\n  :\n}\n! f\n', ['E_SHELL_MASKED 2:3']],
    ['g() {\n  cp a b\n  :\n}\nf() {\n  g\n}\nf && :\n', ['E_SHELL_MASKED 2:3']],
    ['f() {\n  _a=$(cat x)\n  : "$_a"\n}\nf || :\n', ['E_SHELL_MASKED 2:8']],
    ['f() {\n  _a=$(cd x && pwd)\n  : "$_a"\n}\nf || :\n', ['E_SHELL_MASKED 2:8']],
    ['f() {\n  printf x >y\n  :\n}\nf || :\n', ['E_SHELL_MASKED 2:3']],
    ['f() {\n  _a=$(g)\n  : "$_a"\n}\ng() {\n  fail USAGE x\n}\nf || :\n', ['E_SHELL_MASKED 2:8']],
    ['f() {\n  for _x in 1 2; do cp a "$_x"; done\n}\nf || :\n', ['E_SHELL_MASKED 2:21']],
    // It is asked for the answer of its last command, and the others are looked at.
    ['f() {\n  cp a b || return 1\n  cp b c\n}\nf || :\n', []],
    ['f() {\n  if cp a b; then cp c d; fi\n}\nf || :\n', []],
    ['f() {\n  _a=$(cat x) || _a=\n  : "$_a"\n}\nf || :\n', []],
    ['f() {\n  _a=$(cat x | tr a b)\n  : "$_a"\n}\nf || :\n', []],
    ['f() {\n  sleep 1 &\n  :\n}\nf || :\n', []],
    // set -e sees it.
    ['f() {\n  cp a b\n  :\n}\nf\n', []],
  ])('%j', (text, wanted) => {
    expect(codes(text).filter((code) => code.includes('MASKED'))).toEqual(wanted)
  })
})

import { describe, expect, test } from 'vitest'
import { readTemplates } from '../../generator/load/templates.js'
import { compile, list, stepOf } from './sources.js'

const warm = 'step_warm() {\n  :\n}\n'
const withStep = (text: string, stepDir?: string) =>
  compile(
    { steps: [stepOf('warm')] },
    { stepFiles: { './warm.sh': text }, ...(stepDir === undefined ? {} : { stepDir }) },
  )

describe('the artefacts', () => {
  test('all of them, or none', () => {
    expect(Object.keys(compile().files).sort()).toEqual([
      'SHA256SUMS',
      'conf/pg_hba.conf',
      'conf/postgresql.conf',
      'marathon.json',
      'master.pg_hba.conf',
      'master.sql',
      'run_rep.map.json',
      'run_rep.sh',
    ])
    expect(compile({ nope: 1 }).files).toEqual({})
    expect(withStep('ls $HOME\n').files).toEqual({})
  })

  test('the same bytes for the same model, whatever the order of its keys', () => {
    const one = {
      task: { mem: 1024 },
      targets: { marathon: { labels: { a: '1', b: '2' } } },
      env: { B: { type: 'flag' }, A: { type: 'port' } },
    }
    const two = {
      env: { A: { type: 'port' }, B: { type: 'flag' } },
      task: { mem: 1024 },
      targets: { marathon: { labels: { b: '2', a: '1' } } },
    }
    expect(compile(two).files).toEqual(compile(one).files)
  })

  test('a warning stops nothing', () => {
    const { files, diagnostics } = compile({ task: { port: 5432 } })
    expect(list(diagnostics)).toEqual(['W_APP_PORT task.port'])
    expect(files['run_rep.sh']).toContain('main "$@"')
  })
})

describe('the contents at the head of the script', () => {
  const listed = (script: string) =>
    [...script.matchAll(/^# {1,5}(\d+) {2}(\S+) +(\S.*)$/gm)].map(([, line, name = '', doc]) => ({
      name,
      doc,
      begins: script.split('\n')[Number(line) - 1] ?? '',
    }))

  test('name each step and sub-command in the order of a run, with the line at which it begins', () => {
    const script = withStep(warm).files['run_rep.sh'] ?? ''
    const entries = listed(script)
    const steps = [...script.matchAll(/^ {2}step=(\w+)$/gm)].map(([, name]) => name)
    const run = steps.slice(steps.indexOf('contract'), steps.indexOf('serve') + 1)
    expect(run).toContain('warm')
    expect(entries.slice(0, run.length).map(({ name }) => name)).toEqual(run)
    for (const { name, begins } of entries.slice(0, run.length)) expect(begins).toBe(`# @step ${name}`)
    const commands = entries.slice(run.length)
    expect(script).toContain(`sh run_rep.sh [${commands.map(({ name }) => name).join(' | ')}]\n`)
    for (const { name, begins } of commands) expect(begins).toBe(`${name}() {`)
    expect(entries.find(({ name }) => name === 'warm')?.doc).toBe('what warm is for')
  })

  test('the help says the same of the sub-commands', () => {
    const script = compile().files['run_rep.sh'] ?? ''
    const commands = listed(script).filter(({ begins, name }) => begins === `${name}() {`)
    for (const { name, doc } of commands)
      expect(script).toMatch(new RegExp(`^ {2}${name} +${doc?.replace(/[()]/g, '.')}$`, 'm'))
  })
})

describe('steps of the user', () => {
  test('stand in the script under a mark, before its end', () => {
    const script = withStep(warm).files['run_rep.sh'] ?? ''
    expect(script).toContain(`\n\n# @step warm\n${warm}\n`)
    expect(script.indexOf('step_warm()')).toBeLessThan(script.indexOf('\nmain() {'))
    expect(script).toMatch(/ {2}step=warm\n {2}run_own_step step_warm\n {2}step=serve\n/)
  })

  test('a mark in the file is not doubled', () => {
    const script = withStep(`#!/bin/sh\n# @step warm\n${warm}`).files['run_rep.sh'] ?? ''
    expect(script.match(/# @step warm/g)).toHaveLength(1)
  })

  test('two in one file: the file stands once', () => {
    const steps = [stepOf('one', './both.sh'), stepOf('two', './both.sh')]
    const stepFiles = { './both.sh': 'step_one() {\n  :\n}\n\nstep_two() {\n  :\n}\n' }
    const { files, diagnostics } = compile({ steps }, { stepFiles })
    expect(list(diagnostics)).toEqual([])
    expect(files['run_rep.sh']?.match(/^step_one\(\)/gm)).toHaveLength(1)
    expect(Object.keys(JSON.parse(files['run_rep.map.json'] ?? '').steps)).toContain('two')
  })

  test('a program that nothing is known of is refused at its place, unless the step names it', () => {
    const text = 'step_warm() {\n  jq . warm.json\n}\n'
    expect(list(withStep(text).diagnostics)).toEqual(['E_SHELL_UTILITY warm.sh:2:3'])
    const named = compile(
      { steps: [{ ...stepOf('warm'), tools: ['jq'] }] },
      { stepFiles: { './warm.sh': text } },
    )
    expect(list(named.diagnostics)).toEqual([])
    expect(named.files['run_rep.sh']).toMatch(/^ {2}need jq$/m)
    const twice = compile(
      { steps: [{ ...stepOf('warm'), tools: ['jq', 'yq'] }] },
      { stepFiles: { './warm.sh': text } },
    )
    expect(list(twice.diagnostics)).toEqual(['E_STEP_TOOL steps.0.tools.1'])
  })

  test.each([
    [': >"$pgdata/standby.signal"', 'E_STEP_DATA warm.sh:2:6'],
    ['rm -rf -- "${pgdata:?}"', 'E_STEP_DATA warm.sh:2:13'],
    ['touch /var/tmp/standby.signal', 'E_SHELL_MARKER warm.sh:2:9'],
    ['psql -c "SELECT pg_promote()"', 'E_SHELL_MASTER warm.sh:2:11'],
    ['"$pg_bin"/postgres -D /var/tmp/x', 'E_SHELL_START warm.sh:2:3'],
    ['install_clone x', 'E_STEP_CALL warm.sh:2:3'],
  ])('nothing of it can make a second master or lose data: %s', (command, wanted) => {
    const found = withStep(`step_warm() {\n  ${command}\n}\n`).diagnostics
    expect(list(found)).toContain(wanted)
  })

  test.each([
    ['no text', undefined, 'E_STEP_FILE steps.0.file'],
    ['another function', 'step_worm() {\n  :\n}\n', 'E_STEP_FUNCTION steps.0.file'],
    [
      'the function only within another',
      'f() {\n  step_warm() {\n    :\n  }\n}\n',
      'E_STEP_FUNCTION steps.0.file',
    ],
    ['a fault of the syntax', `${warm}fi\n`, 'E_SHELL_SYNTAX warm.sh:4:1'],
    ['a carriage return', `${warm}# x\r\n`, 'E_STEP_FILE warm.sh:4:4'],
    ['an escape character', `${warm}# \u001b[2J\n`, 'E_STEP_FILE warm.sh:4:3'],
    ['a function of a template', `${warm}fail() {\n  :\n}\n`, 'E_STEP_FUNCTION warm.sh:4:1'],
    ['a function of the end', `${warm}usage() {\n  :\n}\n`, 'E_STEP_FUNCTION warm.sh:4:1'],
    ['a function of a table', `${warm}need_tools() {\n  :\n}\n`, 'E_STEP_FUNCTION warm.sh:4:1'],
    ['a function twice', `${warm}${warm}`, 'E_SHELL_FUNCTION warm.sh:4:1'],
    ['a command', `${warm}date\n`, 'E_STEP_TOP_LEVEL warm.sh:4:1'],
    ['a command in an assignment', `x="$(date)"\n${warm}`, 'E_STEP_TOP_LEVEL warm.sh:1:1'],
    ['a constant into a file', `warm_a=1 >/etc/warm\n${warm}`, 'E_STEP_TOP_LEVEL warm.sh:1:1'],
    ['a constant of the model', `on_diverged=reclone\n${warm}`, 'E_SHELL_TAKEN warm.sh:1:1'],
    ['a variable of the script', `pg_bin=/tmp\n${warm}`, 'E_SHELL_TAKEN warm.sh:1:1'],
    ['a variable of the contract', `POSTGRES_MASTER=other.db\n${warm}`, 'E_STEP_TOP_LEVEL warm.sh:1:1'],
    ['where programs are', `PATH=/opt/bin\n${warm}`, 'E_STEP_TOP_LEVEL warm.sh:1:1'],
    ['the language of messages', `LC_ALL=de_DE.UTF-8\n${warm}`, 'E_STEP_TOP_LEVEL warm.sh:1:1'],
    ['how words are split', `IFS=,\n${warm}`, 'E_STEP_TOP_LEVEL warm.sh:1:1'],
    ['what libpq reads', `PGUSER=other\n${warm}`, 'E_STEP_TOP_LEVEL warm.sh:1:1'],
    ['an unquoted expansion', '\nstep_warm() {\n  ls $HOME\n}\n', 'E_SHELL_UNQUOTED warm.sh:3:6'],
  ])('refused with its place: %s', (_title, text, wanted) => {
    const { diagnostics } = compile(
      { steps: [stepOf('warm')] },
      { stepFiles: text === undefined ? {} : { './warm.sh': text } },
    )
    expect(list(diagnostics)).toEqual([wanted])
  })

  test('a variable of env has no constant', () => {
    const env = { WARM_PORT: { type: 'port', default: '1' } }
    const stepFiles = { './warm.sh': `WARM_PORT=9187\n${warm.replace(':', ': "$WARM_PORT"')}` }
    const { diagnostics } = compile({ env, steps: [stepOf('warm')] }, { stepFiles })
    expect(list(diagnostics)).toEqual(['E_STEP_TOP_LEVEL warm.sh:1:1'])
  })

  test('a constant of the step may be the start of its variable', () => {
    const text = `warm_a=1\n\n${warm.replace(':', 'warm_a=$((warm_a + 1))\n  : "$warm_a"')}`
    expect(list(withStep(text).diagnostics)).toEqual([])
  })

  test('functions and constants pass', () => {
    const text = `#!/bin/sh\nwarm_tries=3 warm_name='a b'\nwarm_sum=$((1 + 2))\n\n${warm.replace(':', 'warm_helper')}\nwarm_helper() (\n  : "$warm_tries$warm_name$warm_sum"\n)\n`
    expect(list(withStep(text).diagnostics)).toEqual([])
  })

  test('a function that an earlier step file of the user has', () => {
    const stepFiles = {
      './a.sh': 'step_a() {\n  :\n}\nhelp_me() {\n  :\n}\n',
      './b.sh': 'help_me() {\n  :\n}\nstep_b() {\n  :\n}\n',
    }
    const { diagnostics } = compile({ steps: [stepOf('a'), stepOf('b')] }, { stepFiles })
    expect(list(diagnostics)).toEqual(['E_STEP_FUNCTION b.sh:1:1'])
    expect(diagnostics[0]?.message).toContain('(a.sh)')
  })

  test('the place is seen from where the configuration was named', () => {
    const text = 'step_warm() {\n  ls $HOME\n}\n'
    expect(list(withStep(text, 'deploy').diagnostics)).toEqual(['E_SHELL_UNQUOTED deploy/warm.sh:2:6'])
    expect(list(withStep(text, '..').diagnostics)).toEqual(['E_SHELL_UNQUOTED ../warm.sh:2:6'])
  })

  test('why a file has no text is told, and other findings with it', () => {
    const { diagnostics } = compile(
      { steps: [stepOf('warm'), stepOf('late')], shutdown: { fast: 900 } },
      { stepFaults: { './warm.sh': 'it is a lie' }, stepFiles: { './late.sh': '' } },
    )
    expect(list(diagnostics)).toEqual([
      'E_STEP_FILE steps.0.file',
      'E_STEP_FUNCTION steps.1.file',
      'E_STOP_GRACE task.stopGrace',
    ])
    expect(diagnostics[0]?.message).toContain('it is a lie')
  })
})

describe('findings in the package itself', () => {
  test('have the template and its line', () => {
    const templates = { 'run_rep/lib/log.sh': '\n\nhave() {\n  ls $1\n}\n' }
    const { diagnostics } = compile({}, withTemplates(templates))
    expect(list(diagnostics)).toContain('E_SHELL_UNQUOTED templates/run_rep/lib/log.sh:4:6')
  })

  test('in a table have the line of the template, at the beginning of its text', () => {
    const templates = {
      'run_rep/exits.sh.hbs': 'failure() {\n{{#each failures}}\n  echo $x {{id}}\n{{/each}}\n}\n',
    }
    const found = compile({}, withTemplates(templates)).diagnostics.filter(
      ({ code }) => code === 'E_SHELL_UNQUOTED',
    )
    const file = 'templates/run_rep/exits.sh.hbs'
    expect(found.map(({ place }) => place)).toContainEqual({ file, line: 3, column: 3 })
    expect(found[0]?.line).toBeGreaterThan(20)
  })
})

function withTemplates(templates: Readonly<Record<string, string>>) {
  const all: Record<string, string> = { ...readTemplates(), ...templates }
  return { templates: all }
}

test('a warning that the model accepts is not found, and a code of no use is', () => {
  const model = (accept: string) => ({
    master: { hosts: 'pg1', tls: 'prefer' },
    postgresql: { majors: [15] },
    targets: { systemd: {} },
    accept: [accept],
  })
  expect(list(compile(model('W_MASTER_TLS')).diagnostics)).toEqual([])
  expect(list(compile(model('W_RUN_SLOT')).diagnostics)).toEqual([
    'W_ACCEPT accept.0',
    'W_MASTER_TLS master.tls',
  ])
  const misspelt = compile(model('W_MASTER_TSL')).diagnostics
  expect(list(misspelt)).toContain('E_ACCEPT accept.0')
  expect(misspelt.find(({ code }) => code === 'E_ACCEPT')?.hint).toBe('did you mean W_MASTER_TLS?')
})

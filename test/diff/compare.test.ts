import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import type { Change } from '../../generator/diff/change.js'
import { compareArtefacts } from '../../generator/diff/compare.js'
import { listTodo } from '../../generator/diff/todo.js'
import { renderComparison, summarize } from '../../generator/diff/words.js'
import { variable } from '../../generator/index.js'
import { artefactsOf, base, changes, usual, withTargets, withTexts } from './models.js'

const inDist = (name: string) => (name === 'marathon.json' ? name : join('dist', name))

const shown = (all: readonly Change[]) =>
  all.map(({ area, name, from, to, effect }) => [area, name, from, to, effect])

describe('what a change means for replicas that run', () => {
  test('nothing differs from itself', () => {
    const comparison = compareArtefacts(usual(), usual())
    expect(comparison).toEqual({ changes: [], notCompared: [], forgetful: [] })
    expect(summarize(comparison)).toBe('nothing differs')
  })

  test('settings: by the context that PostgreSQL gives each', () => {
    const conf =
      "Shared_Buffers 1GB\nwork_mem = '8MB'\nwork_mem='16MB' # the last counts\nlog_connections=on\nauto_explain.log_format = 'it''s'\n"
    const all = changes(
      withTexts({ 'postgresql.conf': 'shared_buffers = 512MB\n' }),
      withTexts({ 'postgresql.conf': conf }),
    )
    expect(shown(all)).toEqual([
      ['setting', 'auto_explain.log_format', undefined, "it's", 'restart'],
      ['setting', 'log_connections', undefined, 'on', 'reload'],
      ['setting', 'shared_buffers', '512MB', '1GB', 'restart'],
      ['setting', 'work_mem', undefined, '16MB', 'reload'],
    ])
    expect(all.map(({ context }) => context)).toEqual([undefined, 'superuser-backend', 'postmaster', 'user'])
  })

  test.each([
    ['17 18', 'restart', 'postmaster, sighup since 18'],
    ['18', 'reload', 'sighup'],
  ])('a setting whose context another major changed, on %s', (majors, effect, context) => {
    const side = (line: string) =>
      withTexts({
        'run_rep.sh': (text) => text.replace("'for PostgreSQL 16'", `'for PostgreSQL ${majors}'`),
        'postgresql.conf': line,
      })
    expect(changes(side(''), side('autovacuum_max_workers = 4\n'))).toMatchObject([{ effect, context }])
  })

  test('settings and access rules that do not rule, as those of the master do, mean nothing', () => {
    const side = (size: string) =>
      withTexts({
        'run_rep.sh': (text) => text.replace('\nconfiguration=published\n', '\nconfiguration=master\n'),
        'postgresql.conf': `shared_buffers = ${size}\n`,
        'pg_hba.conf': `host all all 10.0.0.0/8 ${size === '1GB' ? 'md5' : 'scram-sha-256'}\n`,
      })
    const all = changes(side('512MB'), side('1GB'))
    expect(all.map(({ area, effect }) => [area, effect])).toEqual([
      ['setting', 'nothing'],
      ['access rule', 'nothing'],
      ['access rule', 'nothing'],
    ])
  })

  test('access rules: lines that came, went and moved', () => {
    const rules = (...lines: string[]) =>
      withTexts({ 'pg_hba.conf': lines.map((line) => `${line}\n`).join('') })
    const all = changes(
      rules(
        'host all  all\t10.1.0.0/16 md5 # a',
        '# b',
        'host all all 10.2.0.0/16 md5',
        'host all all 10.3.0.0/16 md5',
      ),
      rules('host all postgres all reject', 'host all all 10.3.0.0/16 md5', 'host all all 10.1.0.0/16 md5'),
    )
    expect(all.every(({ area, effect }) => area === 'access rule' && effect === 'reload')).toBe(true)
    expect(all.map(({ name, from, to }) => [name, from !== undefined, to !== undefined])).toEqual([
      ['host all all 10.2.0.0/16 md5', true, false],
      ['host all postgres all reject', false, true],
      ['host all all 10.1.0.0/16 md5', true, true],
    ])
  })

  test('what a model compiles into the script, its majors, what it holds and asks of the master', () => {
    const all = changes(
      usual(),
      artefactsOf({
        ...base,
        master: { ...base.master, role: 'other', agents: ['10.7.0.0/16'] },
        shutdown: { fast: 60 },
        run: { onDiverged: 'reclone', receiver: { timeout: 30 } },
        postgresql: { ...base.postgresql, majors: [16, 17] },
        task: { ...base.task, instances: 2 },
      }),
    )
    expect(shown(all.filter(({ area }) => area === 'option' || area === 'setting'))).toEqual([
      ['setting', 'wal_receiver_timeout', undefined, '30s', 'restart'],
      ['option', 'postgresql.majors', '16', '16, 17', 'restart'],
      ['option', 'shutdown.fast', '90', '60', 'restart'],
      ['option', 'run.onDiverged', 'fail', 'reclone', 'restart'],
      ['option', 'task.instances', '1', '2', 'nothing'],
    ])
    // Whatever of the script follows from these is told by them.
    expect(all.filter(({ area }) => area === 'part of the script' || area === 'file')).toEqual([])
    const master = all.filter(({ area }) => area === 'master')
    expect(master.every(({ effect }) => effect === 'nothing')).toBe(true)
    expect(master.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['max_wal_senders', 'hostssl replication other 10.7.0.0/16 scram-sha-256']),
    )
    expect(master.find(({ name }) => name === 'the role and its rights')).toMatchObject({
      from: "'replicator' LOGIN REPLICATION",
      to: "'other' LOGIN REPLICATION",
    })
  })

  test('where WAL lies counts for clones, and nothing is moved', () => {
    const after = withTexts({
      'run_rep.sh': (text) => text.replace("\nwal_dir=''\n", "\nwal_dir='/fast'\n"),
    })
    expect(shown(changes(usual(), after))).toEqual([
      ['option', 'clone.walDir', undefined, '/fast', 'restart'],
    ])
    expect(shown(changes(after, usual()))).toEqual([['option', 'clone.walDir', '/fast', undefined, 'clone']])
  })

  test('another major alone is a clone', () => {
    const after = withTexts({
      'run_rep.sh': (text) => text.replace("'for PostgreSQL 16'", "'for PostgreSQL 17'"),
    })
    expect(shown(changes(usual(), after))).toEqual([['option', 'postgresql.majors', '16', '17', 'clone']])
  })

  test('hosts of the master: one that stays is a restart, all others perhaps another cluster', () => {
    const of = (hosts: string[]) =>
      changes(usual(), withTargets({ master: { ...base.master, hosts } })).find(
        ({ name }) => name === 'POSTGRES_MASTER',
      )
    expect(of(['pg2.db:5433', 'pg3.db'])).toMatchObject({ effect: 'restart', files: ['marathon.json'] })
    expect(of(['pg3.db'])).toMatchObject({ effect: 'clone', from: 'pg1.db,pg2.db', to: 'pg3.db' })
  })

  test('where the data lies, and the name of the app, are a new clone', () => {
    const moved = changes(usual(), withTargets({ run: { dataDir: 'data' } }))
    expect(moved.find(({ name }) => name === 'PGDATA_DIR')).toMatchObject({ to: 'data', effect: 'clone' })
    expect(shown(changes(usual(), withTargets({ targets: { marathon: { id: '/db/other' } } })))).toEqual([
      ['target', 'id', '/db/pg', '/db/other', 'clone'],
    ])
  })

  test('one more replica means nothing to those that run', () => {
    const one = withTargets({ task: { ...base.task, instances: 2 } })
    const all = changes(one, withTargets({ task: { ...base.task, instances: 3 } }))
    expect(shown(all)).toEqual([['target', 'instances', '2', '3', 'nothing']])
  })

  test('steps and variables of your own', () => {
    const step = { name: 'warm', doc: 'warm the cache', file: './warm.sh', before: 'serve' } as const
    const read = (text: string) => ({ './warm.sh': `step_warm() {\n  log INFO "${text} $WARM_WAY"\n}\n` })
    const model = (value: string) => ({
      ...base,
      steps: [step],
      env: { WARM_WAY: variable.text({ default: value, doc: 'How.' }) },
    })
    const first = artefactsOf(model('a'), read('warming'))
    const second = artefactsOf(model('b'), read('heating'))
    const added = changes(usual(), first)
    expect(shown(added)).toEqual([
      ['variable', 'WARM_WAY', undefined, expect.stringContaining('optional, default a'), 'restart'],
      ['step', 'warm', undefined, 'warm the cache', 'restart'],
    ])
    expect(added[1]?.means).toBe('a new step, after configure')
    expect(shown(changes(first, second))).toEqual([
      [
        'variable',
        'WARM_WAY',
        expect.stringContaining('default a'),
        expect.stringContaining('default b'),
        'restart',
      ],
      ['step', 'warm', 'warm the cache', 'warm the cache', 'restart'],
    ])
    expect(changes(second, usual()).map(({ area, to }) => [area, to])).toEqual([
      ['variable', undefined],
      ['step', undefined],
    ])
  })

  test('parts of the script that no model has a say in: another version of the compiler', () => {
    const before = withTexts({
      'run_rep.sh': (text) =>
        text.replace('exec 2>/dev/null', 'exec 2>&-').replace('step_clone() {', 'step_clone() { # was'),
    })
    const all = changes(before, usual())
    expect(all.map(({ area, effect }) => [area, effect])).toEqual([
      ['part of the script', 'restart'],
      ['part of the script', 'restart'],
    ])
  })

  test('comments alone mean nothing', () => {
    expect(shown(changes(withTexts({ 'postgresql.conf': (text) => `# mine\n${text}` }), usual()))).toEqual([
      ['file', 'postgresql.conf', 'other bytes', 'the same meaning', 'nothing'],
    ])
  })
})

describe('every target', () => {
  const targets = {
    marathon: { id: '/db/pg' },
    systemd: { name: 'pg', instances: 'ports' },
    compose: { name: 'pg' },
    kubernetes: { name: 'pg' },
  } as const

  test('says by its own key what more memory is, and a variable is told once for all', () => {
    const all = changes(
      withTargets({ targets }),
      withTargets({ targets, task: { ...base.task, mem: 6144 }, run: { masterWait: 60 } }),
    )
    const keys = all.filter(({ area }) => area === 'target')
    expect(keys.map(({ files, name, effect }) => [files[0], name, effect])).toEqual(
      expect.arrayContaining([
        ['marathon.json', 'mem', 'clone'],
        ['pg@.service', 'Service.MemoryMax', 'restart'],
        ['compose.yaml', 'services.replica.mem_limit', 'restart'],
      ]),
    )
    expect(keys.find(({ name }) => name.endsWith('limits.memory'))).toMatchObject({
      files: ['kubernetes.yaml'],
      from: '4096Mi',
      to: '6144Mi',
      effect: 'restart',
    })
    const waits = all.filter(({ name }) => name === 'MASTER_WAIT')
    expect(waits).toHaveLength(1)
    expect([...(waits[0]?.files ?? [])].sort()).toEqual([
      'compose.yaml',
      'kubernetes.yaml',
      'marathon.json',
      'pg.env',
    ])
  })

  test('is told what to do in an order that works: written, run on the master, published, installed, started', () => {
    const { systemd } = targets
    const [before, after] = ['replicator', 'other'].map((role) =>
      artefactsOf({ ...base, targets: { systemd }, master: { hosts: 'pg1.db', role } }),
    )
    if (before === undefined || after === undefined) throw new Error('two')
    expect(listTodo(compareArtefacts(before, after), after, inDist)).toEqual([
      'generate',
      'psql -X -d postgres -f dist/master.sql    (on the master, as a superuser)',
      'the lines above, in pg_hba.conf of the master; then SELECT pg_reload_conf()',
      'publish what it wrote into dist',
      'install -m 644 run_rep.sh /usr/local/lib/run_rep.sh && install -m 644 pg.env /etc/pg.env && install -m 644 pg@.service /etc/systemd/system/pg@.service    (on each host, as root, in a copy of what was published)',
      'systemctl daemon-reload && systemctl restart pg@PORT    (one after the other)',
    ])
  })

  test('that mounts the script and the configuration makes its containers anew', () => {
    const side = (digest: string) =>
      withTexts({
        'compose.yaml': `services:\n  a:\n    labels:\n      run_rep.digest: ${digest}\n  b:\n    labels:\n      run_rep.digest: ${digest}\n`,
        'kubernetes.yaml': `kind: StatefulSet\nmetadata: {name: pg}\nspec: {template: {metadata: {annotations: {run_rep/digest: ${digest}}}}}\n`,
        'postgresql.conf': `work_mem = ${digest.length}MB\n`,
      })
    expect(
      changes(side('aa'), side('bbb')).map(({ files, name, effect }) => [files[0], name, effect]),
    ).toEqual([
      ['postgresql.conf', 'work_mem', 'reload'],
      ['compose.yaml', 'run_rep/digest', 'restart'],
      ['kubernetes.yaml', 'run_rep/digest', 'restart'],
    ])
  })

  test('without a volume a restart is a clone, which the summary says', () => {
    const { volume: _, ...task } = base.task
    const [before, after] = [withTargets({ task }), withTargets({ task: { ...task, cpus: 2 } })]
    expect(summarize(compareArtefacts(before, after))).toBe(
      '1 key of marathon.json: replicas must be restarted, and each clones again by that (marathon.json: no volume)',
    )
  })

  test('that came or went starts with a clone, or goes on', () => {
    expect(shown(changes(usual(), withTargets({ targets: { kubernetes: { name: 'pg' } } })))).toEqual([
      ['target', 'kubernetes.yaml', undefined, 'new', 'nothing'],
      ['target', 'marathon.json', 'there', undefined, 'nothing'],
    ])
  })
})

describe('secrets', () => {
  test.each([
    ['METRICS_PASSWORD', 'hunter1', 'hunter2'],
    ['METRICS_URL', 'http://me:hunter1@web01/', 'http://me:hunter2@web01/'],
    ['METRICS_DSN', "host=a password='hunter 1'", "host=a password='hunter 2'"],
    ['API_TOKEN', 'hunter1', 'hunter2'],
  ])('of both sides are masked, and that they differ is told: %s', (name, was, is) => {
    const side = (value: string) => withTargets({ task: { ...base.task, env: { [name]: value } } })
    const comparison = compareArtefacts(side(was), side(is))
    expect(comparison.changes.map((one) => one.name)).toEqual([name])
    const text = JSON.stringify(comparison) + renderComparison(comparison, { from: 'a', to: 'b' }, [])
    expect(text).not.toContain('hunter')
  })

  test('in options of access rules, and in settings', () => {
    const side = (secret: string) =>
      withTexts({
        'pg_hba.conf': `hostssl all all all ldap ldapserver=l "ldapbindpasswd=${secret}"\n`,
        'postgresql.conf': `ssl_passphrase_command = 'echo ${secret}'\nmy.api_key = '${secret}'\narchive_command = 'AWS_SECRET_ACCESS_KEY=${secret} put %p'\npassword_encryption = ${secret === 'hunter1' ? 'md5' : "'scram-sha-256'"}\n`,
      })
    const comparison = compareArtefacts(side('hunter1'), side('hunter2'))
    const text = JSON.stringify(comparison) + renderComparison(comparison, { from: 'a', to: 'b' }, [])
    expect(text).toContain('ldapserver=l')
    expect(text).toContain('password_encryption: md5 -> scram-sha-256')
    expect(text).not.toContain('hunter')
  })
})

describe('a side that nobody vouches for', () => {
  const after = usual()

  test.each([
    ['run_rep.map.json', 'no JSON'],
    ['run_rep.map.json', '{"steps": 3, "sources": {"a": 1}, "variables": [null], "held": null}'],
    ['marathon.json', '[1, "x"'],
    ['marathon.json', '{"env": 3, "container": {"volumes": null}}'],
    ['postgresql.conf', "= x\nwork_mem 'un'closed'\n\u0000"],
    ['pg_hba.conf', '"unclosed\n\\'],
    ['master.sql', ''],
  ])('with a strange %s is compared as far as it can be: %j', (name, text) => {
    const comparison = compareArtefacts({ ...after, [name]: text }, after)
    expect(comparison.changes.length).toBeGreaterThan(0)
    expect(
      renderComparison(comparison, { from: 'a', to: 'b' }, listTodo(comparison, after, inDist)),
    ).not.toContain('\u0000')
  })

  test('with a script of an older version, and no map, tells what it can', () => {
    const { 'run_rep.map.json': _, ...before } = after
    const script = (before['run_rep.sh'] ?? '').replace('stop_fast=90', 'stop_fast=80')
    expect(shown(compareArtefacts({ ...before, 'run_rep.sh': script }, after).changes)).toEqual([
      ['option', 'shutdown.fast', '80', '90', 'restart'],
    ])
  })

  test('that lacks files says of which nothing is known', () => {
    const { 'master.sql': _, 'marathon.json': __, ...before } = after
    const { changes: found, notCompared } = compareArtefacts(before, after)
    expect(shown(found)).toEqual([['target', 'marathon.json', undefined, 'new', 'nothing']])
    expect(notCompared).toEqual(['master.sql'])
  })

  test('whose data is rewound has two constants of one key, which are told by their keys', () => {
    const script = (after['run_rep.sh'] ?? '')
      .replace('on_diverged=fail', 'on_diverged=reclone')
      .replace('rewinds=no', 'rewinds=yes')
    const { changes: found } = compareArtefacts(after, { ...after, 'run_rep.sh': script })
    expect(shown(found)).toEqual([
      ['option', 'run.onDiverged', 'fail', 'rewind', 'restart'],
      ['option', 'rewind.otherwise', undefined, 'reclone', 'restart'],
    ])
  })
})

test('the summary, the changes and what to do, as a person reads them', () => {
  const side = (conf: string, rules: string) => withTexts({ 'postgresql.conf': conf, 'pg_hba.conf': rules })
  const before = side("shared_buffers = '512MB'\n", '')
  const after = side("shared_buffers = '1GB'\nwork_mem = 16MB\n", 'host all all 10.0.0.0/8 scram-sha-256\n')
  const comparison = compareArtefacts(before, after)
  const text = renderComparison(
    comparison,
    { from: 'dist', to: 'replica.config.ts' },
    listTodo(comparison, after, inDist),
  )
  expect(text).toBe(`2 settings, 1 access rule: replicas must be restarted
From dist to replica.config.ts.

Settings of the server
  restart  shared_buffers: 512MB -> 1GB
           PostgreSQL takes it at its start (postmaster)
  reload   work_mem: new, 16MB
           PostgreSQL takes it at a reload (user)

Access rules (pg_hba.conf)
  reload   + host all all 10.0.0.0/8 scram-sha-256
           PostgreSQL takes it at a reload; sessions that are open go on

What to do
  generate, and publish what it wrote into dist
  curl -X PUT -H 'Content-Type: application/json' -d @marathon.json http://marathon:8080/v2/apps/db/pg
  curl -X POST http://marathon:8080/v2/apps/db/pg/restart    (instead, where marathon.json itself did not change)
`)
})

test('another major: first of all the master is upgraded, and hosts get its server', () => {
  const after = withTexts({
    'run_rep.sh': (text) => text.replaceAll("'for PostgreSQL 16'", "'for PostgreSQL 17'"),
    'master.sql': (text) => text.replaceAll('server_version', 'server_version_num'),
  })
  const comparison = compareArtefacts(usual(), after)
  expect(listTodo(comparison, after, (name) => `dist/production/${name}`).slice(0, 5)).toEqual([
    'upgrade the master to 17, if it is not yet: replicas of another major are refused',
    'apt-get install -y postgresql-17 postgresql-client-17    (on each host that runs replicas, as root)',
    'generate',
    'psql -X -d postgres -f dist/production/master.sql    (on the master, as a superuser)',
    'publish what it wrote into dist/production/',
  ])
})

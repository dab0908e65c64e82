import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa, execaSync } from 'execa'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteValue } from '../../../generator/targets/systemd/print.js'
import { compile, list } from '../../compile/sources.js'

const filesOf = (model: object) => compile({ targets: { systemd: {} }, ...model }).files

/** Before 250 it judges no file that is not installed. */
const testAnalyze = isOffline() ? test : process.env.CI ? test : test.skip

function isOffline(): boolean {
  const { stdout } = execaSync('systemd-analyze', ['--version'], { reject: false })
  return Number(/^systemd (\d+)/.exec(stdout ?? '')?.[1] ?? 0) >= 250
}

async function inFolder<T>(run: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'unit-'))
  try {
    return await run(folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

describe('the unit', () => {
  test('is what the model says, and nothing of Marathon is printed', () => {
    const files = filesOf({ task: { stopGrace: 200, mem: 2048, cpus: 2 }, run: { user: 'pg' } })
    expect(Object.keys(files).filter((name) => /marathon|postgres-replica/.test(name))).toEqual([
      'postgres-replica.service',
      'postgres-replica.env',
    ])
    const unit = files['postgres-replica.service']?.split('\n')
    const wanted = [
      'User=pg',
      'TimeoutStopSec=200s',
      'KillMode=mixed',
      'MemoryMax=2048M',
      'CPUWeight=200',
      'StateDirectoryMode=0700',
      'CapabilityBoundingSet=',
      'RestartPreventExitStatus=65 77 78',
    ]
    for (const line of wanted) expect(unit).toContain(line)
  })

  test('with instances takes its port, its directory and its status from the instance', () => {
    const files = filesOf({
      run: { dataDir: 'deep/data' },
      targets: { systemd: { name: 'db', instances: 'ports', password: '/etc/db.password' } },
    })
    const unit = files['db@.service']?.split('\n')
    const wanted = [
      'Description=PostgreSQL read replica db on port %i',
      'Environment=UNIT_NAME=db',
      'Environment=PORT0=%i',
      'StateDirectory=db/%i',
      'WorkingDirectory=/var/lib/db/%i',
      'LoadCredential=password:/etc/db.password',
      'Environment=POSTGRES_REPPASSWORD_FILE=%d/password',
    ]
    for (const line of wanted) expect(unit).toContain(line)
    // The file would overrule the unit.
    expect(files['db.env']).not.toMatch(/PORT0|UNIT_NAME/)
  })

  // What it hides would be missed where nothing says that the password lies elsewhere.
  test.each<[string, object, string]>([
    ['hidden from postgres, who has none there', {}, 'yes'],
    ['readable for a user whose password file may lie there', { run: { user: 'pg' } }, 'read-only'],
    ['hidden where the model names the password file', { run: { user: 'pg', passfile: '/etc/p' } }, 'yes'],
    ['readable where a file of the model lies there', { run: { passfile: '/home/pg/.pgpass' } }, 'read-only'],
    ['readable where the data lies there', { run: { dataDir: '/home/pg/data' } }, 'read-only'],
    ['hidden where a name only begins so', { run: { passfile: '/homes/p' } }, 'yes'],
  ])('home directories are %s', (_title, model, wanted) => {
    expect(filesOf(model)['postgres-replica.service']).toMatch(new RegExp(`^ProtectHome=${wanted}$`, 'm'))
  })

  test('waits for the mounts of all that the model names of the host, and opens its data alone', () => {
    const unit = filesOf({
      master: { tls: { mode: 'verify-full', rootCert: '/pki/100%/ca.pem' } },
      run: { dataDir: '/srv/pg data', passfile: '/etc/p' },
      clone: { walDir: '/fast' },
      restore: { from: 'directory', path: '/wal' },
    })['postgres-replica.service']
    const valuesOf = (key: string) =>
      [...(unit ?? '').matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, one]) => one)
    expect(valuesOf('RequiresMountsFor')).toEqual([
      '/usr/local/lib/run_rep.sh',
      '"/srv/pg data"',
      '/etc/p',
      '/pki/100%%/ca.pem',
      '/fast',
      '/wal',
    ])
    expect(valuesOf('ReadWritePaths')).toEqual(['-"/srv/pg data"', '-/fast'])
  })

  test('lets pgbackrest write where it does by default', () => {
    const restore = { from: 'pgbackrest', stanza: 'main' }
    expect(filesOf({ restore })['postgres-replica.service']).toContain(
      '\nReadWritePaths=-/var/log/pgbackrest -/var/spool/pgbackrest\n',
    )
  })

  test.each<[string, object]>([
    ['by default', {}],
    [
      'with instances and a password',
      { targets: { systemd: { instances: 'ports', password: '/etc/db.password' } } },
    ],
    [
      'with all that can be said of it',
      {
        run: { dataDir: '/srv/pg data', user: 'pg_replica' },
        task: { port: 5433, user: 'root', cpus: 64, mem: 65_536.5, env: { A: '100% "x" $y' } },
        targets: {
          systemd: {
            name: 'db-2.replica',
            script: '/opt/x/run.sh',
            environmentFile: '/opt/x/env',
            restartSec: 0,
          },
        },
      },
    ],
  ])('%s passes systemd-analyze verify without a word', async (_title, model) => {
    const files = filesOf(model)
    const [name = ''] = Object.keys(files).filter((file) => file.endsWith('.service'))
    const said = await inFolder(async (folder) => {
      const path = join(folder, name)
      await writeFile(path, files[name] ?? '')
      return execa('systemd-analyze', ['verify', path], { all: true, reject: false })
    })
    expect({ code: said.exitCode, all: said.all }).toEqual({ code: 0, all: '' })
  })

  // systemd-analyze(1): from 0, which is safe, to 10; what a replica needs is 1.5 of it.
  testAnalyze('exposes little', async () => {
    const said = await inFolder(async (folder) => {
      const path = join(folder, 'postgres-replica.service')
      await writeFile(path, filesOf({})['postgres-replica.service'] ?? '')
      return execa('systemd-analyze', ['security', '--offline=yes', '--threshold=16', '--no-pager', path], {
        all: true,
        reject: false,
      })
    })
    expect(said.exitCode, said.all).toBe(0)
  })

  test('a line that is none is found by systemd-analyze verify', async () => {
    const unit = filesOf({})['postgres-replica.service']?.replace('KillMode=mixed', 'KillMod=mixed') ?? ''
    const said = await inFolder(async (folder) => {
      await writeFile(join(folder, 'x.service'), unit)
      return execa('systemd-analyze', ['verify', join(folder, 'x.service')], { all: true, reject: false })
    })
    expect(said.all).toContain('KillMod')
  })
})

describe('the environment file', () => {
  test('holds what the contract needs, and the port', () => {
    const env = filesOf({ master: { hosts: 'pg1' } })['postgres-replica.env']
    expect(env?.split('\n').filter((line) => line !== '' && !line.startsWith('#'))).toEqual([
      'CONFIG_URL=http://web01/postgres/conf',
      'EXIT_PAUSE=0',
      'PORT0=5432',
      'POSTGRES_MASTER=pg1',
      'POSTGRES_REPUSER=replicator',
      'RUN_USER=postgres',
    ])
  })

  // What only a person can mend is not started again, so that nothing has to be slowed down.
  test('has no pause, whatever others need, unless it is given one for itself', () => {
    const pauseOf = (model: object) =>
      /^EXIT_PAUSE=.*$/m.exec(filesOf(model)['postgres-replica.env'] ?? '')?.[0]
    expect(pauseOf({ run: { exitPause: 600 } })).toBe('EXIT_PAUSE=0')
    expect(pauseOf({ task: { env: { EXIT_PAUSE: '5' } } })).toBe('EXIT_PAUSE=5')
  })

  // Its double quotes are those of the shell (systemd.exec(5), EnvironmentFile=), which therefore can judge them.
  test('any value of one line comes back', async () => {
    const values = fc.sample(fc.string({ unit: 'grapheme-ascii', maxLength: 40 }), 200)
    const kept = [...values, 'a"b', '\\', '$HOME', '`id`', "it's", '#x', ' y ', '%n'].filter(
      (value) => !/\p{Cc}/u.test(value),
    )
    const script = kept.map((value) => `v=${quoteValue(value)}\nprintf '%s\\n' "$v"\n`).join('')
    const { stdout } = await execa('sh', ['-c', script], { stdin: 'ignore', stripFinalNewline: false })
    expect(stdout).toBe(kept.map((value) => `${value}\n`).join(''))
  })
})

describe('what systemd cannot do', () => {
  const judge = (model: object) => list(compile({ targets: { systemd: {} }, ...model }).diagnostics)
  test.each<[object, string[]]>([
    [{}, []],
    [{ task: { preset: 'persistent' }, run: { slot: 'permanent', masterWait: 100_000 } }, []],
    [{ postgresql: { settings: { max_wal_size: '20GB' } } }, ['W_CONFIG_EXAMPLE publish']],
    [{ task: { env: { PORT0: '5433' } } }, ['E_TASK_ENV task.env.PORT0']],
    [{ targets: { systemd: { name: 'postgresql' } } }, ['E_SYSTEMD_NAME targets.systemd.name']],
    [{ targets: { systemd: { name: 'a.service' } } }, ['E_SYSTEMD_NAME targets.systemd.name']],
    [{ targets: { systemd: { script: '/opt/../x' } } }, ['E_MODEL targets.systemd.script']],
    [{ targets: {} }, ['W_TARGETS targets']],
    [{ task: { instances: 2 } }, ['E_SYSTEMD_INSTANCES task.instances']],
    [{ task: { instances: 2 }, targets: { systemd: { instances: 'ports' } } }, []],
    [
      { run: { dataDir: '/srv/pg' }, targets: { systemd: { instances: 'ports' } } },
      ['E_SYSTEMD_SHARED run.dataDir'],
    ],
    [{ run: { dataDir: 'pg' }, targets: { systemd: { instances: 'ports' } } }, []],
    [{ run: { name: 'a' }, targets: { systemd: { instances: 'ports' } } }, ['W_RUN_NAME run.name']],
    [{ run: { name: 'a' } }, []],
    [{ task: { port: 5433 }, targets: { systemd: { instances: 'ports' } } }, ['E_SYSTEMD_PORT task.port']],
    [{ task: { port: 1023 } }, ['E_SYSTEMD_PORT task.port']],
    [{ task: { port: 1024 } }, []],
    [{ run: { dataDir: '/tmp/pg' } }, ['E_SYSTEMD_PATH run.dataDir']],
    [{ run: { dataDir: '/tmp.d/pg' } }, []],
    [{ run: { passfile: '/var/tmp/x' } }, ['E_SYSTEMD_PATH run.passfile']],
    [{ restore: { from: 'directory', path: '/dev/x' } }, ['E_SYSTEMD_PATH restore.path']],
    [{ targets: { systemd: { script: '/tmp/run_rep.sh' } } }, ['E_SYSTEMD_PATH targets.systemd.script']],
    [{ targets: { systemd: { password: '/etc/p' } } }, []],
    [
      { run: { passfile: '/etc/f' }, targets: { systemd: { password: '/etc/p' } } },
      ['E_SYSTEMD_PASSWORD targets.systemd.password'],
    ],
    [{ targets: { systemd: { password: 'etc/p' } } }, ['E_MODEL targets.systemd.password']],
    [{ task: { env: { EXIT_PAUSE: '60' } } }, ['W_SYSTEMD_PAUSE task.env.EXIT_PAUSE']],
    [{ task: { env: { EXIT_PAUSE: '0' } } }, []],
    [{ run: { exitPause: 60 } }, []],
    [{ task: { env: { UNIT_NAME: 'x' } } }, ['E_TASK_ENV task.env.UNIT_NAME']],
    [{ task: { preset: 'ephemeral' } }, ['E_SYSTEMD_PRESET task.preset']],
    [
      { task: { env: { TOKEN: { secret: 't' } }, secrets: { t: { source: '/t' } } } },
      ['E_SYSTEMD_SECRET task.env.TOKEN'],
    ],
    [{ task: { env: { TEXT: 'a\nb' } } }, ['E_SYSTEMD_ENV task.env.TEXT']],
    [{ task: { user: 'www' } }, ['E_TASK_USER task.user']],
    [{ task: { stopGrace: 60 } }, ['E_STOP_GRACE task.stopGrace']],
    [{ targets: { systemd: { name: '../x' } } }, ['E_MODEL targets.systemd.name']],
    [{ targets: { systemd: { unit: 'x' } } }, ['E_MODEL_KEY targets.systemd.unit']],
    [{ targets: { nomad: {} } }, ['E_MODEL_KEY targets.nomad']],
    // Both at once: what both have to say is said once.
    [{ task: { stopGrace: 60 }, targets: { marathon: {}, systemd: {} } }, ['E_STOP_GRACE task.stopGrace']],
  ])('%j', (model, wanted) => {
    expect(judge(model)).toEqual(wanted)
  })
})

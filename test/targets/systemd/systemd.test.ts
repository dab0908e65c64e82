import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { quoteValue } from '../../../generator/targets/systemd/unit.js'
import { compile, list } from '../../compile/sources.js'

const filesOf = (model: object) => compile({ targets: { systemd: {} }, ...model }).files

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
    ]
    for (const line of wanted) expect(unit).toContain(line)
  })

  test.each<[string, object]>([
    ['by default', {}],
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
      'PORT0=5432',
      'POSTGRES_MASTER=pg1',
      'POSTGRES_REPUSER=replicator',
      'RUN_USER=postgres',
    ])
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
    [{ postgresql: { settings: { max_wal_size: '20GB' } } }, []],
    [{ task: { env: { PORT0: '5433' } } }, ['E_TASK_ENV task.env.PORT0']],
    [{ targets: { systemd: { name: 'postgresql' } } }, ['E_SYSTEMD_NAME targets.systemd.name']],
    [{ targets: { systemd: { name: 'a.service' } } }, ['E_SYSTEMD_NAME targets.systemd.name']],
    [{ targets: { systemd: { script: '/opt/../x' } } }, ['E_MODEL targets.systemd.script']],
    [{ targets: {} }, ['W_TARGETS targets']],
    [{ task: { instances: 2 } }, ['E_SYSTEMD_INSTANCES task.instances']],
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

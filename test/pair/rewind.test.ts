import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { compileReplica } from '../../generator/compile/compile.js'
import { readTemplates } from '../../generator/load/templates.js'
import { randomOf } from '../random.js'
import { type Agent, type AgentOptions, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { serverBin, testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { makeFakeTool } from './harness/fake-tool.js'
import { type Heir, startHeir } from './harness/heir.js'
import { isRoot, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { applyMasterSql } from './harness/master-sql.js'
import { descendantsOf, freeze } from './harness/processes.js'
import { query } from './harness/query.js'
import { openRelay, type Relay } from './harness/relay.js'
import { openSpace, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

let space: Space
const scripts = { reclone: '', fail: '', usual: '', apart: '' }
let masterSql = ''
beforeAll(() => {
  space = openSpace()
  scripts.reclone = buildQuickScript(space, { onDiverged: 'rewind' })
  scripts.fail = buildQuickScript(space, { onDiverged: 'rewind' }, { rewind: { otherwise: 'fail' } })
  scripts.usual = buildQuickScript(space)
  scripts.apart = buildQuickScript(
    space,
    { onDiverged: 'rewind', dataDir: '/srv/pg' },
    { clone: { walDir: join(makeVolume(space), 'wal') } },
  )
  const { files } = compileReplica(
    { run: { onDiverged: 'rewind' } },
    { templates: readTemplates(), stepFiles: {}, docs: {} },
  )
  masterSql = files['master.sql'] ?? ''
})
afterAll(() => space.close())

type Otherwise = keyof typeof scripts

const hba = [
  'local all all trust',
  'host all postgres 127.0.0.1/32 trust',
  'host replication,postgres replicator 127.0.0.1/32 scram-sha-256',
]

interface Options {
  readonly otherwise?: Otherwise
  readonly hba?: readonly string[]
  readonly conf?: readonly string[]
  /** Nobody has run master.sql. */
  readonly isBare?: boolean
  readonly tablespaces?: number
  /** By way of which that replica reaches its master. */
  readonly relay?: Relay
  /** Settings of the heir. */
  readonly heirs?: readonly string[]
  /** How the replica that goes too far ends. */
  readonly end?: (agent: Agent, master: Master) => Promise<void>
}

/** A server that was promoted, and a replica that is no more running and has what that server never had. */
interface House {
  readonly heir: Heir
  readonly agent: Agent
  run(options?: Partial<AgentOptions> & { readonly otherwise?: Otherwise }): Promise<Agent>
  /** Base backups of the heir. */
  clones(): number
}

const stop = async (agent: Agent) => {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

async function makeHouse(options: Options = {}): Promise<House> {
  const { otherwise = 'reclone', end = stop } = options
  const master = await startMaster(space, {
    hba: options.hba ?? hba,
    // As much WAL as pg_rewind may have to look back to.
    conf: ['wal_keep_size = 256MB', ...(options.conf ?? ['wal_log_hints = on'])],
    tablespaces: options.tablespaces ?? 0,
  })
  if (!options.isBare) await applyMasterSql(master.port, masterSql)
  await master.sql(
    'CREATE TABLE big AS SELECT n, repeat(md5(n::text), 20) AS body FROM generate_series(1, 5000) AS n',
  )
  const env = contractFor(space, master)
  options.relay?.lead(master.port)
  const agent = await runAgent(space, {
    env: contractFor(space, options.relay ?? master),
    script: scripts[otherwise],
  })
  await agent.waitForRow(await master.insert())
  const next = await runAgent(space, { env, script: scripts.usual })
  await next.waitForRow(await master.insert())
  await stop(next)
  // What the heir never has.
  await master.sql("UPDATE big SET body = 'of the old master' WHERE n % 7 = 0")
  await master.sql('CREATE TABLE lost AS SELECT generate_series(1, 1000) AS n')
  await agent.waitForRow(await master.insert())
  await end(agent, master)
  await master.stop()
  const heir = await startHeir(space, next, ['log_replication_commands=on', ...(options.heirs ?? [])])
  await heir.promote()
  await heir.sql("UPDATE big SET body = 'of the heir' WHERE n % 11 = 0")
  await heir.insert()
  const log = join(space.dir, `heir-${next.port}.log`)
  return {
    heir,
    agent,
    run: ({ otherwise: other = otherwise, ...rest } = {}) => {
      const { sandbox, port } = agent
      copyFileSync(scripts[other], join(sandbox, 'run_rep.sh'))
      return runAgent(space, { env: contractFor(space, heir), sandbox, port, ...rest })
    },
    clones: () =>
      (readFileSync(log, 'utf8').match(/LOG: [^\n]*BASE_BACKUP[^\n]*LABEL 'pg_base/g) ?? []).length,
  }
}

const digest = async (port: number) => {
  const rows = await query(
    port,
    `SELECT (SELECT md5(string_agg(big::text, ',' ORDER BY n)) FROM big) AS big,
      (SELECT md5(string_agg(rows::text, ',' ORDER BY id)) FROM rows) AS rows,
      (SELECT string_agg(relname, ',' ORDER BY relname) FROM pg_class WHERE relkind = 'r' AND oid >= 16384) AS tables`,
  )
  return rows[0]
}

/** It streams, and has all that the heir has, and nothing else. */
async function expectEqual(agent: Agent, heir: Heir): Promise<void> {
  await agent.waitForRow(await heir.insert())
  expect(await digest(agent.port)).toEqual(await digest(heir.port))
}

const markOf = ({ sandbox }: Agent) => join(sandbox, 'pgdata/replica/rewinding')
const pinsOf = ({ sandbox }: Agent) => join(sandbox, 'pgdata/replica/clone.done')

describe('data that left the history of the master', () => {
  testWith([], 'is rewound, without a base backup, and is as good as before', async () => {
    const house = await makeHouse()
    const pins = readFileSync(pinsOf(house.agent), 'utf8')
    const looked = await house.run({ args: ['preflight'], ownLog: true })
    expect(await looked.exit, looked.log()).toBe(0)
    expect(looked.log()).toMatch(/a run would rewind the data/)
    const told = await house.run({ args: ['status', '--master'], ownLog: true })
    expect(await told.exit, told.log()).toBe(0)
    expect(readFileSync(join(told.sandbox, 'stdout'), 'utf8')).toMatch(
      /^restart {5}rewind: the data has WAL/m,
    )
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    expect(agent.log()).toMatch(
      /left that timeline.*; rewinding the data: \d+ MB of \d+ MB(.*\n)*.*rewound: the data is at/,
    )
    expect(house.clones()).toBe(0)
    expect(readFileSync(pinsOf(agent), 'utf8')).toBe(pins)
    expect(existsSync(markOf(agent))).toBe(false)
    await stop(agent)
    const again = await house.run()
    await expectEqual(again, house.heir)
    expect(again.log()).not.toMatch(/rewinding/)
    await stop(again)
    await house.heir.stop()
  })

  testWith([], 'is rewound with its WAL on another disk, and that stays there', async () => {
    const house = await makeHouse({ otherwise: 'apart' })
    const link = readlinkSync(join(house.agent.dataDir, 'pg_wal'))
    // Before 16 pg_rewind sees the new timeline of the heir when that has written a checkpoint.
    await house.heir.sql('CHECKPOINT')
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    expect(agent.log()).toMatch(/rewound: the data is at/)
    expect(house.clones()).toBe(0)
    expect(readlinkSync(join(agent.dataDir, 'pg_wal'))).toBe(link)
    await stop(agent)
    await house.heir.stop()
  })

  testWith([], 'while it runs ends the task, and the next one rewinds', async () => {
    const relay = await openRelay(space)
    const house = await makeHouse({ relay, end: () => Promise.resolve() })
    relay.lead(house.heir.port, 'drop')
    expect(await house.agent.exit, house.agent.log()).toBe(75)
    expect(house.agent.log()).toMatch(/the next run rewinds the data: .*\n.* data: .*\n.*REWIND/)
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    expect(agent.log()).toMatch(/rewound: the data is at/)
    expect(house.clones()).toBe(0)
    await stop(agent)
    await house.heir.stop()
  })

  testWith([], 'and was killed is first shut down cleanly, as a standby that follows nobody', async () => {
    const house = await makeHouse({ end: (agent) => agent.kill() })
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    expect(agent.log()).toMatch(/starting the server for a moment, closed(.*\n)*.*rewound: the data is at/)
    expect(house.clones()).toBe(0)
    await stop(agent)
    await house.heir.stop()
  })

  testWith([], 'only in WAL that was not replayed is replayed first', async () => {
    const house = await makeHouse({
      end: async (agent, master) => {
        await agent.sql('SELECT pg_wal_replay_pause()')
        await master.insert()
        const [{ lsn } = { lsn: '' }] = await master.sql('SELECT pg_current_wal_lsn()::text AS lsn')
        await waitFor('the WAL to arrive', async () => {
          const [found] = await agent.sql(`SELECT pg_last_wal_receive_lsn() >= '${String(lsn)}' AS yes`)
          return found?.yes === true
        })
        await stop(agent)
      },
    })
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    expect(house.clones()).toBe(0)
    await stop(agent)
    await house.heir.stop()
  })

  testWith([], 'has its tablespaces where they were', async () => {
    const house = await makeHouse({ tablespaces: 1 })
    await house.heir.sql('INSERT INTO in_space1 SELECT generate_series(1, 10)')
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    const count = 'SELECT count(*)::int AS n FROM in_space1'
    expect(await agent.sql(count)).toEqual(await house.heir.sql(count))
    const [link] = await agent.sql(
      'SELECT pg_tablespace_location(oid) AS at FROM pg_tablespace WHERE oid > 16383',
    )
    expect(String(link?.at)).toContain(join(agent.sandbox, 'pgdata/replica/tablespaces'))
    expect(house.clones()).toBe(0)
    await stop(agent)
    await house.heir.stop()
  })
})

describe('where pg_rewind cannot help', () => {
  const noLine = hba.map((line) => line.replace('replication,postgres', 'replication'))
  const cases: readonly [string, Options, RegExp][] = [
    [
      'a line of pg_hba.conf',
      { hba: noLine },
      /cannot be rewound: cannot run SQL in the database postgres of .*pg_hba/,
    ],
    [
      'a right',
      { isBare: true },
      /cannot be rewound: pg_rewind ended with status 1: .*permission denied for function/,
    ],
    [
      'wal_log_hints and checksums',
      { conf: [] },
      /cannot be rewound: pg_rewind ended with status 1: .*wal_log_hints/,
    ],
    [
      'full_page_writes',
      { conf: ['wal_log_hints = on', 'full_page_writes = off'] },
      /cannot be rewound: pg_rewind ended with status 1: .*full_page_writes/,
    ],
  ]
  for (const [what, options, words] of cases) {
    testWith([], `since ${what} is missing, it is said, and done otherwise`, async () => {
      const house = await makeHouse(options)
      const refused = await house.run({ otherwise: 'fail' })
      await refused.waitForLog(words)
      expect(await refused.exit, refused.log()).toBe(65)
      expect(refused.log()).toMatch(/DATA_DIVERGED/)
      expect(existsSync(pinsOf(refused))).toBe(true)
      await expectNothingLeft(refused)
      rmSync(join(refused.sandbox, 'pgdata/replica/outdated'))
      const agent = await house.run()
      await expectEqual(agent, house.heir)
      expect(agent.log()).toMatch(words)
      expect(agent.log()).toMatch(/cloning again/)
      expect(house.clones()).toBe(1)
      await stop(agent)
      await house.heir.stop()
    })
  }

  testWith([], 'since the master has a new tablespace, a copy gives it its place', async () => {
    const house = await makeHouse()
    const dir = mkdtempSync(join(space.dir, 'new-'))
    if (isRoot) await execa('chown', [serverUser().name, dir])
    await house.heir.sql(`CREATE TABLESPACE fresh LOCATION '${dir}'`)
    await house.heir.sql('CREATE TABLE in_fresh TABLESPACE fresh AS SELECT generate_series(1, 1000) AS n')
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    expect(agent.log()).toMatch(/cannot be rewound: .* has a new tablespace \(\d+\)/)
    expect(house.clones()).toBe(1)
    await stop(agent)
    await house.heir.stop()
  })

  testWith([], 'since the master has no longer the WAL of its first days, it is done otherwise', async () => {
    const house = await makeHouse({ heirs: ['wal_keep_size=0', 'max_wal_size=32MB', 'min_wal_size=32MB'] })
    const wal = join(house.heir.dataDir, 'pg_wal')
    const [first = ''] = readdirSync(wal)
      .filter((name) => /^0{7}2\w{16}$/.test(name))
      .sort()
    await waitFor(`${first} to be removed`, async () => {
      await house.heir.insert()
      await house.heir.sql('SELECT pg_switch_wal()')
      await house.heir.sql('CHECKPOINT')
      return !existsSync(join(wal, first))
    })
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    expect(agent.log()).toMatch(new RegExp(`cannot be rewound: .* no longer has the WAL segment ${first}`))
    expect(house.clones()).toBe(1)
    await stop(agent)
    await house.heir.stop()
  })

  testWith([], 'and then can, it does', async () => {
    const house = await makeHouse({ isBare: true, otherwise: 'fail' })
    const refused = await house.run()
    expect(await refused.exit, refused.log()).toBe(65)
    await applyMasterSql(house.heir.port, masterSql)
    const agent = await house.run()
    await expectEqual(agent, house.heir)
    expect(house.clones()).toBe(0)
    expect(existsSync(join(agent.sandbox, 'pgdata/replica/outdated'))).toBe(false)
    await stop(agent)
    await house.heir.stop()
  })
})

/** A pg_rewind that stands still so many milliseconds after it began to write; a dry run does not. */
function makeStopped(delay: number) {
  const path = `${serverBin}/pg_rewind`
  const tool = makeFakeTool(space, path)
  const home = mkdtempSync(join(space.dir, 'rewind-'))
  chmodSync(home, 0o777)
  const still = join(home, 'still')
  const [mount] = tool.mounts
  const real = join(mount?.from ?? '', '..', basename(path))
  writeFileSync(
    mount?.from ?? '',
    `#!/bin/sh
case " $* " in *' -n '*) exec ${real} "$@" ;; esac
[ ! -e ${still} ] || exec ${real} "$@"
${real} "$@" &
sleep ${delay / 1000}
kill -s STOP $! 2>/dev/null
: >${still}
wait $!
`,
  )
  return { mounts: tool.mounts, isStill: () => existsSync(still) }
}

describe('a rewind that is interrupted', () => {
  testWith(['namespace'], 'by a SIGTERM ends at once, and leaves its mark', async () => {
    const house = await makeHouse()
    const stopped = makeStopped(20)
    const agent = await house.run({ mounts: stopped.mounts })
    await waitFor('pg_rewind to stand still', stopped.isStill)
    agent.terminate('SIGTERM', 'script')
    expect(await agent.exit, agent.log()).toBe(143)
    await expectNothingLeft(agent)
    expect(existsSync(markOf(agent))).toBe(true)
    expect(existsSync(pinsOf(agent))).toBe(false)
    // Neither without its master, nor by a script of another policy, nor by one that is told to look only.
    const port = house.heir.port
    await house.heir.stop()
    for (const otherwise of ['fail', 'usual'] as const) {
      const refused = await house.run({ otherwise })
      expect(await refused.exit, refused.log()).toBe(65)
      expect(refused.log()).toMatch(/was interrupted.*\n.* data: .*\n.*HALF_REWOUND/)
    }
    const waiting = await house.run()
    await waiting.waitForLog(/no usable answer/)
    expect(waiting.log()).not.toMatch(/starting PostgreSQL/)
    await house.heir.start()
    expect(house.heir.port).toBe(port)
    await expectEqual(waiting, house.heir)
    expect(house.clones()).toBe(1)
    await stop(waiting)
    await house.heir.stop()
  })

  testWith(['namespace'], 'since only its script was killed does not go on beside the next one', async () => {
    const house = await makeHouse()
    const stopped = makeStopped(20)
    const agent = await house.run({ mounts: stopped.mounts })
    await waitFor('pg_rewind to stand still', stopped.isStill)
    agent.terminate('SIGKILL', 'script')
    await agent.exit
    const next = await house.run()
    await expectEqual(next, house.heir)
    expect(next.log()).toMatch(/which still writes to|interrupted/)
    await stop(next)
    // A helper of the run that was killed looks each five seconds.
    await waitFor('the helpers to end', () => expectNothingLeft(next).then(() => true))
    await house.heir.stop()
  })

  const count = Number(process.env.REWIND_KILLS ?? 6)
  testWith(['namespace'], `by SIGKILL at ${count} instants never serves what is half done`, async () => {
    // Its server was killed, too, so that the data first runs for a moment.
    const house = await makeHouse({ end: (agent) => agent.kill(), heirs: ['wal_keep_size=4GB'] })
    const kept = join(space.dir, 'kept')
    await execa('cp', ['-a', join(house.agent.sandbox, 'pgdata'), kept])
    const random = randomOf(Number(process.env.REWIND_SEED ?? 7))
    const ends: string[] = []
    for (let number = 0; number < count; number++) {
      await execa('rm', ['-rf', join(house.agent.sandbox, 'pgdata')])
      await execa('cp', ['-a', kept, join(house.agent.sandbox, 'pgdata')])
      // Half of them in pg_rewind, at an instant that is held; the others at any, until it serves.
      const isHeld = number % 2 === 0
      // The first stands still before it has done anything: however fast the machine is, that one is half done.
      const delay = number === 0 ? 0 : Math.floor(random() * (isHeld ? 250 : 6_000))
      const stopped = isHeld ? makeStopped(delay) : undefined
      const agent = await house.run({ mounts: stopped?.mounts ?? [] })
      if (stopped) {
        await waitFor('pg_rewind to stand still', stopped.isStill)
      } else {
        await agent.waitForLog(/starting the server for a moment/)
        await new Promise((resolve) => setTimeout(resolve, delay))
      }
      if (stopped) freeze(descendantsOf(agent.pid).map(({ pid }) => pid))
      await agent.kill()
      const isWhole = existsSync(pinsOf(agent))
      ends.push(`${isHeld ? 'held' : 'free'} ${delay} ms: ${isWhole ? 'whole' : 'half'}`)
      if (!isWhole) {
        expect(existsSync(markOf(agent)), ends.join()).toBe(true)
        const refused = await house.run({ otherwise: 'fail' })
        expect(await refused.exit, `${ends.join()}\n${refused.log()}`).toBe(65)
        expect(refused.log()).toMatch(/HALF_REWOUND/)
      }
      const clones = house.clones()
      const next = await house.run()
      await expectEqual(next, house.heir)
      expect(house.clones() - clones, `${ends.join()}\n${next.log()}`).toBe(isWhole ? 0 : 1)
      await stop(next)
    }
    expect(
      ends.some((end) => end.endsWith('half')),
      ends.join(),
    ).toBe(true)
    await house.heir.stop()
  })
})

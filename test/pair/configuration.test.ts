import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, type AgentOptions, runAgent } from './harness/agent.js'
import { buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { startWebServer, type WebServer } from './harness/config-server.js'
import { contractFor, type Environment } from './harness/contract.js'
import { chownTo, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { makeNetwork } from './harness/network.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'

let space: Space
let script: string
beforeAll(() => {
  space = openSpace()
  script = buildScript(space, {
    run: { configuration: 'published', watchInterval: 1 },
    publish: 'http://web/x',
  })
})
afterAll(() => space.close())

const open = [
  'host all postgres 127.0.0.1/32 trust',
  'host replication replicator 127.0.0.1/32 scram-sha-256',
]
const conf = (...lines: string[]) =>
  `${['max_connections = 70', 'shared_buffers = 16MB', ...lines].join('\n')}\n`
const mapped = 'host all nobody 127.0.0.1/32 ident map=readers'
const hba = (...lines: string[]) => `${[...lines, mapped, ...open].join('\n')}\n`

async function serve(
  files: Readonly<Record<string, string>>,
): Promise<WebServer & { readonly conf: string }> {
  const below = Object.entries(files).map(([name, text]) => [`conf/${name}`, text] as const)
  const web = await startWebServer(space, Object.fromEntries(below))
  return { ...web, conf: `${web.url}/conf` }
}

async function start(master: Master, env: Environment, options: Partial<AgentOptions> = {}): Promise<Agent> {
  const agent = await runAgent(space, { env: contractFor(space, master, env), ...options })
  await agent.waitForRow(await master.insert())
  return agent
}

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

/** The same replica, started again. */
const again = (agent: Agent, master: Master, env: Environment, over: Partial<AgentOptions> = {}) =>
  start(master, env, { sandbox: agent.sandbox, port: agent.port, ...over })

const show = async (agent: Agent, name: string) => (await agent.sql(`SHOW ${name}`))[0]?.[name]

/** How a login of that role without a password ends on the replica. */
async function login(agent: Agent, user: string): Promise<string> {
  const client = new pg.Client({ host: '127.0.0.1', port: agent.port, user, database: 'postgres' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return 'in'
  } catch (error) {
    return String(error)
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** A directory that belongs to who runs the servers. */
function makeDirectory(name: string): string {
  const dir = mkdtempSync(join(space.dir, `${name}-`))
  chownTo(dir, serverUser())
  return dir
}

describe('published files', () => {
  testWith(['nginx'], 'rule beside a master that has its own in the data directory', async () => {
    const master = await startMaster(space, {
      conf: ["work_mem = '1MB'", "ssl_cert_file = '/nonexistent'"],
      autoConf: ["work_mem = '2MB'", "maintenance_work_mem = '3MB'"],
    })
    const web = await serve({
      'postgresql.conf': conf("work_mem = '5MB'"),
      'pg_hba.conf': hba(),
      'pg_ident.conf': 'readers somebody postgres\n',
    })
    const env = { CONFIG_URL: web.conf }
    const agent = await start(master, env, { script })
    expect(await show(agent, 'work_mem')).toBe('5MB')
    expect(await show(agent, 'maintenance_work_mem')).toBe('64MB')
    expect(await show(agent, 'config_file')).toBe(join(agent.dataDir, '../conf/postgresql.conf'))
    expect(await agent.sql('SELECT map_name, error FROM pg_ident_file_mappings')).toEqual([
      { map_name: 'readers', error: null },
    ])
    expect(agent.log()).toContain(
      `INFO serve: settings: published (${web.conf}/postgresql.conf, fetched now); access rules: published (${web.conf}/pg_hba.conf, fetched now)\n`,
    )
    expect(agent.log()).toMatch(
      /ALTER SYSTEM on the master are not used here: work_mem, maintenance_work_mem; they are kept/,
    )
    // The clone's own stay as they were.
    expect(readFileSync(join(agent.dataDir, 'postgresql.conf'), 'utf8')).toMatch(/work_mem = '1MB'/)
    expect(readFileSync(join(agent.dataDir, 'pg_hba.conf'), 'utf8')).not.toMatch(/readers/)

    await agent.sql("ALTER SYSTEM SET work_mem = '7MB'")
    await stop(agent)
    const next = await again(agent, master, env)
    expect(await show(next, 'work_mem')).toBe('7MB')
    expect(next.log()).toMatch(/fetched now\); ALTER SYSTEM here: work_mem\n/)
    expect(next.log()).not.toMatch(/WARN|closed to clients/)
    expect(master.clones()).toBe(1)
    await stop(next)
  })

  testWith(['nginx'], 'are taken at each start, and what is wrong with new ones stops nobody', async () => {
    const master = await startMaster(space)
    await master.sql('CREATE ROLE guest LOGIN')
    const web = await serve({ 'postgresql.conf': conf("work_mem = '5MB'"), 'pg_hba.conf': hba() })
    const env = { CONFIG_URL: web.conf }
    let agent = await start(master, env, { script })

    web.put('conf/postgresql.conf', conf("work_mem = '6MB'"))
    web.put('conf/pg_hba.conf', hba('host all guest 127.0.0.1/32 trust'))
    await stop(agent)
    agent = await again(agent, master, env)
    expect(await show(agent, 'work_mem')).toBe('6MB')
    expect(await login(agent, 'guest')).toBe('in')
    expect(agent.log()).toMatch(/closed to clients until the server has read its new access rules/)

    const faults: readonly (readonly [string, string, RegExp])[] = [
      ['postgresql.conf', conf("work_mem = '9MB'", 'wal_keep_segments = 8'), /postgresql\.conf" line 4/],
      ['pg_hba.conf', hba('<html>'), /pg_hba\.conf, line 1: /],
      ['pg_hba.conf', hba('host all guest nowhere/99 trust'), /pg_hba\.conf, line 1: /],
      ['pg_ident.conf', 'nonsense\n', /line 1 of .*pg_ident\.conf is not a mapping/],
      // Only a server that starts finds out.
      [
        'postgresql.conf',
        // It is there, and no library.
        conf("shared_preload_libraries = '/etc/passwd'"),
        /it ended with status 1 before it accepted clients/,
      ],
    ]
    for (const [name, text, words] of faults) {
      const good = name === 'pg_ident.conf' ? '' : readFileSync(join(agent.dataDir, '../conf', name), 'utf8')
      await stop(agent)
      web.put(`conf/${name}`, text)
      agent = await again(agent, master, env)
      expect(agent.log()).toMatch(words)
      expect(agent.log()).toMatch(/files that were fetched before/)
      expect(await show(agent, 'work_mem')).toBe('6MB')
      expect(await login(agent, 'guest')).toBe('in')
      // What PostgreSQL did not take is not tried again.
      if (/before it/.test(words.source)) {
        await stop(agent)
        agent = await again(agent, master, env)
        expect(agent.log()).toMatch(
          /WARN fetch_config: .*PostgreSQL did not accept those that .* still serves/,
        )
        expect(agent.log().match(/starting PostgreSQL/g)).toHaveLength(1)
      }
      web.put(`conf/${name}`, good)
    }
    await stop(agent)
    web.remove('conf/postgresql.conf')
    agent = await again(agent, master, env)
    expect(agent.log()).toMatch(
      /WARN fetch_config: using the files .* before: cannot fetch .*postgresql\.conf: .*404/,
    )
    await stop(agent)

    const begin = Date.now()
    agent = await again(agent, master, { CONFIG_URL: `http://127.0.0.1:${await pickPort()}/conf` })
    expect(Date.now() - begin).toBeLessThan(60_000)
    expect(agent.log()).toMatch(/WARN fetch_config: using the files that were fetched before: cannot fetch/)
    expect(agent.log()).toMatch(/settings: published \(http:\S+\/postgresql\.conf, fetched 20\d\d-\S+Z\)/)
    expect(await show(agent, 'work_mem')).toBe('6MB')
    await stop(agent)

    web.put('conf/postgresql.conf', conf("work_mem = '8MB'"))
    web.put('conf/pg_hba.conf', hba())
    agent = await again(agent, master, env)
    expect(await show(agent, 'work_mem')).toBe('8MB')
    expect(await login(agent, 'guest')).toMatch(/no pg_hba\.conf entry/)
    expect(master.clones()).toBe(1)
    await stop(agent)
  })

  testWith(
    [],
    'lie in a directory of the agent, too, and a change while it serves is taken over',
    async () => {
      const master = await startMaster(space)
      await master.sql('CREATE ROLE guest LOGIN')
      const dir = makeDirectory('published')
      writeFileSync(join(dir, 'postgresql.conf'), conf("work_mem = '5MB'"), { mode: 0o444 })
      writeFileSync(join(dir, 'pg_hba.conf'), hba())
      const agent = await start(master, { CONFIG_URL: `file://${dir}` }, { script })
      expect(await show(agent, 'work_mem')).toBe('5MB')
      expect(agent.log()).toContain(`published (file://${dir}/postgresql.conf, fetched now)`)
      writeFileSync(join(agent.dataDir, '../conf/pg_hba.conf'), hba('host all guest 127.0.0.1/32 trust'))
      await agent.waitForLog(/pg_hba\.conf has changed: the new rules of .*\/conf\/pg_hba\.conf/)
      await stop(agent)
      const missing = await runAgent(space, {
        env: contractFor(space, master, { CONFIG_URL: `file://${dir}/nothing` }),
        script,
      })
      expect(await missing.exit, missing.log()).toBe(78)
      expect(missing.log()).toMatch(/nothing\/postgresql\.conf: .*No such file/)
      expect(master.clones()).toBe(1)
    },
  )

  testWith([], 'are demanded before a copy', async () => {
    const master = await startMaster(space)
    const agent = await runAgent(space, { env: contractFor(space, master), script })
    expect(await agent.exit, agent.log()).toBe(78)
    expect(agent.log()).toMatch(
      /run\.configuration is published, but CONFIG_URL is not set\n.* data: .*\n.*CONFIG_MISSING/,
    )
    expect(master.clones()).toBe(0)
  })

  testWith(
    ['nginx'],
    'go over to a copy that takes the place of the data, and to another model',
    async () => {
      const master = await startMaster(space, {
        conf: ["work_mem = '1MB'"],
        autoConf: ["maintenance_work_mem = '3MB'"],
      })
      const web = await serve({ 'postgresql.conf': conf("work_mem = '5MB'"), 'pg_hba.conf': hba() })
      const run = { watchInterval: 1, onDiverged: 'reclone' } as const
      const volume = { PGDATA_DIR: makeVolume(space) }
      const models = {
        published: buildScript(space, {
          run: { ...run, configuration: 'published' },
          publish: 'http://web/x',
        }),
        master: buildScript(space, { run: { ...run, configuration: 'master' } }),
      }
      const first = await start(master, { ...volume, CONFIG_URL: web.conf }, { script: models.published })
      await stop(first)
      writeFileSync(join(first.dataDir, '../outdated'), 'it is gone\n1\nreclone\n')
      const away = { ...volume, CONFIG_URL: `http://127.0.0.1:${await pickPort()}/conf` }
      const second = await start(master, away, { script: models.published })
      expect(master.clones()).toBe(2)
      expect(await show(second, 'work_mem')).toBe('5MB')
      expect(await show(second, 'maintenance_work_mem')).toBe('64MB')
      expect(second.log()).toContain(`settings: published (${web.conf}/postgresql.conf, fetched 20`)
      await stop(second)
      const outdate = () => writeFileSync(join(second.dataDir, '../outdated'), 'it is gone\n1\nreclone\n')
      outdate()
      const unset = await start(master, volume, { script: models.published })
      expect(master.clones()).toBe(3)
      expect(await show(unset, 'work_mem')).toBe('5MB')
      await stop(unset)
      // The data with all that lies beside it has to go before its copy comes.
      const tight = join(space.dir, 'tight.sh')
      const text = readFileSync(models.published, 'utf8')
      writeFileSync(
        tight,
        text.replace('if [ "${_space_free:-$space_needed}" -lt "$space_needed" ]', 'if true'),
      )
      expect(readFileSync(tight, 'utf8')).not.toBe(text)
      outdate()
      const cramped = await start(master, away, { script: tight })
      expect(cramped.log()).toMatch(/no room for two copies: removing the outdated data/)
      expect(master.clones()).toBe(4)
      expect(await show(cramped, 'work_mem')).toBe('5MB')
      expect(cramped.log()).toContain(`settings: published (${web.conf}/postgresql.conf, fetched 20`)
      await stop(cramped)

      const third = await start(master, away, { script: models.master })
      expect(await show(third, 'work_mem')).toBe('1MB')
      expect(await show(third, 'maintenance_work_mem')).toBe('3MB')
      await stop(third)
      const fourth = await start(master, away, { script: models.published })
      expect(await show(fourth, 'work_mem')).toBe('5MB')
      expect(await show(fourth, 'maintenance_work_mem')).toBe('64MB')
      expect(master.clones()).toBe(4)
      await stop(fourth)
    },
  )

  testWith(['nginx'], 'rule also where the clone answers before it is on disk', async () => {
    const master = await startMaster(space, { autoConf: ['fsync = off', "work_mem = '1MB'"] })
    const web = await serve({ 'postgresql.conf': conf("work_mem = '5MB'"), 'pg_hba.conf': hba() })
    const behind = buildScript(space, {
      run: { configuration: 'published', durability: 'behind', watchInterval: 1, configUrl: web.conf },
      postgresql: { majors: [15] },
    })
    const env = { CONFIG_URL: web.conf }
    const agent = await start(master, env, { script: behind })
    expect(await show(agent, 'work_mem')).toBe('5MB')
    expect(await show(agent, 'fsync')).toBe('on')
    await stop(agent)
    const next = await again(agent, master, env)
    expect(await show(next, 'config_file')).toBe(join(next.dataDir, '../conf/postgresql.conf'))
    await stop(next)
  })
})

describe("the master's configuration", () => {
  /** A master whose rules, in a file of their own, want a password of guest; initdb's let in anybody. */
  async function startElsewhere(line: (file: string) => Parameters<typeof startMaster>[1]): Promise<Master> {
    const file = join(makeDirectory('rules'), 'hba.conf')
    writeFileSync(file, `${[...open, 'host all all 127.0.0.1/32 scram-sha-256'].join('\n')}\n`)
    chownTo(file, serverUser())
    const master = await startMaster(space, { hba: ['host all all all trust', ...open], ...line(file) })
    await master.sql("CREATE ROLE guest LOGIN PASSWORD 'x'")
    return master
  }

  const strict = {
    'postgresql.conf': conf(),
    'pg_hba.conf': hba('host all guest 127.0.0.1/32 scram-sha-256'),
  }

  testWith(['nginx'], 'with access rules elsewhere: those that initdb left let in nobody', async () => {
    const master = await startElsewhere((file) => ({ conf: [`hba_file = '${file}'`] }))
    const refused = await runAgent(space, { env: contractFor(space, master) })
    expect(await refused.exit, refused.log()).toBe(78)
    expect(refused.log()).toMatch(
      /access rules are in \S+\/hba\.conf \(hba_file\), which is not in the clone.*CONFIG_URL/,
    )
    expect(refused.log()).not.toMatch(/starting PostgreSQL/)

    const web = await serve(strict)
    const env = { CONFIG_URL: web.conf }
    // The data that is here is good; only the rules were missing.
    const agent = await start(master, env, { sandbox: refused.sandbox, port: refused.port })
    expect(await login(agent, 'guest')).not.toBe('in')
    expect(agent.log()).toMatch(/settings: the master's, from the clone .*; access rules: published \(http/)
    await stop(agent)
    const before = web.requests().length
    const next = await again(agent, master, env)
    expect(await login(next, 'guest')).not.toBe('in')
    expect(web.requests()).toHaveLength(before)
    expect(master.clones()).toBe(1)

    // A clone of this replica takes neither.
    const second = await start({ ...master, port: next.port }, env)
    expect(await login(second, 'guest')).not.toBe('in')
    await stop(second)
    await stop(next)
  })

  testWith(
    ['nginx'],
    'with rules that the command line names: a role that may ask knows it before the copy',
    async () => {
      const master = await startElsewhere((file) => ({ options: [`hba_file=${file}`] }))
      await master.sql('GRANT pg_read_all_settings TO replicator')
      const refused = await runAgent(space, { env: contractFor(space, master) })
      expect(await refused.exit, refused.log()).toBe(78)
      expect(master.clones()).toBe(0)
      const web = await serve(strict)
      const agent = await start(master, { CONFIG_URL: web.conf })
      expect(await login(agent, 'guest')).not.toBe('in')
      await stop(agent)
    },
  )

  testWith(['debian', 'nginx'], 'outside of the data directory: what lies there is a leftover', async () => {
    const master = await startMaster(space, { layout: 'debian' })
    await master.sql("CREATE ROLE guest LOGIN PASSWORD 'x'")
    writeFileSync(join(master.dataDir, 'pg_hba.conf'), 'host all all all trust\n')
    chownTo(join(master.dataDir, 'pg_hba.conf'), serverUser())
    const rules = hba('host all guest 127.0.0.1/32 scram-sha-256')
    const web = await serve({
      'postgresql.conf': conf(),
      'pg_hba.conf': rules,
      'pg_ident.conf': 'readers somebody postgres\n',
    })
    const env = { CONFIG_URL: web.conf }
    const agent = await start(master, env)
    expect(await login(agent, 'guest')).not.toBe('in')
    expect(readFileSync(join(agent.dataDir, '../conf/pg_hba.conf.cloned'), 'utf8')).toMatch(/trust/)
    expect(readFileSync(join(agent.dataDir, 'pg_ident.conf'), 'utf8')).toBe('readers somebody postgres\n')
    await stop(agent)
    const next = await again(agent, master, env)
    expect(await login(next, 'guest')).not.toBe('in')
    await stop(next)
  })

  testWith([], 'with rules under another name in the data directory', async () => {
    const master = await startMaster(space, { hba: ['host all all all trust', ...open] })
    await master.sql("CREATE ROLE guest LOGIN PASSWORD 'x'")
    writeFileSync(
      join(master.dataDir, 'rules.conf'),
      `${[...open, 'host all guest all scram-sha-256'].join('\n')}\n`,
    )
    chownTo(join(master.dataDir, 'rules.conf'), serverUser())
    appendFileSync(
      join(master.dataDir, 'postgresql.conf'),
      `data_directory = '${master.dataDir}'\nhba_file = '${master.dataDir}/rules.conf'\n`,
    )
    const agent = await start(master, {})
    expect(await login(agent, 'guest')).not.toBe('in')
    expect(agent.log()).toMatch(/access rules: the master's, from the clone \(.*\/data\/rules\.conf\)/)
    await stop(agent)
  })

  testWith(
    ['network'],
    'whose pg_hba.conf would not have let this agent in is not the one that it reads',
    async () => {
      const network = await makeNetwork(space)
      const file = join(makeDirectory('rules'), 'hba.conf')
      const rules = [
        ...open,
        'host replication replicator samenet scram-sha-256',
        'host all all all scram-sha-256',
      ]
      writeFileSync(file, `${rules.join('\n')}\n`)
      chownTo(file, serverUser())
      const master = await startMaster(space, { host: network.master, options: [`hba_file=${file}`] })
      await master.sql("CREATE ROLE guest LOGIN PASSWORD 'x'")
      // As initdb and Docker leave it.
      const left = [
        'host all all 127.0.0.1/32 trust',
        'host replication all 127.0.0.1/32 trust',
        'host all all all trust',
      ]
      writeFileSync(join(master.dataDir, 'pg_hba.conf'), `${left.join('\n')}\n`)
      const port = await pickPort()
      await network.replica.expose(port)
      const env = contractFor(space, master, { POSTGRES_MASTER: network.master.address })
      const refused = await runAgent(space, { env, port, host: network.replica })
      expect(await refused.exit, refused.log()).toBe(78)
      expect(refused.log()).toMatch(/access rules are in another file \(hba_file\)/)
      expect(refused.log()).not.toMatch(/starting PostgreSQL/)

      const dir = makeDirectory('strict')
      for (const [name, text] of Object.entries(strict)) writeFileSync(join(dir, name), text)
      const agent = await runAgent(space, {
        env: { ...env, CONFIG_URL: `file://${dir}` },
        port,
        host: network.replica,
        sandbox: refused.sandbox,
      })
      await agent.waitForRow(await master.insert())
      expect(await login(agent, 'guest')).not.toBe('in')
      await stop(agent)
    },
  )

  testWith([], 'that includes files: told, and one that is not here is a failure of its own', async () => {
    const extra = join(makeDirectory('extra'), 'extra.conf')
    writeFileSync(extra, "work_mem = '3MB'\n", { mode: 0o644 })
    const master = await startMaster(space, {
      conf: [`include '${extra}'`, "include_if_exists 'nothing.conf'"],
    })
    const agent = await start(master, {})
    expect(await show(agent, 'work_mem')).toBe('3MB')
    expect(
      agent.log().match(/WARN configure: .*postgresql\.conf:\d+:include '.*extra\.conf'.*include_if_exists/g),
    ).toHaveLength(1)
    await stop(agent)
    rmSync(extra)
    const next = await runAgent(space, { env: contractFor(space, master), sandbox: agent.sandbox })
    expect(await next.exit, next.log()).toBe(78)
    expect(next.log()).toMatch(/missing here: .*extra\.conf.*postgresql\.conf:\d+:include/)
    expect(next.log()).toMatch(/CONFIG_INCLUDE/)
  })

  testWith(['nginx'], 'needs no CONFIG_URL that answers once it is here', async () => {
    const master = await startMaster(space, {
      conf: ["work_mem = '3MB'"],
      autoConf: ["maintenance_work_mem = '4MB'"],
    })
    await master.sql('GRANT pg_read_all_settings TO replicator')
    const env = { CONFIG_URL: `http://127.0.0.1:${await pickPort()}/conf` }
    const agent = await start(master, env)
    expect(await show(agent, 'work_mem')).toBe('3MB')
    expect(await show(agent, 'maintenance_work_mem')).toBe('4MB')
    expect(agent.log()).toMatch(/before the clone, or here: maintenance_work_mem\n/)
    expect(existsSync(join(agent.dataDir, '../conf/postgresql.conf'))).toBe(false)
    await stop(agent)
    await stop(await again(agent, master, env))
  })
})

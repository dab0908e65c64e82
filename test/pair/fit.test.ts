import {
  appendFileSync,
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, type AgentOptions, runAgent } from './harness/agent.js'
import { makeAuthority } from './harness/authority.js'
import { serverBin, testWith } from './harness/capability.js'
import { startConfigServer } from './harness/config-server.js'
import { contractFor, type Environment } from './harness/contract.js'
import { mountDisk } from './harness/disk.js'
import { type Master, startMaster } from './harness/master.js'
import { makeMemoryGroup } from './harness/memory.js'
import { openSpace, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

/** Runs until the end, which must come before a copy. */
async function expectNoCopy(
  master: Master,
  env: Environment = {},
  options: Partial<AgentOptions> = {},
): Promise<string> {
  const agent = await runAgent(space, { env: contractFor(space, master, env), ...options })
  expect(await agent.exit, agent.log()).toBe(78)
  expect(master.clones(), `base backups; the log:\n${agent.log()}`).toBe(0)
  return agent.log()
}

async function expectServed(
  master: Master,
  env: Environment = {},
  options: Partial<AgentOptions> = {},
): Promise<Agent> {
  const agent = await runAgent(space, { env: contractFor(space, master, env), ...options })
  await agent.waitForRow(await master.insert())
  return agent
}

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

const replicationOnly = [
  'host all postgres 127.0.0.1/32 trust',
  'host replication all 127.0.0.1/32 scram-sha-256',
]

describe('a library that the configuration of the master loads, and the agent has not', () => {
  /** A master that has loaded what is gone by now. */
  async function startWithLibrary(): Promise<Master> {
    const directory = join(space.dir, 'libraries')
    mkdirSync(directory, { recursive: true })
    const library = join(directory, 'passing.so')
    copyFileSync(join(serverBin, '../lib/auth_delay.so'), library)
    const master = await startMaster(space, {
      conf: [`shared_preload_libraries = '${library}'`],
      hba: replicationOnly,
    })
    rmSync(library)
    return master
  }

  testWith([], 'is told before the copy where the role may ask for it', async () => {
    const master = await startWithLibrary()
    await master.sql('GRANT pg_read_all_settings TO replicator')
    expect(await expectNoCopy(master)).toMatch(
      /the master's shared_preload_libraries names .*passing\.so, which is not on this agent\n.* data: .*\n.*LIBRARY_MISSING/,
    )
  })

  testWith([], 'is told after it where the role may not, and the copy stays', async () => {
    const master = await startWithLibrary()
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env })
    expect(await agent.exit, agent.log()).toBe(78)
    const next = await runAgent(space, { env, sandbox: agent.sandbox })
    expect(await next.exit, next.log()).toBe(78)
    expect(next.log()).toMatch(
      /shared_preload_libraries names .*passing\.so, which[^\n]*\n.* data: .*\n.*LIBRARY_MISSING/,
    )
    expect(master.clones()).toBe(1)
  })

  testWith(
    [],
    'is told before the copy also of local_preload_libraries, which anybody may ask for',
    async () => {
      const master = await startMaster(space, { conf: ["local_preload_libraries = ''"] })
      await master.sql("ALTER SYSTEM SET local_preload_libraries = 'no_plugin'")
      await master.sql('SELECT pg_reload_conf()')
      // Nobody can log in to the master, either, as to a replica without that library.
      const agent = await runAgent(space, { env: contractFor(space, master, { MASTER_WAIT: '0' }) })
      expect(await agent.exit, agent.log()).not.toBe(0)
      expect(master.clones()).toBe(0)
    },
  )
})

describe('a published configuration', () => {
  /** The log of a run with these lines for postgresql.conf and pg_hba.conf. */
  async function refused(conf: string, hba = 'host all all all md5'): Promise<string> {
    const master = await startMaster(space)
    const { url } = await startConfigServer(space, {
      'postgresql.conf': `${conf}\n`,
      'pg_hba.conf': `${hba}\n`,
    })
    return expectNoCopy(master, { CONFIG_URL: url })
  }

  testWith(['nginx'], 'with a library of each kind that is not here costs no copy', async () => {
    expect(await refused("session_preload_libraries = 'auto_explain, no_thing'")).toMatch(
      /session_preload_libraries names no_thing, which is not on this agent\n.* data: .*\n.*LIBRARY_MISSING/,
    )
    // There is one of that name, but not where anybody may load it from.
    expect(await refused("local_preload_libraries = 'auto_explain'")).toMatch(
      /local_preload_libraries names auto_explain, which is not on this agent\n.* data: .*\n.*LIBRARY_MISSING/,
    )
    expect(await refused("local_preload_libraries = '/tmp/x'")).toMatch(/from \$libdir\/plugins only/)
    // One name, as ALTER SYSTEM has written it for many a one who meant two.
    expect(await refused(`shared_preload_libraries = '"auto_explain, auth_delay"'`)).toMatch(
      /names auto_explain, auth_delay, which is not/,
    )
  })

  testWith(['nginx'], 'with a faulty access rule costs no copy', async () => {
    expect(await refused('', '# first\nhost all all 10.0.0.0/8 scram-sha256')).toMatch(
      /conf\/pg_hba\.conf, line 2: "scram-sha256" is not a method of this server\n.* data: .*\n.*ACCESS/,
    )
  })

  testWith(['nginx'], 'with a time zone that is not here costs no copy', async () => {
    expect(await refused("timezone = 'Mars/Olympus'")).toMatch(/time zone of TimeZone is not installed here/)
  })

  testWith(['nginx'], 'with more memory than there is costs no copy', async () => {
    expect(await refused("shared_buffers = '900GB'")).toMatch(
      /: shared_buffers is 921600 MB, so [^\n]* \d+ MB of shared memory: this agent has only \d+ MB of memory\n.* data: .*\n.*MEMORY/,
    )
  })
})

describe('TLS of the master', () => {
  async function startWithTls() {
    const authority = await makeAuthority(space)
    const own = await authority.issue({ name: 'master' })
    const root = join(space.dir, `root-${Math.random()}.crt`)
    copyFileSync(authority.root, root)
    const master = await startMaster(space, {
      conf: [
        'ssl = on',
        `ssl_cert_file = '${own.cert}'`,
        `ssl_key_file = '${own.key}'`,
        `ssl_ca_file = '${root}'`,
      ],
    })
    return { master, own, root }
  }

  testWith(
    [{ tool: 'openssl' }],
    'with a root certificate that is not on the agent costs no copy',
    async () => {
      const { master, root } = await startWithTls()
      rmSync(root)
      expect(await expectNoCopy(master)).toContain(
        `the master's ssl_ca_file is ${root}, which postgres cannot read here, and ssl is on`,
      )
    },
  )

  testWith(
    [{ tool: 'openssl' }],
    'with a key that PostgreSQL would not take here costs no copy',
    async () => {
      const { master, own } = await startWithTls()
      chmodSync(own.key, 0o644)
      expect(await expectNoCopy(master)).toMatch(
        /ssl_key_file is .*, which has a mode that PostgreSQL does not accept \(-rw-r--r--\)[^\n]*\n.* data: .*\n.*CERTIFICATE/,
      )
      writeFileSync(
        own.key,
        '-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n',
      )
      chmodSync(own.key, 0o600)
      expect(await expectNoCopy(master)).toMatch(/needs a passphrase, but ssl_passphrase_command is not set/)
    },
  )

  testWith(
    [{ tool: 'openssl' }],
    'with a key of another certificate is told in words of PostgreSQL',
    async () => {
      const { master, own } = await startWithTls()
      const authority = await makeAuthority(space)
      const other = await authority.issue({ name: 'other' })
      copyFileSync(other.key, own.key)
      const agent = await runAgent(space, { env: contractFor(space, master) })
      expect(await agent.exit, agent.log()).toBe(78)
      expect(agent.log()).toMatch(
        /before it accepted clients: [^\n]*private key[^\n]*mismatch[^\n]*\n.* data: .*\n.*CERTIFICATE/,
      )
    },
  )

  testWith(
    [{ tool: 'openssl' }],
    'that its server was only told to use on its command line is none of the clone',
    async () => {
      const { own } = await startWithTls()
      const master = await startMaster(space, {
        options: ['ssl=on', `ssl_cert_file=${own.cert}`, `ssl_key_file=${own.key}`],
        hba: [
          'hostssl all all 127.0.0.1/32 trust',
          'host all all 127.0.0.1/32 trust',
          'host replication all all trust',
        ],
      })
      rmSync(own.cert)
      // Its access rules, which the clone has, are for TLS in part: PostgreSQL takes them.
      const agent = await expectServed(master)
      expect(agent.log()).toMatch(
        /WARN [^\n]*set on the command line of the master's server, so the clone will not have it/,
      )
      await stop(agent)
    },
  )
})

describe('what a master has and an agent has not', () => {
  testWith(['localedef'], 'is C instead of a locale, which is told once', async () => {
    const master = await startMaster(space, { german: true })
    const agent = await expectServed(master)
    expect(agent.log().match(/the locale of lc_messages is not installed here; using C/g)).toHaveLength(1)
    await stop(agent)
  })

  testWith([], 'is what the limit of stacks lets max_stack_depth be', async () => {
    const master = await startMaster(space, { conf: ['max_stack_depth = 7MB'] })
    const agent = await expectServed(master, {}, { within: ['sh', '-c', 'ulimit -s 4096; exec "$@"', 'sh'] })
    expect(agent.log()).toMatch(/WARN [^\n]*too low for max_stack_depth; using 3584kB/)
    expect(await agent.sql('SHOW max_stack_depth')).toEqual([{ max_stack_depth: '3584kB' }])
    await stop(agent)
  })

  testWith([], 'is small pages instead of huge ones', async () => {
    const master = await startMaster(space, { conf: ['huge_pages = on'], options: ['huge_pages=try'] })
    const agent = await expectServed(master)
    expect(agent.log()).toMatch(
      /WARN [^\n]*huge_pages is on and needs \d+ pages of \d+ kB, but only \d+ are free here/,
    )
    await stop(agent)
  })

  testWith(
    ['root', 'namespace'],
    'is shared memory of System V where a container has 64 MB of the other',
    async () => {
      const master = await startMaster(space)
      const small = await mountDisk(space, { megabytes: 64 })
      chmodSync(small.root, 0o1777)
      const agent = await expectServed(master, {}, { mounts: [{ from: small.root, over: '/dev/shm' }] })
      expect(agent.log()).toMatch(
        /WARN [^\n]*has only 64 MB left, too little for parallel queries: using System V/,
      )
      expect(await agent.sql('SHOW dynamic_shared_memory_type')).toEqual([
        { dynamic_shared_memory_type: 'sysv' },
      ])
      await stop(agent)
    },
  )

  testWith(['root', 'namespace'], 'is a time zone: told before the copy', async () => {
    const master = await startMaster(space, { conf: ["timezone = 'US/Alaska'"] })
    const nothing = join(space.dir, 'nothing')
    writeFileSync(nothing, 'no zone\n')
    const zone = '/usr/share/zoneinfo/US/Alaska'
    const log = await expectNoCopy(master, {}, { mounts: [{ from: nothing, over: zone }] })
    expect(log).toMatch(
      /the time zone of TimeZone is not installed here[^\n]*US\/Alaska[^\n]*\n.* data: .*\n.*SETTINGS/,
    )
  })
})

describe('memory of the task', () => {
  testWith(['root', 'cgroup'], 'that the master would fill at once is told before the copy', async () => {
    const master = await startMaster(space, { conf: ["shared_buffers = '8GB'"], hba: replicationOnly })
    const log = await expectNoCopy(master, {}, { within: makeMemoryGroup(space, 160).words })
    expect(log).toMatch(
      /the master's shared_buffers is 8192 MB, [^\n]*, 179 MB of it at the start: this task may use only 160 MB\n.* data: .*\n.*MEMORY/,
    )
  })

  testWith(
    ['root', 'cgroup'],
    'is enough where only the server of the master was told to take more',
    async () => {
      const master = await startMaster(space, {
        options: ['shared_buffers=8GB'],
        hba: ['host all all 127.0.0.1/32 trust', 'host replication all 127.0.0.1/32 trust'],
      })
      const agent = await expectServed(master, {}, { within: makeMemoryGroup(space, 160).words })
      expect(agent.log()).toMatch(/WARN [^\n]*set on the command line of the master's server/)
      await stop(agent)
    },
  )

  testWith(
    ['root', 'cgroup'],
    'that is less than shared_buffers is a warning while there is little data',
    async () => {
      const master = await startMaster(space, { conf: ["shared_buffers = '512MB'"] })
      const agent = await expectServed(master, {}, { within: makeMemoryGroup(space, 200).words })
      expect(agent.log()).toMatch(
        /WARN [^\n]*shared_buffers is 512 MB, [^\n]*this task may use only 200 MB, and the kernel/,
      )
      await stop(agent)
    },
  )
})

describe('a server that ends before it lets anybody in', () => {
  /** Of a replica that has run well, and was changed: how its next run ends. */
  async function runChanged(change: (dataDir: string) => void, within?: readonly string[]) {
    const master = await startMaster(space)
    const first = await expectServed(master)
    await stop(first)
    change(first.dataDir)
    const env = contractFor(space, master)
    const agent = await runAgent(space, { env, sandbox: first.sandbox, ...(within ? { within } : {}) })
    const ends = agent.exit.then((code) => code)
    await waitFor(
      () => `the end of the run; its log:\n${agent.log()}`,
      () => Promise.race([ends, false]).then((code) => code !== false),
    )
    const code = await ends
    expect(master.clones()).toBe(1)
    expect(existsSync(join(agent.dataDir, 'PG_VERSION'))).toBe(true)
    return { code, log: agent.log() }
  }
  const add = (line: string) => (dataDir: string) =>
    appendFileSync(join(dataDir, 'postgresql.conf'), `\n${line}\n`)

  testWith([], 'for want of memory says so', async () => {
    const { code, log } = await runChanged(add("shared_buffers = '900GB'"))
    expect(log).toMatch(
      /ended with status 1 before it accepted clients: [^\n]*could not map anonymous[^\n]*\n.* data: .*\n.*MEMORY/,
    )
    expect(code).toBe(78)
  })

  testWith(['root', 'cgroup'], 'since the kernel killed it says so', async () => {
    const group = makeMemoryGroup(space, 100)
    const { code, log } = await runChanged(add("shared_buffers = '8GB'"), group.words)
    expect(log).toMatch(
      /ended with status 137 before it accepted clients[^\n]*killed, as the kernel does[^\n]*\n.* data: .*\n.*MEMORY/,
    )
    expect(code).toBe(78)
  })

  testWith([], 'for a library that is none says so', async () => {
    const library = join(space.dir, 'text.so')
    writeFileSync(library, 'this is no library\n')
    const { code, log } = await runChanged(add(`shared_preload_libraries = '${library}'`))
    expect(log).toMatch(
      /before it accepted clients: [^\n]*could not load library[^\n]*\n.* data: .*\n.*LIBRARY_MISSING/,
    )
    expect(code).toBe(78)
  })

  testWith([], 'for files that are gone says so', async () => {
    const { code, log } = await runChanged((dataDir) =>
      rmSync(join(dataDir, 'pg_replslot'), { recursive: true }),
    )
    expect(log).toMatch(
      /before it accepted clients: [^\n]*could not open directory[^\n]*\n.* data: .*\n.*DATA_DAMAGED/,
    )
    expect(code).toBe(65)
  })

  testWith([], 'for an access rule says which line of which file', async () => {
    const { code, log } = await runChanged((dataDir) =>
      writeFileSync(join(dataDir, 'pg_hba.conf'), 'host all all 127.0.0.1/32 trust\nhost all all nonsense\n'),
    )
    expect(log).toMatch(/line 2 of .*data\/pg_hba\.conf: .+\n.* data: .*\n.*ACCESS/)
    expect(code).toBe(78)
  })

  testWith([], 'for another reason has its words told, and is no bare 1', async () => {
    const { code, log } = await runChanged(add('wal_level = minimal'))
    expect(log).toMatch(
      /before it accepted clients: [^\n]*requires wal_level[^\n]*\n.* data: .*\n.*START_FAILED/,
    )
    expect(code).toBe(78)
  })
})

testWith([], 'an access rule that the master has not read yet is told before the start', async () => {
  const master = await startMaster(space)
  appendFileSync(join(master.dataDir, 'pg_hba.conf'), '\nhostt all all all md5\n')
  const agent = await runAgent(space, { env: contractFor(space, master) })
  expect(await agent.exit, agent.log()).toBe(78)
  expect(agent.log()).toMatch(
    /replica\/data\/pg_hba\.conf, line 6: "hostt" is not a connection type\n.* data: .*\n.*ACCESS/,
  )
})

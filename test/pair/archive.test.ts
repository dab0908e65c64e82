import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { lit } from '../../generator/shell/words.js'
import { type Agent, type AgentOptions, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { startSilentServer, startWebServer, type WebServer } from './harness/config-server.js'
import { contractFor } from './harness/contract.js'
import { startHeir } from './harness/heir.js'
import { chownTo, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, pickPort, type Space } from './harness/space.js'
import { waitFor } from './harness/wait.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

type Restore = NonNullable<ReplicaInput['restore']>

let archives = 0

/** A master that archives into a directory, whose name no shell reads by chance, and keeps little WAL itself. */
async function startArchiving(): Promise<{ readonly master: Master; readonly archive: string }> {
  archives += 1
  const archive = join(space.dir, `archive ${archives} 'of' $HOME \`id\` 100%`)
  mkdirSync(archive)
  chmodSync(archive, 0o755)
  chownTo(archive, serverUser())
  const target = `${lit(archive).slice(0, -1).replaceAll('%', '%%')}/%f'`
  const master = await startMaster(space, {
    smallSegments: true,
    options: [
      ...['wal_keep_size=0', 'max_wal_size=4MB', 'min_wal_size=2MB', 'archive_mode=on'],
      `archive_command=cp %p ${target}.new && chmod 644 ${target}.new && mv ${target}.new ${target}`,
    ],
  })
  return { master, archive }
}

interface Replica extends Agent {
  again(master?: Pick<Master, 'port'>): Promise<Replica>
  end(): Promise<void>
}

async function begin(
  master: Pick<Master, 'port'>,
  restore: Restore | undefined,
  options: Partial<AgentOptions> = {},
): Promise<Replica> {
  const script = buildQuickScript(space, {}, restore === undefined ? {} : { restore })
  const run = async (to: Pick<Master, 'port'>, more: Partial<AgentOptions>): Promise<Replica> => {
    const agent = await runAgent(space, { script, ...options, ...more, env: contractFor(space, to) })
    return {
      ...agent,
      again: (other = to) => run(other, { sandbox: agent.sandbox, port: agent.port }),
      end: async () => {
        agent.terminate('SIGTERM', 'script')
        expect(await agent.exit, agent.log()).toBe(0)
      },
    }
  }
  return run(master, {})
}

async function currentWal(master: Master): Promise<string> {
  const [row] = await master.sql('SELECT pg_walfile_name(pg_current_wal_lsn()) AS name')
  return String(row?.name)
}

/** Writes until the file of now and the next are gone from the master; gives all that are in the archive from there on. */
async function forgetWal(master: Master, archive: string): Promise<string[]> {
  // At the very end of a file it is still the one that is written to.
  await master.insert()
  const file = await currentWal(master)
  const isGone = (name: string) => !existsSync(join(master.dataDir, 'pg_wal', name))
  return waitFor(`${file} and the next to be removed`, async () => {
    await master.insert()
    await master.sql('SELECT pg_switch_wal()')
    await master.sql('CHECKPOINT')
    const kept = segmentsIn(archive).filter((name) => name >= file)
    return kept.length > 2 && kept.slice(0, 2).every(isGone) && kept
  })
}

const segmentsIn = (archive: string) =>
  readdirSync(archive)
    .filter((name) => /^[0-9A-F]{24}$/.test(name))
    .sort()

const noVerdict = (replica: Replica) => {
  expect(replica.log()).not.toMatch(/no longer has the WAL segment|WAL_GONE|cloning again/)
}

describe('a directory', () => {
  testWith([], 'gives what the master has removed', async () => {
    const { master, archive } = await startArchiving()
    const replica = await begin(master, { from: 'directory', path: archive })
    await replica.waitForRow(await master.insert())
    await replica.end()
    const forgotten = await forgetWal(master, archive)
    expect(forgotten.length).toBeGreaterThan(1)
    const row = await master.insert()
    const next = await replica.again()
    await next.waitForRow(row)
    await next.waitForRow(await master.insert())
    noVerdict(next)
    expect(next.serverLog()).toMatch(/restored log file/)
    await next.end()
    await expectNothingLeft(next)
    await master.stop()
  })

  testWith([], 'with a gap is 65, and the file is named; until it is there again', async () => {
    const { master, archive } = await startArchiving()
    const replica = await begin(master, { from: 'directory', path: archive })
    await replica.waitForRow(await master.insert())
    await replica.end()
    const [, second = ''] = await forgetWal(master, archive)
    renameSync(join(archive, second), join(space.dir, second))
    const next = await replica.again()
    expect(await next.exit, next.log()).toBe(65)
    expect(next.log()).toMatch(
      new RegExp(
        `no longer has the WAL segment ${second}.* the archive does not have it, either(.*\n)*.*WAL_GONE`,
      ),
    )
    const still = await replica.again()
    expect(await still.exit, still.log()).toBe(65)
    expect(still.log()).not.toMatch(/starting PostgreSQL/)
    renameSync(join(space.dir, second), join(archive, second))
    const mended = await replica.again()
    await mended.waitForRow(await master.insert())
    noVerdict(mended)
    await mended.end()
    await master.stop()
  })

  testWith([], 'that holds nothing is one that is not there: no verdict', async () => {
    const { master, archive } = await startArchiving()
    const replica = await begin(master, { from: 'directory', path: archive })
    await replica.waitForRow(await master.insert())
    await replica.end()
    await forgetWal(master, archive)
    const away = `${archive} away`
    renameSync(archive, away)
    mkdirSync(archive)
    chmodSync(archive, 0o755)
    const next = await replica.again()
    await next.waitForLog(/not streaming: .* is empty or cannot be read/)
    rmSync(archive, { recursive: true })
    renameSync(away, archive)
    await next.waitForRow(await master.insert())
    await next.end()
    await master.stop()
  })

  testWith(
    [],
    'that RUN_USER cannot read, and a program that is missing, are told before anything is done',
    async () => {
      const { master, archive } = await startArchiving()
      chmodSync(archive, 0o700)
      chownTo(archive, { ...serverUser(), uid: 0, gid: 0 })
      const replica = await begin(master, { from: 'directory', path: archive })
      expect(await replica.exit, replica.log()).toBe(78)
      expect(replica.log()).toMatch(/postgres cannot read the archive's directory/)
      const other = await begin(master, { from: 'pgbackrest', stanza: 'shop' })
      expect(await other.exit, other.log()).toBe(78)
      expect(other.log()).toMatch(/pgbackrest is missing/)
      await master.stop()
    },
  )
})

describe('history', () => {
  testWith([], 'of somebody who was promoted elsewhere leads nobody astray', async () => {
    const { master, archive } = await startArchiving()
    const replica = await begin(master, { from: 'directory', path: archive })
    await replica.waitForRow(await master.insert())
    await replica.end()
    const [row] = await master.sql('SELECT (pg_current_wal_lsn() + 100000)::text AS lsn')
    const history = join(archive, '00000002.history')
    writeFileSync(history, `1\t${String(row?.lsn)}\tno recovery target specified\n`)
    chmodSync(history, 0o644)
    await forgetWal(master, archive)
    const next = await replica.again()
    await next.waitForRow(await master.insert())
    // Nor does it when the connection breaks.
    await master.stop()
    const tries = () => (next.serverLog().match(/could not connect to the primary server/g) ?? []).length
    const before = tries()
    await waitFor('it to look for WAL without its master', () => tries() >= before + 2)
    await master.start()
    await next.waitForRow(await master.insert())
    noVerdict(next)
    expect(existsSync(join(next.dataDir, 'pg_wal/00000002.history'))).toBe(false)
    await next.end()
    await master.stop()
  })

  testWith([], 'of the new master comes before what the old one has left in the archive', async () => {
    const { master, archive } = await startArchiving()
    const heirs = await begin(master, undefined)
    await heirs.waitForRow(await master.insert())
    const replica = await begin(master, { from: 'directory', path: archive })
    await replica.waitForRow(await master.insert())
    await replica.end()
    await heirs.waitForRow(await master.insert())
    await heirs.end()
    // What nobody has but the archive.
    await forgetWal(master, archive)
    await master.stop()
    const heir = await startHeir(space, heirs)
    await heir.promote()
    const next = await replica.again(heir)
    await next.waitForRow(await heir.insert())
    expect(next.log()).not.toMatch(/DIVERGED|left that timeline/)
    expect(segmentsIn(archive).length).toBeGreaterThan(3)
    await next.end()
    await heir.stop()
  })
})

describe('a web server', () => {
  for (const tool of ['curl', 'wget'] as const) {
    testWith(
      tool === 'curl' ? [] : ['namespace'],
      `gives what the master has removed, by ${tool}`,
      async () => {
        const { master, archive } = await startArchiving()
        const none = join(space.dir, 'none')
        writeFileSync(none, '')
        const mounts = tool === 'curl' ? [] : [{ from: none, over: '/usr/bin/curl' }]
        const web = await startWebServer(space, {})
        const replica = await begin(master, { from: 'http', url: `${web.url}/wal%20x/` }, { mounts })
        await replica.waitForRow(await master.insert())
        await replica.end()
        const [first = '', second = '', ...rest] = await forgetWal(master, archive)
        for (const name of [first, ...rest]) serve(web, archive, name)
        const next = await replica.again()
        expect(await next.exit, next.log()).toBe(65)
        expect(next.log()).toMatch(
          new RegExp(`no longer has the WAL segment ${second}.* the archive does not have it, either`),
        )
        serve(web, archive, second)
        const mended = await replica.again()
        await mended.waitForRow(await master.insert())
        noVerdict(mended)
        await mended.end()
        await master.stop()
      },
    )
  }

  for (const kind of ['silent', 'down'] as const) {
    testWith([], `that is ${kind} ends nobody`, async () => {
      const { master, archive } = await startArchiving()
      const url =
        kind === 'silent' ? (await startSilentServer(space)).url : `http://127.0.0.1:${await pickPort()}`
      const replica = await begin(master, { from: 'http', url })
      await replica.waitForRow(await master.insert())
      await master.stop()
      await replica.waitForLog(/not streaming: no master was found/)
      await master.start()
      await replica.waitForRow(await master.insert())
      await replica.end()
      // What is nowhere to be had now may be had later.
      await forgetWal(master, archive)
      const next = await replica.again()
      await next.waitForLog(/not streaming: .*no longer has the WAL segment .* restore_command failed/)
      await next.waitUntilServing()
      await next.end()
      await expectNothingLeft(next)
      await master.stop()
    })
  }
})

testWith([], 'a program that goes away, or is killed, ends nobody', async () => {
  const { master, archive } = await startArchiving()
  const tool = join(space.dir, 'get wal')
  const asked = join(space.dir, 'asked')
  const write = (text: string) => {
    writeFileSync(tool, `#!/bin/sh\necho "$1" >>${asked}\n${text}\n`)
    chmodSync(tool, 0o755)
  }
  writeFileSync(asked, '')
  chmodSync(asked, 0o666)
  write('kill -9 $$')
  const command = `${lit(tool)} %f "%p"`
  const replica = await begin(master, { from: 'command', command, missing: [9] })
  await replica.waitForRow(await master.insert())
  await replica.end()
  await forgetWal(master, archive)
  const killed = await replica.again()
  await killed.waitForLog(/restore_command failed with status 125/)
  rmSync(tool)
  await killed.waitForLog(/restore_command failed with status 125: .*not found/)
  write(`[ -e ${lit(archive)}/"$1" ] || exit 9; cp ${lit(archive)}/"$1" "$2"`)
  await killed.waitForRow(await master.insert())
  rmSync(tool)
  await master.stop()
  await killed.waitForLog(/not streaming: no master was found/)
  await master.start()
  await killed.waitForRow(await master.insert())
  await killed.end()
  await master.stop()
})

function serve(web: WebServer, archive: string, name: string): void {
  const copy = join(space.dir, `served-${name}`)
  copyFileSync(join(archive, name), copy)
  web.put(`wal x/${name}`, { copy })
}

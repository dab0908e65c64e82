import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect } from 'vitest'
import { testWith } from '../pair/harness/capability.js'
import { replicatorPassword } from '../pair/harness/passfile.js'
import { query } from '../pair/harness/query.js'
import { openSpace } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { linesOf } from '../readme.js'
import { needs } from './booted.js'
import {
  install,
  modelOf,
  openStage,
  printed,
  type Stage,
  waitForRow,
  writeFiles,
  writeSecret,
} from './service.js'

const space = openSpace()
afterAll(() => space.close())

// One host for all of them: each test has a unit of its own.
let opened: Promise<Stage> | undefined
function openOnce(): Promise<Stage> {
  opened ??= openStage(space)
  return opened
}

/** What systemd says of a unit that ended as it was told to. */
const ended = /: Deactivated successfully\.\n/

testWith(
  needs,
  'the commands of generator/targets/systemd/README.md lead from nothing to a streaming replica, and to a second one on the same host',
  async () => {
    const stage = await openOnce()
    const { host, master } = stage
    const ports = [await stage.openPort(), await stage.openPort()] as const
    const [port, other] = ports
    const model = modelOf(
      stage,
      'pg-replica',
      {},
      { script: '/usr/local/lib/run_rep.sh', instances: 'ports' },
    )
    const dist = join(space.dir, 'dist')
    mkdirSync(dist)
    writeFiles(dist, printed(model))
    host.copy(dist, '/root/dist')
    // The package is there already, and the host reaches nobody but the master.
    const [packages, files, unit, password, enable, ...more] = linesOf('systemd install').trim().split('\n')
    expect([packages, ...more]).toEqual(['apt-get install -y postgresql-15'])
    await host.operate('dpkg -s postgresql-15')
    await host.operate(`${files}\n${unit}`, '/root/dist')
    await host.operate(`${password} <<'EOF'\n${replicatorPassword}\nEOF`)
    for (const one of ports) await host.operate((enable ?? '').replace('5433', `${one}`))

    for (const one of ports) {
      // It was started when clients were let in.
      expect(await query(one, 'SELECT pg_is_in_recovery() AS yes')).toEqual([{ yes: true }])
      await waitForRow(one, await master.insert())
      const name = `pg-replica@${one}`
      expect(await host.show(name, 'ActiveState')).toBe('active')
      expect(await host.show(name, 'StatusText')).toMatch(
        /^(open to clients on port|streaming from|caught up)/,
      )
      for (const what of ['ready', 'health']) {
        const ask = linesOf('systemd ready')
          .replaceAll('5433', `${one}`)
          .replace(/ready$/m, what)
        await waitFor(`${what} of ${one}`, async () => (await host.operate(ask)) !== undefined)
        // In its directory nothing of that is needed.
        await host.operate(
          `cd /var/lib/pg-replica/${one} && env -i PATH="$PATH" sh /usr/local/lib/run_rep.sh ${what}`,
        )
      }
    }
    const names = (await master.standbys()).map(({ application_name }) => application_name)
    const hostname = await host.operate('hostname')
    expect(names.sort()).toEqual(ports.map((one) => `pg-replica@${hostname}:${one}`).sort())

    // The sandbox holds, also for the server.
    const main = await host.show(`pg-replica@${port}`, 'MainPID')
    const status = await host.operate(`cat /proc/${main}/status`)
    expect(status).toMatch(/^CapBnd:\t0+\nCapAmb:\t0+\nNoNewPrivs:\t1\nSeccomp:\t2$/m)

    // Its end is clean, leaves nothing, and is nobody else's.
    await host.operate(`systemctl stop pg-replica@${port}`)
    expect(await host.show(`pg-replica@${port}`, 'ActiveState')).toBe('inactive')
    expect(await host.journal(`pg-replica@${port}`)).toMatch(/PostgreSQL shut down cleanly\n/)
    expect(await host.journal(`pg-replica@${port}`)).toMatch(ended)
    const left = `readlink /proc/[0-9]*/cwd | grep /var/lib/pg-replica/${port} || :`
    expect(await host.operate(left)).toBe('')
    await waitForRow(other, await master.insert())

    // Again on its data.
    const { clones } = master
    const before = clones()
    const row = await master.insert()
    await host.operate(`systemctl start pg-replica@${port}`)
    await waitForRow(port, row)

    // A new run by systemd, on the data of one that was killed.
    await host.operate(`systemctl kill --kill-whom=main --signal=KILL pg-replica@${port}`)
    await waitFor('another run', async () => (await host.show(`pg-replica@${port}`, 'NRestarts')) === '1')
    await waitForRow(port, await master.insert())
    expect(clones()).toBe(before)
  },
)

testWith(
  needs,
  'after a crash of the host its replicas come back by themselves, without a copy',
  async () => {
    const stage = await openOnce()
    const { host, master } = stage
    const port = await stage.openPort()
    await install(stage, modelOf(stage, 'crash', { task: { port } }))
    await host.operate('systemctl enable --now crash')
    await waitForRow(port, await master.insert())
    const clones = master.clones()
    const stale = ['postmaster.pid', '../../claim.1'].map(
      (name) => `/var/lib/crash/pgdata/replica/data/${name}`,
    )
    await host.operate(`ls -d ${stale.join(' ')}`)
    const row = await master.insert()
    await host.crash()
    await waitForRow(port, row)
    await waitFor('it to be started', async () => (await host.show('crash', 'ActiveState')) === 'active')
    expect(master.clones()).toBe(clones)
    expect(await host.journal('crash')).toMatch(/reusing the data here without a copy/)
    await host.operate('ls -d /var/lib/crash/pgdata/claim.2')
    await host.operate('systemctl disable --now crash')
  },
)

testWith(needs, 'with a wrong password there is one try, and the status says what to do', async () => {
  const stage = await openOnce()
  const { host, master } = stage
  const port = await stage.openPort()
  await install(stage, modelOf(stage, 'wrong', { task: { port } }), { password: 'not this one' })
  const refusals = () =>
    master.log().match(/password authentication failed for user "replicator"/g)?.length ?? 0
  const before = refusals()
  const started = await host.run('systemctl', 'start', 'wrong')
  expect(started).toMatchObject({ code: 1, out: expect.stringMatching(/See "systemctl status wrong/) })
  // Failed for good: what waits to be started again is activating.
  const state = async () => [await host.show('wrong', 'ActiveState'), await host.show('wrong', 'SubState')]
  expect(await state()).toEqual(['failed', 'failed'])
  expect(await host.show('wrong', 'NRestarts')).toBe('0')
  expect(await host.show('wrong', 'ExecMainStatus')).toBe('77')
  // libpq tries without TLS, too.
  expect(refusals() - before).toBeLessThanOrEqual(2)
  const { out } = await host.run('systemctl', 'status', '--no-pager', 'wrong')
  expect(out).toMatch(/Status: "the master refuses the role replicator/)
  expect(out).toMatch(/what to do: check the role/)
  await writeSecret(host, 'wrong', replicatorPassword)
  await host.operate('systemctl start wrong')
  await waitForRow(port, await master.insert())
  await host.operate('systemctl stop wrong')
})

testWith(needs, 'while the master is away replicas stay up and start, and a first clone waits', async () => {
  const stage = await openOnce()
  const { host, master } = stage
  const [port, first] = [await stage.openPort(), await stage.openPort()]
  await install(stage, modelOf(stage, 'away', { task: { port } }))
  await install(stage, modelOf(stage, 'first', { task: { port: first } }))
  await host.operate('systemctl start away')
  const row = await master.insert()
  await waitForRow(port, row)
  const run = await host.show('away', 'InvocationID')
  await master.stop()
  await host.operate('systemctl start --no-block first')
  const says = (unit: string, words: RegExp) =>
    waitFor(`${unit} to say ${words}`, async () => words.test(await host.show(unit, 'StatusText')))
  await says('away', /^not streaming: no master was found/)
  await says('first', /^no usable answer from .*; trying again in \d+ s$/)
  expect(await host.show('first', 'ActiveState')).toBe('activating')
  // Whoever waits for its master ends as soon as it is told to.
  await host.operate('systemctl stop first')
  expect(await host.journal('first')).toMatch(ended)
  await host.operate('systemctl start --no-block first')
  expect([await host.show('away', 'ActiveState'), await host.show('away', 'InvocationID')]).toEqual([
    'active',
    run,
  ])
  await host.operate('systemctl restart away')
  expect(await query(port, `SELECT body FROM rows WHERE body = '${row}'`)).toHaveLength(1)
  await master.start()
  const late = await master.insert()
  await waitForRow(port, late)
  await waitForRow(first, late)
  await waitFor('the first', async () => (await host.show('first', 'ActiveState')) === 'active')
  expect(await host.show('first', 'NRestarts')).toBe('0')
  await host.operate('systemctl stop away first')
})

testWith(
  needs,
  'an update changes nothing until the restart, which is over when the replica answers',
  async () => {
    const stage = await openOnce()
    const { host, master } = stage
    const port = await stage.openPort()
    const withTimeout = (timeout: number) =>
      modelOf(stage, 'update', { run: { receiver: { timeout } }, task: { port } })
    const timeout = async () => (await query(port, 'SHOW wal_receiver_timeout'))[0]?.wal_receiver_timeout
    await install(stage, withTimeout(20))
    await host.operate('systemctl start update')
    expect(await timeout()).toBe('20s')
    const [run, clones] = [await host.show('update', 'InvocationID'), master.clones()]
    await install(stage, withTimeout(35))
    await waitForRow(port, await master.insert())
    expect([await timeout(), await host.show('update', 'InvocationID')]).toEqual(['20s', run])
    await host.operate('systemctl restart update')
    expect(await timeout()).toBe('35s')
    expect(master.clones()).toBe(clones)
    expect(await host.journal('update')).toMatch(
      /PostgreSQL shut down cleanly\n[\s\S]*reusing the data here without a copy[\s\S]*starting PostgreSQL 15/,
    )
    await host.operate('systemctl stop update')
  },
)

testWith(needs, 'started as root, and with its data elsewhere, it is as shut in as can be', async () => {
  const stage = await openOnce()
  const { host, master } = stage
  const port = await stage.openPort()
  const run = { dataDir: '/srv/pg data' }
  await install(stage, modelOf(stage, 'root', { run, task: { port, user: 'root' } }))
  // Only a person can make it: the unit may write nowhere else.
  expect((await host.run('systemctl', 'start', 'root')).code).toBe(1)
  expect((await host.run('systemctl', 'status', '--no-pager', 'root')).out).toMatch(
    /cannot make the directory \/srv\/pg data/,
  )
  await host.operate("mkdir '/srv/pg data' && systemctl start root")
  await waitForRow(port, await master.insert())
  const main = await host.show('root', 'MainPID')
  expect(await host.operate(`stat -c %U /proc/${main}`)).toBe('postgres')
  expect(await host.operate(`grep NoNewPrivs /proc/${main}/status`)).toBe('NoNewPrivs:\t1')
  await host.operate('systemctl stop root')
  expect(await host.journal('root')).toMatch(ended)
})

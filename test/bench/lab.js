// A master with data of pgbench, and replicas that are started and timed, for the benchmarks.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import pg from 'pg'

export const bin = '/usr/lib/postgresql/15/bin'
export const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))

/** Who owns the data; as root nothing of it runs. */
const idOf = (flag) => Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
const user = { uid: idOf('-u'), gid: idOf('-g') }

export async function openLab({ dir = tmpdir(), masterDir, scale, tables, atOnce, link }) {
  const home = makeHome(dir)
  const masterHome = masterDir ? makeHome(masterDir) : home
  const ports = { master: 28_432, replica: (number = 0) => 28_433 + number }
  const network = link ? openLink(link) : { master: '127.0.0.1', replica: '127.0.0.1', words: [], close() {} }
  const environment = { PATH: `${bin}:${process.env.PATH}`, LC_ALL: 'C.UTF-8', HOME: home }
  const started = new Set()

  /** Starts a program as the user of PostgreSQL, in a group of its own; with `there` on the host of the replica. */
  function start(argv, { cwd = home, env = environment, there = false } = {}) {
    const become = ['setpriv', `--reuid=${user.uid}`, `--regid=${user.gid}`, '--init-groups', '--']
    const [command, ...args] = [...(there ? network.words : []), ...become, ...argv]
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'ignore', 'pipe'], detached: true })
    const one = { child, words: '', over: false, seen: new Map(), begin: performance.now() }
    child.stderr.on('data', (chunk) => {
      one.words = `${one.words}${chunk}`.slice(-8000)
      if (!one.durable && one.words.includes('the clone is on disk')) one.durable = performance.now()
    })
    one.end = new Promise((done) => {
      child.on('close', (code) => {
        started.delete(one)
        one.over = true
        done(code)
      })
    })
    started.add(one)
    return one
  }

  async function run(argv, around) {
    const one = start(argv, around)
    const code = await one.end
    if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${one.words}`)
  }

  const path = (name) => join(/^master\b/.test(name) ? masterHome : home, name)
  const write = (name, text, mode = 0o600) => {
    writeFileSync(path(name), text)
    chmodSync(path(name), mode)
    chownSync(path(name), user.uid, user.gid)
    return path(name)
  }
  let row = 0
  let master

  const lab = {
    home,
    ports,
    atOnce,
    network,
    environment,
    scale,
    megabytes: 0,
    path,
    write,
    start,
    run,
    conninfo: (role = 'replicator') => `host=${network.master} port=${ports.master} user=${role}`,
    remove: (...names) => {
      for (const name of names) rmSync(path(name), { recursive: true, force: true })
    },
    make: (name) => {
      rmSync(path(name), { recursive: true, force: true })
      mkdirSync(path(name))
      chownSync(path(name), user.uid, user.gid)
      return path(name)
    },
    ask: (text) => ask(network.master, ports.master, text),
    startMaster: async () => {
      if (!row) await makeMaster(lab, scale)
      master = start([join(bin, 'postgres'), '-D', path('master')])
      while (!(await lab.ask('SELECT 1').catch(() => undefined))) await pause(50)
      if (!row) await fillMaster(lab, scale, tables)
    },
    stopMaster: async () => {
      master.child.kill('SIGINT')
      await master.end
    },
    writeRow: async () => {
      row += 1
      await lab.ask(`INSERT INTO last_row VALUES (${row})`)
    },
    /** Seconds from the start of what `begin(number)` starts to the last row on each replica. */
    measure: async (begin, count = 1) => {
      const from = performance.now()
      const lives = Array.from({ length: count }, (_, number) => begin(number))
      await Promise.all(
        lives.map((one, number) => waitForRow(network.replica, ports.replica(number), row, one)),
      )
      const seconds = (performance.now() - from) / 1000
      return {
        seconds,
        lives,
        durable: async () => {
          while (!lives[0].durable) await pause(5)
          return (lives[0].durable - from) / 1000
        },
        stop: async (signal) => {
          for (const { child } of lives) {
            if (signal === 'SIGKILL') process.kill(-child.pid, signal)
            else child.kill(signal)
          }
          await Promise.all(lives.map(({ end }) => end))
        },
      }
    },
    close: async () => {
      for (const { child } of started) child.kill('SIGINT')
      await Promise.all([...started].map(({ end }) => end))
      network.close()
      for (const one of [home, masterHome]) rmSync(one, { recursive: true, force: true })
    },
  }
  return lab
}

function makeHome(dir) {
  const home = mkdtempSync(join(dir, 'first-row-'))
  chmodSync(home, 0o755)
  chownSync(home, user.uid, user.gid)
  return home
}

async function makeMaster(lab) {
  const data = lab.make('master')
  await lab.run([join(bin, 'initdb'), '-D', data, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'])
  const hosts = ['127.0.0.1/32', '10.98.0.0/24']
  const rules = hosts.flatMap((from) => [`host all all ${from} trust`, `host replication all ${from} trust`])
  lab.write('master/pg_hba.conf', `${rules.join('\n')}\n`)
  const settings = {
    port: lab.ports.master,
    unix_socket_directories: '',
    max_wal_size: '4GB',
    wal_keep_size: '1GB',
    max_wal_senders: 60,
    max_replication_slots: 60,
    listen_addresses: '*',
  }
  const lines = Object.entries(settings).map(([name, value]) => `${name} = '${value}'\n`)
  lab.write('master/postgresql.auto.conf', lines.join(''))
  lab.write('passfile', '')
}

async function fillMaster(lab, scale, tables) {
  await lab.ask('CREATE ROLE replicator LOGIN REPLICATION')
  await lab.ask('CREATE TABLE last_row (id integer)')
  const to = ['-h', lab.network.master, '-p', String(lab.ports.master), '-U', 'postgres']
  await lab.run([join(bin, 'pgbench'), ...to, '-q', '-i', '-s', String(scale), 'postgres'])
  // A transaction holds a lock for each.
  for (let count = 0; count < tables; count += 500) {
    await lab.ask(
      `DO $$ BEGIN FOR n IN ${count + 1}..${Math.min(count + 500, tables)} LOOP EXECUTE format('CREATE TABLE small_%s (a integer PRIMARY KEY)', n); END LOOP; END $$`,
    )
  }
  await lab.ask('CHECKPOINT')
  const [{ size }] = await lab.ask('SELECT sum(pg_database_size(oid)) / 1000000 AS size FROM pg_database')
  lab.megabytes = Math.round(Number(size))
  await lab.writeRow()
}

async function ask(host, port, text) {
  const client = new pg.Client({ host, port, user: 'postgres', database: 'postgres' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** Until the replica has that row; its port is looked at first, which costs its machine nothing. */
async function waitForRow(host, port, row, life) {
  for (;;) {
    if (life.over) throw new Error(`it ended: ${life.words}`)
    if (await isOpen(host, port)) {
      const rows = await ask(host, port, `SELECT 1 FROM last_row WHERE id = ${row}`).catch(() => [])
      if (rows.length === 1) return
    }
    await pause(5)
  }
}

function isOpen(host, port) {
  return new Promise((done) => {
    const socket = connect(port, host)
    const finish = (value) => {
      socket.destroy()
      done(value)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

/** A second host, and a link to it of that rate. */
function openLink(rate) {
  const ip = (words) => {
    const { status, stderr } = spawnSync('ip', words.split(' '), { encoding: 'utf8' })
    if (status !== 0) throw new Error(`ip ${words}: ${stderr}`)
  }
  const close = () => spawnSync('ip', ['netns', 'delete', 'first-row'])
  close()
  ip('netns add first-row')
  ip('link add first-row-0 type veth peer name first-row-1 netns first-row')
  ip('address add 10.98.0.1/24 dev first-row-0')
  ip('-n first-row address add 10.98.0.2/24 dev first-row-1')
  for (const words of [
    'link set first-row-0 up',
    '-n first-row link set first-row-1 up',
    '-n first-row link set lo up',
  ]) {
    ip(words)
  }
  const shape = [
    'qdisc',
    'add',
    'dev',
    'first-row-0',
    'root',
    'tbf',
    'rate',
    rate,
    'burst',
    '256kb',
    'latency',
    '50ms',
  ]
  const { status, stderr } = spawnSync('tc', shape, { encoding: 'utf8' })
  if (status !== 0) throw new Error(`tc: ${stderr}`)
  return { master: '10.98.0.1', replica: '10.98.0.2', words: ['ip', 'netns', 'exec', 'first-row'], close }
}

export const repository = resolve(import.meta.dirname, '../..')

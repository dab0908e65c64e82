// npm run bench -- [--scale 70] [--rounds 5] [--dir DIRECTORY] [--only NAME,...]
// How long a replica takes from its start to the row that was last written on the master, by hand and by run_rep.sh,
// interleaved, with the median and the spread; and how long a restart takes. Prints a table, and writes the figures as
// JSON to first-row.json in the current directory. Needs root, PostgreSQL 15, pgbench and, in DIRECTORY, about four times
// the size of the data (16 MB for each of --scale). Nothing else may run beside it.
import { spawn, spawnSync } from 'node:child_process'
import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { cpus, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import pg from 'pg'

const { values: options } = parseArgs({
  options: {
    scale: { type: 'string', default: '70' },
    rounds: { type: 'string', default: '5' },
    dir: { type: 'string', default: tmpdir() },
    only: { type: 'string' },
  },
})
const bin = '/usr/lib/postgresql/15/bin'
const script = resolve('dist/run_rep.sh')
const home = mkdtempSync(join(options.dir, 'first-row-'))
chmodSync(home, 0o755)
const id = (/** @type {string} */ flag) =>
  Number(spawnSync('id', [flag, 'postgres'], { encoding: 'utf8' }).stdout)
const user = { uid: id('-u'), gid: id('-g') }
const [masterPort, replicaPort] = [28_432, 28_433]
const environment = { PATH: process.env.PATH, LC_ALL: 'C.UTF-8', HOME: home }
const conninfo = `host=127.0.0.1 port=${masterPort} user=replicator`

const started = new Set()

/** Starts a program as the user of PostgreSQL, in a group of its own. */
function start(argv, { cwd = home, env = environment } = {}) {
  const child = spawn(argv[0], argv.slice(1), {
    cwd,
    env,
    ...user,
    stdio: ['ignore', 'ignore', 'pipe'],
    detached: true,
  })
  let words = ''
  child.stderr.on('data', (chunk) => {
    words = `${words}${chunk}`.slice(-4000)
  })
  const end = new Promise((done) => child.on('close', (code) => done({ code, words })))
  started.add(child)
  void end.then(() => started.delete(child))
  return { child, end }
}

async function run(argv, around) {
  const { code, words } = await start(argv, around).end
  if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code}: ${words}`)
}

async function ask(port, text) {
  const client = new pg.Client({ host: '127.0.0.1', port, user: 'postgres', database: 'postgres' })
  client.on('error', () => undefined)
  try {
    await client.connect()
    return (await client.query(text)).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

const isOpen = (port) =>
  new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    const finish = (value) => {
      socket.destroy()
      done(value)
    }
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })

const pause = (milliseconds) => new Promise((done) => setTimeout(done, milliseconds))

/** Until the replica has that row; its port is looked at first, which costs its machine nothing. */
async function waitForRow(row, ended) {
  for (;;) {
    if (ended.over) throw new Error(`it ended: ${ended.words}`)
    if (await isOpen(replicaPort)) {
      const rows = await ask(replicaPort, `SELECT 1 FROM last_row WHERE id = ${row}`).catch(() => [])
      if (rows.length === 1) return
    }
    await pause(5)
  }
}

let row = 0
async function writeRow() {
  row += 1
  await ask(masterPort, `INSERT INTO last_row VALUES (${row})`)
  return row
}

/** Seconds from the start of a command to the row, and then its end. */
async function measure(argv, around) {
  const wanted = await writeRow()
  const begin = performance.now()
  const { child, end } = start(argv, around)
  const ended = { over: false, words: '' }
  void end.then(({ words }) => Object.assign(ended, { over: true, words }))
  await waitForRow(wanted, ended)
  const seconds = (performance.now() - begin) / 1000
  return {
    seconds,
    stop: async (signal = 'SIGTERM') => {
      child.kill(signal)
      await end
    },
  }
}

const empty = (name) => {
  const path = join(home, name)
  rmSync(path, { recursive: true, force: true })
  mkdirSync(path)
  chownSync(path, user.uid, user.gid)
  return path
}

const contract = {
  ...environment,
  POSTGRES_MASTER: '127.0.0.1',
  POSTGRES_PORT: String(masterPort),
  POSTGRES_REPUSER: 'replicator',
  RUN_USER: 'postgres',
  PORT0: String(replicaPort),
  PGPASSFILE: join(home, 'passfile'),
}
const ours = (path) => [['sh', script], { cwd: path, env: contract }]
const byHand = (path) => [
  'sh',
  '-c',
  `${bin}/pg_basebackup -D ${path}/data -c fast -X stream -R -d '${conninfo}' && exec ${bin}/postgres -D ${path}/data -p ${replicaPort}`,
]

/** Each gives seconds. */
const cases = {
  'by hand': async () => {
    const { seconds, stop } = await measure(byHand(empty('hand')))
    await stop('SIGINT')
    return seconds
  },
  'run_rep.sh': async () => {
    const { seconds, stop } = await measure(...ours(empty('ours')))
    await stop()
    return seconds
  },
  'the disk: cp -r, sync -f': async () => {
    const path = empty('copy')
    const begin = performance.now()
    await run(['cp', '-r', join(home, 'master'), path])
    await run(['sync', '-f', path])
    return (performance.now() - begin) / 1000
  },
  'restart by hand': async () => {
    const argv = [join(bin, 'postgres'), '-D', join(home, 'hand/data'), '-p', String(replicaPort)]
    const { seconds, stop } = await measure(argv)
    await stop('SIGINT')
    return seconds
  },
  'restart of run_rep.sh': async () => {
    const { seconds, stop } = await measure(...ours(join(home, 'ours')))
    await stop()
    return seconds
  },
}

const median = (numbers) => [...numbers].sort((a, b) => a - b)[Math.floor(numbers.length / 2)]

async function main() {
  const data = empty('master')
  writeFileSync(join(home, 'passfile'), '')
  chmodSync(join(home, 'passfile'), 0o600)
  chownSync(join(home, 'passfile'), user.uid, user.gid)
  await run([join(bin, 'initdb'), '-D', data, '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8', '-N'])
  writeFileSync(
    join(data, 'pg_hba.conf'),
    'host all all 127.0.0.1/32 trust\nhost replication all 127.0.0.1/32 trust\n',
  )
  const settings = {
    port: masterPort,
    unix_socket_directories: '',
    max_wal_size: '4GB',
    wal_keep_size: '1GB',
    listen_addresses: '127.0.0.1',
  }
  writeFileSync(
    join(data, 'postgresql.auto.conf'),
    Object.entries(settings)
      .map(([name, value]) => `${name} = '${value}'\n`)
      .join(''),
  )
  start([join(bin, 'postgres'), '-D', data, '-c', `port=${masterPort}`])
  while (!(await ask(masterPort, 'SELECT 1').catch(() => undefined))) await pause(50)
  await ask(masterPort, 'CREATE ROLE replicator LOGIN REPLICATION')
  await ask(masterPort, 'CREATE TABLE last_row (id integer)')
  const bench = [
    '-h',
    '127.0.0.1',
    '-p',
    String(masterPort),
    '-U',
    'postgres',
    '-q',
    '-i',
    '-s',
    options.scale,
  ]
  await run([join(bin, 'pgbench'), ...bench, 'postgres'])
  await ask(masterPort, 'CHECKPOINT')
  const names = Object.keys(cases).filter((name) => options.only?.split(',').includes(name) ?? true)
  const seconds = Object.fromEntries(names.map((name) => [name, []]))
  for (let round = 1; round <= Number(options.rounds); round += 1) {
    for (const name of names) {
      spawnSync('sync')
      seconds[name].push(await cases[name]())
    }
    process.stderr.write(
      `round ${round}: ${names.map((name) => `${name} ${seconds[name].at(-1).toFixed(2)}`).join(', ')}\n`,
    )
  }
  print(names, seconds)
}

function print(names, seconds) {
  const base = (name) => (name.startsWith('restart') ? 'restart by hand' : 'by hand')
  const rows = names.map((name) => {
    const own = median(seconds[name])
    const other = seconds[base(name)] ? own / median(seconds[base(name)]) : Number.NaN
    const [least, most] = [Math.min(...seconds[name]), Math.max(...seconds[name])]
    return { name, seconds: own, ratio: other, least, most }
  })
  process.stdout.write(`| | seconds | ratio | least and most |\n| --- | --- | --- | --- |\n`)
  for (const one of rows) {
    process.stdout.write(
      `| ${one.name} | ${one.seconds.toFixed(3)} | ${one.ratio.toFixed(2)} | ${one.least.toFixed(3)} to ${one.most.toFixed(3)} |\n`,
    )
  }
  const machine = { cpus: cpus().length, model: cpus()[0]?.model, scale: Number(options.scale) }
  writeFileSync(
    'first-row.json',
    `${JSON.stringify({ date: new Date().toISOString(), machine, rows, seconds }, null, 2)}\n`,
  )
}

try {
  await main()
} finally {
  for (const child of started) child.kill('SIGINT')
  await Promise.all([...started].map((child) => new Promise((done) => child.once('close', done))))
  rmSync(home, { recursive: true, force: true })
}

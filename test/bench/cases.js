// What is timed. Each case has a name, the name of what it is compared with, `prepare`, which does not count, and `run`.
import { spawnSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { bin, repository } from './lab.js'

/** The ways of run_rep.sh that are timed: what a model says for each. */
const ways = {
  'run_rep.sh': {},
  'run_rep.sh, every byte verified': { postgresql: { verifyClone: 'bytes' } },
  'run_rep.sh, answers first': { run: { durability: 'behind' } },
}

/** First starts, with nothing there. */
export function clones(lab) {
  const hand = (number) => {
    const path = lab.path(`hand-${number}`)
    const port = lab.ports.replica(number)
    return `${bin}/pg_basebackup -D ${path} -c fast -X stream -R -d '${lab.conninfo()}' && exec ${bin}/postgres -D ${path} -p ${port}`
  }
  const copies = (name) => Array.from({ length: lab.atOnce }, (_, number) => `${name}-${number}`)
  const clone = (
    name,
    { begin, make = () => undefined, signal = 'SIGTERM', isBehind = false, keeps = [] },
  ) => ({
    name,
    base: 'by hand',
    prepare: async () => {
      // Its own of the last round, no other: who writes into memory that was freed just now is faster.
      lab.remove(...keeps)
      await make()
      await lab.writeRow()
    },
    run: async () => {
      const { seconds, durable, stop } = await lab.measure(begin, lab.atOnce)
      const written = isBehind ? await durable() : seconds
      await stop(signal)
      return { seconds, durable: written }
    },
  })
  const cases = [
    clone('by hand', {
      begin: (number) => lab.start(['sh', '-c', hand(number)], { there: true }),
      signal: 'SIGINT',
      keeps: copies('hand'),
    }),
  ]
  for (const [name, model] of Object.entries(ways)) {
    cases.push(
      clone(name, {
        make: () => {
          for (const one of copies(slug(name))) lab.make(one)
        },
        begin: startOurs(lab, name, model),
        isBehind: model.run?.durability === 'behind',
        keeps: copies(slug(name)),
      }),
    )
  }
  if (lab.network.words.length > 0) {
    const zipped = (number) => hand(number).replace('-R -d', '-R --compress=server-lz4 -d')
    cases.push(
      clone('by hand, lz4', {
        begin: (number) => lab.start(['sh', '-c', zipped(number)], { there: true }),
        signal: 'SIGINT',
        keeps: copies('hand'),
      }),
    )
    return cases
  }
  if (lab.atOnce > 1) return cases
  if (existsSync(join(bin, 'repmgr'))) cases.push(clone('repmgr', repmgr(lab)))
  if (existsSync('/usr/bin/patroni')) cases.push(clone('Patroni', patroni(lab)))
  cases.push(...generators(lab))
  cases.push({
    name: 'the disk: cp -r, sync -f',
    base: 'by hand',
    prepare: () => lab.remove('copy-0'),
    run: async () => {
      const begin = performance.now()
      await lab.run(['cp', '-r', lab.path('master/base'), lab.path('copy-0')])
      await lab.run(['sync', '-f', lab.path('copy-0')])
      return { seconds: (performance.now() - begin) / 1000 }
    },
  })
  return cases
}

const slug = (name) => name.replaceAll(/[^a-z]+/g, '-')

/** Gives what starts replica NUMBER by the script of a model. */
function startOurs(lab, name, model) {
  const design = lab.path(slug(name).concat('-model'))
  lab.make(slug(name).concat('-model'))
  const text = { ...model, postgresql: { majors: [15], ...model.postgresql } }
  writeFileSync(join(design, 'replica.config.json'), JSON.stringify(text))
  const { status, stderr } = spawnSync('node', [join(repository, 'build/bin/cli.js'), 'generate'], {
    cwd: design,
    encoding: 'utf8',
  })
  if (status !== 0) throw new Error(stderr)
  spawnSync('chmod', ['-R', 'a+rX', design])
  return (number) =>
    lab.start(['sh', join(design, 'dist/run_rep.sh')], {
      there: true,
      cwd: lab.path(`${slug(name)}-${number}`),
      env: {
        ...lab.environment,
        POSTGRES_MASTER: lab.network.master,
        POSTGRES_PORT: String(lab.ports.master),
        POSTGRES_REPUSER: 'replicator',
        RUN_USER: 'postgres',
        PORT0: String(lab.ports.replica(number)),
        PGPASSFILE: lab.path('passfile'),
      },
    })
}

/** The compiler itself, from a cold start. */
function generators(lab) {
  const models = {
    'replica.config.json': '{}',
    'replica.config.ts':
      "import { defineReplica } from 'postgres-rep-marathon'\nexport default defineReplica({})\n",
  }
  return Object.entries(models).map(([file, text]) => ({
    name: `generate, ${file}`,
    base: '',
    prepare: () => {
      lab.make('model')
      lab.write(`model/${file}`, text)
    },
    run: async () => {
      const begin = performance.now()
      await lab.run(['node', join(repository, 'build/bin/cli.js'), 'generate'], { cwd: lab.path('model') })
      return { seconds: (performance.now() - begin) / 1000 }
    },
  }))
}

function repmgr(lab) {
  const node = (number, data, port) =>
    lab.write(
      `repmgr-${number}.conf`,
      `node_id=${number}\nnode_name='node${number}'\ndata_directory='${data}'\npg_bindir='${bin}'\n` +
        `conninfo='host=127.0.0.1 port=${port} user=postgres dbname=postgres connect_timeout=2'\n`,
    )
  const data = lab.path('repmgr-0')
  return {
    make: async () => {
      const first = node(1, lab.path('master'), lab.ports.master)
      node(2, data, lab.ports.replica())
      await lab.run([join(bin, 'repmgr'), '-f', first, 'primary', 'register', '--force'])
    },
    begin: () =>
      lab.start([
        'sh',
        '-c',
        `${bin}/repmgr -f ${lab.path('repmgr-2.conf')} -h 127.0.0.1 -p ${lab.ports.master} -U postgres -d postgres standby clone --fast-checkpoint >/dev/null && exec ${bin}/postgres -D ${data} -p ${lab.ports.replica()}`,
      ]),
    signal: 'SIGINT',
    keeps: ['repmgr-0'],
  }
}

/** A standby cluster of one, whose own store is raft, so that it needs nobody else. */
function patroni(lab) {
  const port = lab.ports.replica()
  return {
    make: () => {
      lab.remove('raft')
      lab.write(
        'patroni.yml',
        JSON.stringify({
          scope: 'bench',
          name: 'replica',
          restapi: { listen: '127.0.0.1:28440', connect_address: '127.0.0.1:28440' },
          raft: { data_dir: lab.path('raft'), self_addr: '127.0.0.1:28441' },
          bootstrap: {
            dcs: {
              loop_wait: 2,
              postgresql: { use_slots: false },
              standby_cluster: {
                host: '127.0.0.1',
                port: lab.ports.master,
                create_replica_methods: ['basebackup'],
              },
            },
          },
          postgresql: {
            listen: `127.0.0.1:${port}`,
            connect_address: `127.0.0.1:${port}`,
            data_dir: lab.path('patroni-0'),
            bin_dir: bin,
            pgpass: lab.path('patroni.pgpass'),
            basebackup: [{ checkpoint: 'fast' }],
            authentication: { superuser: { username: 'postgres' }, replication: { username: 'postgres' } },
            parameters: { unix_socket_directories: lab.home },
          },
        }),
      )
    },
    begin: () => lab.start(['patroni', lab.path('patroni.yml')]),
    keeps: ['patroni-0'],
  }
}

/** How replicas of those names are started with the clone that is there, and told to end. */
export function beginnings(lab) {
  const port = String(lab.ports.replica())
  return {
    'by hand': [() => lab.start([join(bin, 'postgres'), '-D', lab.path('hand-0'), '-p', port]), 'SIGINT'],
    'run_rep.sh': [startOurs(lab, 'run_rep.sh', ways['run_rep.sh']), 'SIGTERM'],
  }
}

/** Starts with the clone that is there: after a clean end, after a kill, with WAL to fetch, without a master. */
export function restarts(lab) {
  const known = beginnings(lab)
  const live = async (name, signal = known[name][1]) => {
    const { stop } = await lab.measure(known[name][0])
    await stop(signal)
  }
  const states = {
    '': async (name) => live(name),
    ' after SIGKILL': async (name) => live(name, 'SIGKILL'),
    ' with 100 MB of WAL to fetch': async (name) => {
      await live(name)
      await lab.ask(
        `SELECT count(pg_logical_emit_message(false, 'bench', repeat(md5(n::text), 31250))) FROM generate_series(1, 100) AS n`,
      )
      await lab.writeRow()
    },
    ' without the master': async (name) => {
      await live(name)
      await lab.stopMaster()
    },
  }
  return Object.entries(states).flatMap(([state, prepare]) =>
    Object.keys(known).map((name) => ({
      name: `restart${state}: ${name}`,
      base: `restart${state}: by hand`,
      isRestart: true,
      prepare: () => prepare(name),
      run: async () => {
        const { seconds, stop } = await lab.measure(known[name][0])
        await stop(known[name][1])
        if (state === ' without the master') await lab.startMaster()
        return { seconds }
      },
    })),
  )
}

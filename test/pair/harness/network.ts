import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, writeFileSync } from 'node:fs'
import { connect, createServer, type Socket } from 'node:net'
import { join } from 'node:path'
import { execa } from 'execa'
import type { Identity } from './identity.js'
import { launch } from './launch.js'
import { signal } from './processes.js'
import { pickPort, type Space } from './space.js'
import { waitFor } from './wait.js'

/** Two hosts with nothing but a cable between them: network namespaces and a veth pair (needs root). */
export interface Network {
  readonly master: Host
  readonly replica: Host
  /** Pulls the cable, or plugs it in. */
  setLink(state: 'up' | 'down'): Promise<void>
  /** Loses every packet without a word to anybody, both ways. */
  setBlackHole(state: 'on' | 'off'): Promise<void>
  /** What the master's end lets through, in megabits a second. */
  setRate(megabits: number | undefined): Promise<void>
}

export interface Host {
  readonly address: string
  /** Words that run the rest on this host; they exec, unless it is forked. */
  readonly words: readonly string[]
  /** What is run there is the only child of the process that we start. */
  readonly isForked?: boolean
  /** Who runs servers there, if it has users of its own. */
  readonly user?: Identity
  /** Makes a loopback port of the host answer at a loopback port of ours, and gives that one. */
  expose(port: number): Promise<number>
}

/** Why there can be no such network here, or undefined. */
export function networkFault(): string | undefined {
  const name = makeName()
  try {
    execFileSync('ip', ['netns', 'add', name], { stdio: 'ignore' })
    execFileSync('ip', ['netns', 'delete', name], { stdio: 'ignore' })
    return undefined
  } catch {
    return 'no network namespace can be made'
  }
}

/** The addresses exist only within the two namespaces, so every network may have the same. */
const subnet = '10.77.0'

export async function makeNetwork(space: Space): Promise<Network> {
  const names = { master: await addNamespace(space), replica: await addNamespace(space) }
  const inside = (name: string, words: string) => execa('ip', ['netns', 'exec', name, ...words.split(' ')])
  await execa(
    'ip',
    `link add eth0 netns ${names.master} type veth peer eth0 netns ${names.replica}`.split(' '),
  )
  const addresses = { master: `${subnet}.1`, replica: `${subnet}.2` }
  for (const who of ['master', 'replica'] as const) {
    await inside(names[who], `ip address add ${addresses[who]}/24 dev eth0`)
    await inside(names[who], 'ip link set lo up')
    await inside(names[who], 'ip link set eth0 up')
  }
  const host = (who: 'master' | 'replica'): Host => ({
    address: addresses[who],
    words: ['ip', 'netns', 'exec', names[who]],
    expose: (port) => expose(space, names[who], port, port),
  })
  return {
    master: host('master'),
    replica: host('replica'),
    setLink: async (state) => {
      await inside(names.replica, `ip link set eth0 ${state}`)
    },
    setBlackHole: async (state) => {
      // A neighbour entry for a station that does not exist: frames leave, and nobody takes them.
      for (const [name, other] of [
        [names.master, addresses.replica],
        [names.replica, addresses.master],
      ]) {
        const entry = `${other} dev eth0`
        if (state === 'on')
          await inside(name ?? '', `ip neighbour replace ${entry} lladdr 02:00:00:00:00:99 nud permanent`)
        else await inside(name ?? '', `ip neighbour delete ${entry}`)
      }
    },
    setRate: async (megabits) => {
      const device = 'qdisc replace dev eth0 root'
      await inside(
        names.master,
        megabits === undefined
          ? 'tc qdisc delete dev eth0 root'
          : `tc ${device} tbf rate ${megabits}mbit burst 32kb latency 400ms`,
      )
    },
  }
}

/** Hosts on one switch, each with an address of its own; they reach each other and nobody else (needs root). */
export async function makeSwitch(space: Space, count: number): Promise<readonly Host[]> {
  const hub = await addNamespace(space)
  const inHub = (words: string) => execa('ip', ['netns', 'exec', hub, ...words.split(' ')])
  await inHub('ip link add name switch type bridge')
  await inHub('ip link set switch up')
  const hosts: Host[] = []
  for (let number = 1; number <= count; number++) {
    const name = await addNamespace(space)
    const inside = (words: string) => execa('ip', ['netns', 'exec', name, ...words.split(' ')])
    await execa('ip', `link add eth0 netns ${name} type veth peer port${number} netns ${hub}`.split(' '))
    await inHub(`ip link set port${number} master switch up`)
    const address = `${subnet}.${number}`
    await inside(`ip address add ${address}/24 dev eth0`)
    await inside('ip link set lo up')
    await inside('ip link set eth0 up')
    const words = ['ip', 'netns', 'exec', name]
    // 5432 here is not ours there.
    hosts.push({ address, words, expose: async (port) => expose(space, name, port, await pickPort()) })
  }
  return hosts
}

async function addNamespace(space: Space): Promise<string> {
  const name = makeName()
  await execa('ip', ['netns', 'add', name])
  space.track(async () => {
    await execa('ip', ['netns', 'delete', name])
  })
  return name
}

function makeName(): string {
  return `pgrep-${process.pid}-${randomBytes(3).toString('hex')}`
}

let relays = 0

/**
 * A port of ours, a Unix socket in the file system that both share, a process over there, its port. So tests ask a
 * server behind a cut cable as they ask any other.
 */
async function expose(space: Space, name: string, port: number, nearPort: number): Promise<number> {
  relays += 1
  const path = join(space.dir, `relay-${relays}`)
  const program = `${path}.cjs`
  writeFileSync(program, overThere)
  const log = `${path}.log`
  const far = launch({
    words: ['ip', 'netns', 'exec', name, process.execPath, program, path, String(port)],
    cwd: '/',
    env: { PATH: process.env.PATH ?? '' },
    stdout: log,
    stderr: log,
  })
  space.track(async () => {
    signal(far.pid, 'SIGKILL')
    await far.exit
  })
  await waitFor(`the relay ${path}`, () => existsSync(path))

  const sockets = new Set<Socket>()
  const near = createServer((client) => {
    const server = connect(path)
    for (const [one, other] of [
      [client, server],
      [server, client],
    ] as const) {
      sockets.add(one)
      one.on('error', () => other.destroy())
      one.on('close', () => {
        sockets.delete(one)
        other.destroy()
      })
      one.pipe(other)
    }
  })
  await new Promise<void>((resolve, reject) => {
    near.once('error', reject)
    near.listen(nearPort, '127.0.0.1', resolve)
  })
  space.track(() => {
    for (const socket of sockets) socket.destroy()
    near.close()
  })
  return nearPort
}

const overThere = `'use strict'
const net = require('node:net')
const [path, port] = process.argv.slice(2)
net
  .createServer((client) => {
    const server = net.connect(Number(port), '127.0.0.1')
    for (const [one, other] of [[client, server], [server, client]]) {
      one.on('error', () => other.destroy())
      one.on('close', () => other.destroy())
      one.pipe(other)
    }
  })
  .listen(path)
`

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
  /** Pulls its cable, or plugs it in, if it has one. */
  setLink?(state: 'up' | 'down'): Promise<void>
  /** Loses its connections without a word to anybody: while the cable is pulled, none can be said. */
  forgetConnections?(): Promise<void>
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
  const [master = '', replica = ''] = await addNamespaces(space, 2)
  const addresses = { master: `${subnet}.1`, replica: `${subnet}.2` }
  await ip([`link add eth0 netns ${master} type veth peer eth0 netns ${replica}`])
  await ip(addressing(addresses.master), master)
  await ip(addressing(addresses.replica), replica)
  const host = (name: string, address: string): Host => ({
    address,
    words: ['ip', 'netns', 'exec', name],
    expose: (port) => expose(space, name, port, port),
  })
  return {
    master: host(master, addresses.master),
    replica: host(replica, addresses.replica),
    setLink: (state) => ip([`link set eth0 ${state}`], replica),
    setBlackHole: async (state) => {
      // A neighbour entry for a station that does not exist: frames leave, and nobody takes them.
      for (const [name, other] of [
        [master, addresses.replica],
        [replica, addresses.master],
      ] as const) {
        const entry = `${other} dev eth0`
        const lost = `neighbour replace ${entry} lladdr 02:00:00:00:00:99 nud permanent`
        await ip([state === 'on' ? lost : `neighbour delete ${entry}`], name)
      }
    },
    setRate: async (megabits) => {
      const words =
        megabits === undefined
          ? 'qdisc delete dev eth0 root'
          : `qdisc replace dev eth0 root tbf rate ${megabits}mbit burst 32kb latency 400ms`
      await execa('tc', ['-netns', master, ...words.split(' ')])
    },
  }
}

/** Hosts on one switch, each with an address of its own; they reach each other and nobody else (needs root). */
export async function makeSwitch(space: Space, count: number): Promise<readonly Host[]> {
  const [hub = '', ...names] = await addNamespaces(space, count + 1)
  await ip(names.map((name, at) => `link add eth0 netns ${name} type veth peer port${at + 1} netns ${hub}`))
  await ip(
    [
      'link add name switch type bridge',
      'link set switch up',
      ...names.map((_, at) => `link set port${at + 1} master switch up`),
    ],
    hub,
  )
  const hosts: Host[] = []
  for (const [at, name] of names.entries()) {
    const address = `${subnet}.${at + 1}`
    await ip(addressing(address), name)
    const words = ['ip', 'netns', 'exec', name]
    hosts.push({
      address,
      words,
      // 5432 here is not ours there.
      expose: async (port) => expose(space, name, port, await pickPort()),
      setLink: (state) => ip([`link set eth0 ${state}`], name),
      forgetConnections: async () =>
        void (await execa('ip', ['netns', 'exec', name, 'ss', '--kill', '--tcp'])),
    })
  }
  return hosts
}

function addressing(address: string): string[] {
  return [`address add ${address}/24 dev eth0`, 'link set lo up', 'link set eth0 up']
}

/** Commands of ip, by one process for all: within a namespace, or outside. */
async function ip(commands: readonly string[], namespace?: string): Promise<void> {
  const within = namespace === undefined ? [] : ['-netns', namespace]
  await execa('ip', [...within, '-batch', '-'], { input: commands.join('\n') })
}

async function addNamespaces(space: Space, count: number): Promise<readonly string[]> {
  const names = Array.from({ length: count }, makeName)
  let areThere = false
  space.track(async () => {
    const input = names.map((name) => `netns delete ${name}`).join('\n')
    await execa('ip', ['-force', '-batch', '-'], { input, reject: areThere })
  })
  await ip(names.map((name) => `netns add ${name}`))
  areThere = true
  return names
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

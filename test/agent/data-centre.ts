import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { compileReplica } from '../../generator/compile/compile.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { readTemplates } from '../../generator/load/templates.js'
import { serverBin } from '../pair/harness/capability.js'
import { startWebServer, type WebServer } from '../pair/harness/config-server.js'
import { chownTo, serverUser } from '../pair/harness/identity.js'
import { type Master, type MasterOptions, startMaster } from '../pair/harness/master.js'
import { type Host, makeSwitch } from '../pair/harness/network.js'
import { writePassfile } from '../pair/harness/passfile.js'
import type { Space } from '../pair/harness/space.js'
import { type Agent, type AgentOptions, openAgent } from './agent.js'

/** Hosts on one network, by the names that the shipped marathon.json uses: postgres01, web01, agent1, agent2 … */
export interface DataCentre {
  readonly master: Master
  readonly masterHost: Host
  readonly web: WebServer
  readonly agents: readonly Agent[]
  /** Serves the artefacts of a model where it says that they are, and gives its marathon.json. */
  publish(model: ReplicaInput): string
  /** Asks the PostgreSQL on that port of an agent: rows of text, fields separated by |. */
  ask(agent: Agent, port: number, sql: string): Promise<string[]>
  /** Each address on which something on the agent takes connections. */
  listening(agent: Agent): Promise<string[]>
}

export interface DataCentreOptions {
  /** What is special about each agent; one that is not by default. */
  readonly agents?: readonly Partial<AgentOptions>[]
  readonly master?: MasterOptions
}

/** Builds one (needs root). Its ports are its own, 80 and 5432 too: it has a network that nobody else sees. */
export async function openDataCentre(space: Space, options: DataCentreOptions = {}): Promise<DataCentre> {
  const special = options.agents ?? [{}]
  const [masterHost, webHost, ...agentHosts] = await makeSwitch(space, special.length + 2)
  if (masterHost === undefined || webHost === undefined) throw new Error('a switch without hosts')
  const names = ['postgres01', 'web01', ...agentHosts.map((_, index) => `agent${index + 1}`)]
  const table = [masterHost, webHost, ...agentHosts].map(({ address }, index) => `${address} ${names[index]}`)
  const hosts = join(space.dir, 'hosts')
  writeFileSync(hosts, ['127.0.0.1 localhost', ...table, ''].join('\n'))
  const user = serverUser()
  const home = join(space.dir, 'home')
  mkdirSync(home)
  chownTo(home, user)
  writePassfile(join(home, '.pgpass'), user)
  const mounts = [
    { from: hosts, over: '/etc/hosts' },
    { from: home, over: user.home },
  ]
  const web = await startWebServer(space, {}, { host: webHost, port: 80 })
  const master = await startMaster(space, { ...options.master, host: masterHost, port: 5432 })
  const agents = agentHosts.map((host, index) =>
    openAgent(space, { ...special[index], hostname: `agent${index + 1}`, host, mounts }),
  )
  return {
    master,
    masterHost,
    web,
    agents,
    publish: (model) => publish(web, model),
    ask: async ({ host }, port, sql) => {
      const psql = [
        `${serverBin}/psql`,
        '-X',
        '-A',
        '-t',
        '-h',
        '127.0.0.1',
        '-p',
        `${port}`,
        '-U',
        'postgres',
      ]
      const { stdout } = await inside(host, [...psql, '-c', sql])
      return stdout.split('\n').filter(Boolean)
    },
    listening: async ({ host }) => {
      const { stdout } = await inside(host, ['ss', '-H', '-l', '-t', '-n'])
      return stdout.split('\n').map((line) => line.trim().split(/\s+/)[3] ?? '')
    },
  }
}

function publish(web: WebServer, model: ReplicaInput): string {
  const { files, diagnostics } = compileReplica(model, {
    templates: readTemplates(),
    stepFiles: {},
    docs: {},
  })
  const app = files['marathon.json']
  if (app === undefined) throw new Error(JSON.stringify(diagnostics))
  for (const name of ['run_rep.sh', 'conf/postgresql.conf', 'conf/pg_hba.conf'])
    web.put(`postgres/${name}`, files[name] ?? '')
  return app
}

function inside({ words }: Host, command: readonly string[]) {
  return execa(words[0] ?? '', [...words.slice(1), ...command], { cwd: '/', stdin: 'ignore' })
}

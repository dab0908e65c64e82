import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { compile } from '../compile/sources.js'
import type { Master } from '../pair/harness/master.js'
import { startMaster } from '../pair/harness/master.js'
import { makeNetwork, type Network } from '../pair/harness/network.js'
import { replicatorPassword } from '../pair/harness/passfile.js'
import { query } from '../pair/harness/query.js'
import { pickPort, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { type Booted, boot } from './booted.js'

/** A master, and a host with systemd, with a cable between them. */
export interface Stage {
  readonly space: Space
  readonly network: Network
  readonly master: Master
  readonly host: Booted
  /** A port of the host that answers here, too. */
  openPort(): Promise<number>
}

export async function openStage(space: Space): Promise<Stage> {
  const network = await makeNetwork(space)
  const master = await startMaster(space, { host: network.master })
  const host = await boot(space, network.replica)
  return {
    ...{ space, network, master, host },
    openPort: async () => {
      const port = await pickPort()
      await network.replica.expose(port)
      return port
    },
  }
}

/** The model of a service that may be tried on a stage: it looks soon, and starts soon again. */
export function modelOf(
  { master, network }: Stage,
  name: string,
  { run, task, ...rest }: Pick<ReplicaInput, 'run' | 'task' | 'shutdown'> = {},
  section: NonNullable<NonNullable<ReplicaInput['targets']>['systemd']> = {},
): ReplicaInput {
  const secret = `/etc/${name}.password`
  return {
    ...rest,
    master: { hosts: `${network.master.address}:${master.port}`, role: 'replicator' },
    run: {
      ...{ configUrl: null, watchInterval: 1, staleLimit: 5, onCollation: 'ignore' },
      ...run,
    },
    task: { ...task },
    targets: {
      systemd: {
        ...{ name, script: `/usr/local/lib/${name}.sh`, restartSec: 1 },
        password: secret,
        ...section,
      },
    },
  }
}

/** What the compiler prints for a model, by the names of the files. */
export function printed(model: ReplicaInput): Readonly<Record<string, string>> {
  const { files, diagnostics } = compile(model)
  if (Object.keys(files).length === 0) throw new Error(JSON.stringify(diagnostics))
  return files
}

/** Puts what is printed where its first lines say, with the password beside it. */
export async function install(
  { host }: Stage,
  model: ReplicaInput,
  { password = replicatorPassword }: { readonly password?: string } = {},
): Promise<void> {
  const files = printed(model)
  for (const [name, text] of Object.entries(files)) {
    if (/\.(service|env)$/.test(name)) host.write(text.split('\n', 1)[0]?.slice(2) ?? '', text)
  }
  const section = model.targets?.systemd
  host.write(section?.script ?? '', files['run_rep.sh'] ?? '')
  await writeSecret(host, section?.name ?? '', password)
  await host.operate('systemctl daemon-reload')
}

/** The password where the model has it, and only for who may read it. */
export async function writeSecret(host: Booted, name: string, password: string): Promise<void> {
  const path = `/etc/${name}.password`
  host.write(path, `${password}\n`)
  await host.operate(`chmod 600 ${path}`)
}

/** Waits until a row of the master is on a replica. */
export function waitForRow(port: number, row: string): Promise<unknown> {
  return waitFor(`the row ${row} on ${port}`, async () => {
    const rows = await query(port, `SELECT 1 FROM rows WHERE body = '${row}'`)
    return rows.length === 1
  })
}

/** Writes files as `generate` does, into a directory of the space. */
export function writeFiles(dir: string, files: Readonly<Record<string, string>>): void {
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true })
    writeFileSync(join(dir, name), text)
  }
}

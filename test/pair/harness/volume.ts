import { chownSync, mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { runAgent } from './agent.js'
import { contractFor } from './contract.js'
import { isRoot, serverUser } from './identity.js'
import type { Master } from './master.js'
import type { Space } from './space.js'

/** An empty directory for PGDATA_DIR, outside of any sandbox, that RUN_USER may write. */
export function makeVolume(space: Space): string {
  const volume = mkdtempSync(join(space.dir, 'volume-'))
  const { uid, gid } = serverUser()
  if (isRoot) chownSync(volume, uid, gid)
  return volume
}

/** Another volume that holds the same, with owners, modes and times. */
export async function copyVolume(space: Space, from: string): Promise<string> {
  const volume = makeVolume(space)
  await execa('cp', ['-a', '--', `${from}/.`, volume])
  return volume
}

/** A volume with a replica of `master` that streamed one row and was stopped. */
export async function makeReplica(space: Space, master: Master): Promise<string> {
  const volume = makeVolume(space)
  const agent = await runAgent(space, { env: contractFor(space, master, { PGDATA_DIR: volume }) })
  await agent.waitForRow(await master.insert())
  agent.terminate('SIGTERM', 'script')
  const code = await agent.exit
  if (code !== 0) throw new Error(`the replica ended with ${code}:\n${agent.log()}`)
  return volume
}

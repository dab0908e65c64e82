import { execa } from 'execa'
import { serverBin } from './capability.js'

/** The lines of pg_controldata by their labels, in English. */
export async function readControl(dataDir: string): Promise<ReadonlyMap<string, string>> {
  const { stdout } = await execa(`${serverBin}/pg_controldata`, [dataDir], { env: { LC_ALL: 'C' } })
  return new Map(
    stdout.split('\n').map((line) => {
      const cut = line.indexOf(':')
      return [line.slice(0, cut), line.slice(cut + 1).trim()]
    }),
  )
}

export async function clusterState(dataDir: string): Promise<string | undefined> {
  return (await readControl(dataDir)).get('Database cluster state')
}

import { execa } from 'execa'
import { findTool } from './capability.js'

/** A row of what does not fit, as master.sql tells it. */
export interface Misfit {
  readonly setting: string
  readonly value: string
  readonly needs: string
  readonly why: string
}

/** Runs a master.sql on the server of a port as README says, and gives what does not fit; throws psql's words. */
export async function applyMasterSql(port: number, text: string, superuser = 'postgres'): Promise<Misfit[]> {
  const separator = '\u001f'
  const to = ['-h', '127.0.0.1', '-p', String(port), '-U', superuser, '-d', 'postgres']
  const format = ['-X', '-w', '-q', '-A', '-t', '-F', separator]
  const { stdout } = await execa(findTool('psql') ?? '', [...format, ...to, '-f', '-'], {
    cwd: '/',
    input: text,
    env: { PATH: process.env.PATH ?? '', LC_ALL: 'C' },
    extendEnv: false,
  })
  const [title, ...rows] = stdout.split('\n')
  if (title?.startsWith('What does not fit') !== true) throw new Error(`psql said: ${stdout}`)
  return rows.filter(Boolean).map((row) => {
    const [setting = '', value = '', needs = '', why = ''] = row.split(separator)
    return { setting, value, needs, why }
  })
}

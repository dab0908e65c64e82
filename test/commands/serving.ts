import { join } from 'node:path'
import { type ExecaError, execa } from 'execa'
import { repository } from './cli.js'

const cli = join(repository, 'build', 'bin', 'cli.js')

/** Starts `serve` and gives its output so far once it tells where it listens. */
export async function startServe(cwd: string, args: readonly string[] = []) {
  const running = execa(process.execPath, [cli, 'serve', '--port', '0', ...args], {
    cwd,
    stdin: 'ignore',
    reject: false,
    timeout: 120_000,
  })
  let out = ''
  const told = new Promise<void>((resolve) => {
    running.stdout.on('data', (piece: Buffer) => {
      out += piece.toString('utf8')
      if (out.includes('files name publish:')) resolve()
    })
  })
  await Promise.race([told, running])
  const url = /CONFIG_URL is (http:\S+)\/conf\./.exec(out)?.[1]
  if (url === undefined) throw new Error(String((await running) as unknown as ExecaError))
  return { running, url, out }
}

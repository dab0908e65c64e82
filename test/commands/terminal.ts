import { join } from 'node:path'
import { execa } from 'execa'
import { type Outcome, repository } from './cli.js'

/** What is typed when the terminal shows a text, each after the one before. */
export type Dialogue = readonly (readonly [shown: RegExp, typed: string])[]

/** Runs the compiled command line on a terminal of its own (script, of util-linux); all that it shows is `out`. */
export async function onTerminal(dir: string, args: readonly string[], dialogue: Dialogue): Promise<Outcome> {
  const cli = join(repository, 'build', 'bin', 'cli.js')
  const words = [process.execPath, cli, ...args].map((word) => `'${word.replaceAll("'", "'\\''")}'`)
  const running = execa('script', ['-q', '-e', '-f', '-c', `exec ${words.join(' ')}`, '/dev/null'], {
    cwd: dir,
    env: { TERM: 'dumb' },
    reject: false,
    timeout: 60_000,
    killSignal: 'SIGKILL',
  })
  let shown = ''
  let told = 0
  const rest = [...dialogue]
  running.stdout.on('data', (piece: Buffer) => {
    shown += piece.toString('utf8')
    for (;;) {
      const [next] = rest
      const found = next?.[0].exec(shown.slice(told))
      if (next === undefined || !found) return
      told += found.index + found[0].length
      rest.shift()
      running.stdin.write(next[1])
    }
  })
  const { exitCode, stderr } = await running
  // biome-ignore lint/suspicious/noControlCharactersInRegex: what drives a terminal begins with it
  const out = shown.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '').replaceAll('\r\n', '\n')
  return { code: exitCode, out, err: stderr }
}

import { spawn } from 'node:child_process'
import { createServer } from 'node:net'
import { constants } from 'node:os'
import { fileURLToPath } from 'node:url'
import { type AddCommand, exits } from './options.js'
import { printAside } from './print.js'

export const addDemo: AddCommand = (program, end) =>
  program
    .command('demo')
    .description(
      'show a master and two replicas at work on this machine, in less than a minute; all of it is gone at the end',
    )
    .option('--install', 'as root on Debian or Ubuntu: install PostgreSQL first where it is missing')
    .action(async ({ install }: DemoOptions) => end(await demo(install === true)))

export interface DemoOptions {
  readonly install?: boolean
}

// Here and in the package alike.
const script = fileURLToPath(new URL('../demo/demo.sh', import.meta.url))

/** Runs the demo, which tells and cleans up itself, also when it is stopped by a signal. Gives its exit code. */
async function demo(install: boolean): Promise<number> {
  const ports = await findPorts(3)
  if (ports.length < 3) {
    printAside('the demo needs three free ports of 127.0.0.1 below 32768\n')
    return exits.refused
  }
  const compiler = [process.execPath, process.argv[1] ?? '']
  const words = [script, install ? 'yes' : 'no', ...ports.map(String), ...compiler]
  return new Promise((resolve, reject) => {
    const child = spawn('sh', words, { stdio: ['ignore', 'inherit', 'inherit'] })
    // At a terminal the child hears of a Ctrl-C itself; to be told twice does it no harm.
    const forward = (signal: NodeJS.Signals) => child.kill(signal)
    for (const signal of signals) process.on(signal, forward)
    child.on('error', reject)
    child.on('close', (code, signal) => {
      for (const each of signals) process.off(each, forward)
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]))
    })
  })
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/** Ports of 127.0.0.1 that nobody listens on, from one that differs from process to process. */
async function findPorts(count: number): Promise<number[]> {
  const found: number[] = []
  // Below those that the kernel gives to clients, of which any could take one before its server starts.
  for (let port = 28_000 + (process.pid % 400) * 10; found.length < count && port < 32_768; port += 1) {
    if (await isFree(port)) found.push(port)
  }
  return found
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer()
    server.on('error', () => resolve(false))
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => server.close(() => resolve(true)))
  })
}

import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { dirname, join } from 'node:path'
import { findTool } from './capability.js'
import { isRoot } from './identity.js'
import { launch } from './launch.js'
import type { Host } from './network.js'
import { signal } from './processes.js'
import { pickPort, type Space } from './space.js'
import { waitFor } from './wait.js'

export interface ConfigServer {
  /** What CONFIG_URL is to be. */
  readonly url: string
  /** The requests so far, as path and status. */
  requests(): string[]
}

/** Served files by their names below conf/; text is the content, `{ copy }` a file to copy. */
export type Served = Readonly<Record<string, string | { readonly copy: string }>>

const repository = new URL('../../../', import.meta.url).pathname

/** The two files that the generator printed. */
export const printedFiles: Served = {
  'postgresql.conf': { copy: join(repository, 'dist/conf/postgresql.conf') },
  'pg_hba.conf': { copy: join(repository, 'dist/conf/pg_hba.conf') },
}

/** Serves `files` below /conf by an nginx of our own; what is not served is a 404 with an HTML page, as always. */
export async function startConfigServer(
  space: Space,
  files: Served = printedFiles,
  host?: Host,
): Promise<ConfigServer> {
  const below = Object.entries(files).map(([name, content]) => [`conf/${name}`, content] as const)
  const { url, requests } = await startWebServer(space, Object.fromEntries(below), { host })
  return { url: `${url}/conf`, requests }
}

export interface WebServer extends ConfigServer {
  /** Serves something else under that path from now on. */
  put(path: string, content: Served[string]): void
  /** From now on that is a 404. */
  remove(path: string): void
}

/** Serves `files` by their paths. */
export async function startWebServer(
  space: Space,
  files: Served,
  { host, port: wanted }: { readonly host?: Host | undefined; readonly port?: number } = {},
): Promise<WebServer> {
  const address = host?.address ?? '127.0.0.1'
  const port = wanted ?? (await pickPort())
  webServers += 1
  const home = join(space.dir, `nginx-${webServers}`)
  const put = (path: string, content: Served[string]) => {
    const target = join(home, 'www', path)
    mkdirSync(dirname(target), { recursive: true })
    if (typeof content === 'string') writeFileSync(target, content)
    else copyFileSync(content.copy, target)
  }
  mkdirSync(join(home, 'www'), { recursive: true })
  for (const [path, content] of Object.entries(files)) put(path, content)
  writeFileSync(join(home, 'nginx.conf'), nginxConf(home, address, port))
  const log = join(home, 'log')
  const words = [
    ...(host?.words ?? []),
    findTool('nginx') ?? 'nginx',
    '-p',
    home,
    '-c',
    join(home, 'nginx.conf'),
    '-e',
    join(home, 'error.log'),
  ]
  const { pid, exit } = launch({ words, cwd: home, env: {}, stdout: log, stderr: log })
  space.track(async () => {
    signal(pid, 'SIGTERM')
    await exit
  })
  // It writes its pid once it listens.
  await waitFor('nginx to listen', () => statSync(join(home, 'pid'), { throwIfNoEntry: false })?.size)
  const access = join(home, 'access.log')
  return {
    url: `http://${address}:${port}`,
    put,
    remove: (path) => rmSync(join(home, 'www', path)),
    requests: () => (existsSync(access) ? readFileSync(access, 'utf8').split('\n').filter(Boolean) : []),
  }
}

let webServers = 0

/** A server that takes connections and never says a word. */
export async function startSilentServer(
  space: Space,
): Promise<{ readonly url: string; readonly port: number }> {
  const port = await pickPort()
  const open = new Set<Socket>()
  const server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => undefined)
  })
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve))
  space.track(() => {
    for (const socket of open) socket.destroy()
    server.close()
  })
  return { url: `http://127.0.0.1:${port}/conf`, port }
}

function nginxConf(home: string, address: string, port: number): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
  return `${isRoot ? 'user nobody nogroup;' : ''}
daemon off;
worker_processes 1;
pid ${home}/pid;
events { worker_connections 64; }
http {
  log_format short '$request_uri $status';
  access_log ${home}/access.log short;
  ${temporary.map((name) => `${name}_temp_path ${home}/${name};`).join('\n  ')}
  server {
    listen ${address}:${port};
    root ${home}/www;
    location = /page/postgresql.conf { return 200 '<!DOCTYPE html><html><body>Please log in</body></html>'; }
    location = /page/pg_hba.conf { return 200 '<!DOCTYPE html><html><body>Please log in</body></html>'; }
  }
}
`
}

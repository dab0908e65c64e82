import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { networkInterfaces } from 'node:os'
import { answer, type Site } from './site.js'

/** A server that listens. */
export interface Listening {
  /** The root, by each address at which it is reached. */
  readonly urls: readonly string[]
  readonly close: () => Promise<void>
}

export interface Place {
  readonly host: string
  /** 0: any that is free. */
  readonly port: number
}

/** Serves a site; `log` is given a line for each request. Rejects with the system's error where it cannot listen. */
export async function serveSite(
  site: Site,
  { host, port, publish }: Place & { readonly publish: string },
  log: (line: string) => void,
): Promise<Listening> {
  const server = createServer((request, response) => {
    const { method = '', url: target = '' } = request
    // A body that nobody asked for must not hold the connection.
    request.resume()
    const { status, headers, body } = answer(site, { method, target, publish })
    response.writeHead(status, headers)
    response.end(method === 'HEAD' ? undefined : body)
    const bytes = method === 'HEAD' ? 0 : Buffer.byteLength(body)
    log(`${method} ${plain(target)} ${status} ${bytes} ${request.socket.remoteAddress ?? '-'}`)
  })
  server.requestTimeout = 30_000
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host, port }, resolve)
  })
  return { urls: listUrls(server), close: () => close(server) }
}

function plain(text: string): string {
  return text.slice(0, 500).replace(/[^\x21-\x7e]/g, (character) => encodeURIComponent(character))
}

function listUrls(server: Server): string[] {
  const { address, port } = server.address() as AddressInfo
  const isAny = address === '0.0.0.0' || address === '::'
  const all = Object.values(networkInterfaces()).flatMap((list) => list ?? [])
  const own = all
    .filter(({ family }) => family === 'IPv4' || address === '::')
    .filter(({ scopeid = 0 }) => scopeid === 0)
  return (isAny ? own.map((one) => one.address) : [address]).map(
    (one) => `http://${one.includes(':') ? `[${one}]` : one}:${port}`,
  )
}

function close(server: Server): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve())
    server.closeAllConnections()
  })
}

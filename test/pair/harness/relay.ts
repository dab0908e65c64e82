import { connect, createServer, type Socket } from 'node:net'
import { pickPort, type Space } from './space.js'

/** An address that can come to mean another server, as a virtual one does, or a name that changes. */
export interface Relay {
  readonly port: number
  /** New connections go there; with `drop`, the others end. Nowhere: they are accepted, and hear nothing. */
  lead(port: number | undefined, drop?: 'drop'): void
}

/** Opens one on loopback; it closes with the space. */
export async function openRelay(space: Space, target?: number): Promise<Relay> {
  const port = await pickPort()
  const sockets = new Set<Socket>()
  let to = target
  const keep = (socket: Socket, other: Socket) => {
    sockets.add(socket)
    socket.on('error', () => other.destroy())
    socket.on('close', () => {
      sockets.delete(socket)
      other.destroy()
    })
  }
  const server = createServer((client) => {
    if (to === undefined) {
      keep(client, client)
      return
    }
    const far = connect(to, '127.0.0.1')
    keep(client, far)
    keep(far, client)
    client.pipe(far)
    far.pipe(client)
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const drop = () => {
    for (const socket of sockets) socket.destroy()
  }
  space.track(() => {
    drop()
    server.close()
  })
  return {
    port,
    lead: (next, what) => {
      to = next
      if (what === 'drop') drop()
    },
  }
}

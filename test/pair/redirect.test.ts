import { chmodSync, copyFileSync, mkdtempSync, readFileSync } from 'node:fs'
import { createServer as createPlainServer, type RequestListener } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { runAgent } from './harness/agent.js'
import { makeAuthority } from './harness/authority.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import type { Mount } from './harness/mounts.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let master: Master
let trust: Mount
let tls: { readonly cert: string; readonly key: string }
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space, { layout: 'debian' })
  const authority = await makeAuthority(space)
  const issued = await authority.issue({ name: 'localhost', alternative: 'DNS:localhost' })
  tls = { cert: readFileSync(issued.cert, 'utf8'), key: readFileSync(issued.key, 'utf8') }
  // What curl and wget of the agent trust.
  const certs = mkdtempSync(join(space.dir, 'certs-'))
  chmodSync(certs, 0o755)
  copyFileSync(authority.root, join(certs, 'ca-certificates.crt'))
  chmodSync(join(certs, 'ca-certificates.crt'), 0o644)
  trust = { from: certs, over: '/etc/ssl/certs' }
})
afterAll(() => space.close())

const files: RequestListener = ({ url = '' }, answer) => {
  const name = url.split('/').pop() ?? ''
  answer.end(readFileSync(`dist/conf/${name}`))
}

async function serve(kind: 'http' | 'https', listener: RequestListener): Promise<string> {
  const server = kind === 'http' ? createPlainServer(listener) : createTlsServer(tls, listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  space.track(() => {
    server.closeAllConnections()
    server.close()
  })
  return `${kind}://localhost:${(server.address() as AddressInfo).port}`
}

const redirectTo =
  (base: string): RequestListener =>
  ({ url = '' }, answer) => {
    answer.writeHead(302, { location: `${base}${url}` }).end()
  }

describe.each([
  ['curl', []],
  ['wget', [{ from: '/dev/null', over: '/usr/bin/curl' }]],
  // Its applet goes by the name that it is called by.
  [
    'busybox',
    [
      { from: '/dev/null', over: '/usr/bin/curl' },
      { from: '/bin/busybox', over: '/usr/bin/wget' },
    ],
  ],
] as const)('with %s', (tool, hidden) => {
  testWith(
    ['root', 'namespace', 'debian', { tool }],
    'https that leads to http is refused at once, before a copy',
    async () => {
      const url = await serve('https', redirectTo(await serve('http', files)))
      const env = contractFor(space, master, { CONFIG_URL: `${url}/conf` })
      const agent = await runAgent(space, { env, mounts: [trust, ...hidden] })
      expect(await agent.exit, agent.log()).toBe(78)
      expect(agent.log()).toMatch(
        /ERROR fetch_config: .* https:.*postgresql\.conf: it redirects from https to http/,
      )
      expect(agent.log()).not.toMatch(/clone: /)
    },
  )

  testWith(
    ['root', 'namespace', 'debian', { tool }],
    'http that leads to https, and https to https, are followed',
    async () => {
      const end = await serve('https', files)
      for (const kind of ['http', 'https'] as const) {
        const url = await serve(kind, redirectTo(end))
        const env = contractFor(space, master, { CONFIG_URL: `${url}/conf` })
        const agent = await runAgent(space, { env, mounts: [trust, ...hidden] })
        await agent.waitForLog(/clone: cloned/)
        agent.terminate('SIGTERM', 'script')
        await agent.exit
      }
    },
  )
})

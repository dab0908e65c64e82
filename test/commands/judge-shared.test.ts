import { join } from 'node:path'
import { expect, test } from 'vitest'
import { plan } from '../../generator/commands/plan.js'
import { inFolder } from './cli.js'

const config = (staging: string, production: string) =>
  `import { defineReplicas, type ReplicaInput } from 'postgres-rep-marathon'
const base = { publish: 'http://web01/pg' } satisfies ReplicaInput
export default defineReplicas({
  staging: { ...base, ${staging} },
  production: { ...base, ${production} },
})
`

async function find(text: string, env?: readonly string[]): Promise<string[]> {
  return inFolder({ 'replica.config.ts': text }, async ({ dir }) => {
    const planned = await plan([join(dir, 'replica.config.ts')], env === undefined ? {} : { env })
    if (planned.kind === 'refused') throw new Error(JSON.stringify(planned.diagnostics))
    const found = planned.models.flatMap(({ built }) => built.diagnostics)
    return found
      .filter(({ code }) => code === 'W_PUBLISH_SHARED' || code === 'W_ACCEPT')
      .map(({ code, place, message }) => `${code} ${place?.line} ${message}`)
  })
}

const [other, more] = [100, 200].map(
  (count) => `postgresql: { majors: [16], settings: { max_connections: ${count} } }`,
) as [string, string]

test('two environments that fetch different files from one URL', async () => {
  const text =
    'W_PUBLISH_SHARED 2 staging and production fetch conf/postgresql.conf from http://web01/pg, and each would need its own there'
  expect(await find(config(other, more))).toEqual([text, text])
})

test('each at its own URL, one alone, the same files, files that nobody fetches, and what is accepted', async () => {
  expect(await find(config(`${other}, publish: 'http://web01/pg/staging'`, more))).toEqual([])
  expect(await find(config(other, more), ['staging'])).toEqual([])
  // The app tells the script of its master.
  const at = (host: string) => `master: { hosts: '${host}' }, targets: { marathon: { id: '/${host}' } }`
  expect(await find(config(at('a'), at('b')))).toEqual([])
  const mounted = 'targets: { compose: {} }'
  expect(await find(config(`${other}, ${mounted}`, `${more}, ${mounted}`))).toEqual([])
  const accept = "accept: ['W_PUBLISH_SHARED']"
  expect(await find(config(`${other}, ${accept}`, `${more}, ${accept}`))).toEqual([])
})

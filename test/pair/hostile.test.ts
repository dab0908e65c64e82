import { existsSync, readdirSync } from 'node:fs'
import { basename, join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { runAgent } from './harness/agent.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let master: Master
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
})
afterAll(() => space.close())

const payloads = [
  '$(touch pwned)',
  '`touch pwned`',
  '"; touch pwned; : "',
  "'; touch pwned; : '",
  'x\ntouch pwned\n',
  "x' -c archive_command='touch pwned",
  '-c archive_command=touch\tpwned',
  "127.0.0.1 options='-c x=y'",
  '%p; touch pwned',
  '*',
]

/** A value cannot forge a line of the log. */
const logLine = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ (INFO|WARN|ERROR) \w+: /

const variables = [
  'POSTGRES_MASTER',
  'POSTGRES_PORT',
  'POSTGRES_REPUSER',
  'RUN_USER',
  'PORT0',
  'CONFIG_URL',
  'PGDATA_DIR',
  'PGPASSFILE',
  'PGSSLMODE',
  'PGSSLROOTCERT',
  'PGCONNECT_TIMEOUT',
  'MASTER_WAIT',
  'EXIT_PAUSE',
] as const

describe('a hostile value is never executed and never begins a copy (D17-D21)', () => {
  for (const variable of variables) {
    testWith([], `in ${variable}`, async () => {
      for (const payload of payloads) {
        const value = variable === 'PGPASSFILE' ? `${space.dir}/${payload}` : payload
        const env = contractFor(space, master, { MASTER_WAIT: '0', [variable]: value, POSTGRES_PORT: '1' })
        const agent = await runAgent(space, {
          env: variable === 'POSTGRES_PORT' ? { ...env, POSTGRES_PORT: value } : env,
        })
        // Refused as malformed (78) or taken as the odd name that it is: then the master is away or says no.
        expect([69, 77, 78], `${variable}=${payload}\n${agent.log()}`).toContain(await agent.exit)
        const found = readdirSync(agent.sandbox, { recursive: true, encoding: 'utf8' })
        expect(found.filter((name) => basename(name) === 'pwned')).toEqual([])
        for (const line of agent.log().trim().split('\n')) expect(line).toMatch(logLine)
      }
      expect(master.clones()).toBe(0)
    })
  }

  for (const [why, value] of [
    ['zero', '0'],
    ['too large', '65536'],
    ['with a newline', '5432\n5433'],
    ['a list', '31000,31001'],
    ['with a blank', ' 5432'],
    ['octal', '05432'],
  ] as const) {
    testWith([], `PORT0 ${why} is 78 before anything is made`, async () => {
      const agent = await runAgent(space, { env: contractFor(space, master, { PORT0: value }) })
      expect(await agent.exit, agent.log()).toBe(78)
      expect(agent.log()).toMatch(/PORT0/)
      expect(existsSync(join(agent.sandbox, 'pgdata'))).toBe(false)
    })
  }
})

import { chmodSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect } from 'vitest'
import { testWith } from '../pair/harness/capability.js'
import { shells, writeFunctions } from '../shells.js'

const folder = mkdtempSync(join(tmpdir(), 'low-port-'))
afterAll(() => rmSync(folder, { recursive: true }))
const library = writeFunctions(folder)
// Whoever they become must be able to read it.
chmodSync(folder, 0o755)

// What systemd's AmbientCapabilities= gives to a service that runs as postgres.
const grants: readonly [name: string, words: readonly string[], says: string][] = [
  ['CAP_NET_BIND_SERVICE', ['+net_bind_service'], 'may'],
  ['another capability', ['+net_raw'], 'may not'],
]

describe.each(shells)('in $name', ({ argv }) => {
  for (const [name, [grant = ''], says] of grants) {
    testWith(['root', { tool: argv[0] }], `with ${name} a server ${says} listen below 1024`, async () => {
      const { stdout } = await execa('setpriv', [
        '--reuid=65534',
        '--clear-groups',
        `--inh-caps=-all,${grant}`,
        `--ambient-caps=-all,${grant}`,
        '--',
        ...argv,
        '-c',
        `. ${library}\nif may_bind_low; then echo may; else echo 'may not'; fi`,
      ])
      expect(stdout).toBe(says)
    })
  }
})

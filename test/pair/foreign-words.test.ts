import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, mesosPath, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
let master: Master
let script: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  script = buildQuickScript(space)
})
afterAll(() => space.close())

/** A directory of programs that come before those of the system. */
function stub(programs: Readonly<Record<string, string>>): string {
  const dir = mkdtempSync(join(space.dir, 'stubs-'))
  chmodSync(dir, 0o755)
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(dir, name), `#!/bin/sh\n${text}\n`)
    chmodSync(join(dir, name), 0o755)
  }
  return `${dir}:${mesosPath}`
}

const preflight = (programs: Readonly<Record<string, string>>): Promise<Agent> =>
  runAgent(space, {
    env: { ...contractFor(space, master), PATH: stub(programs) },
    script,
    args: ['preflight'],
    user: serverUser(),
  })

const head = 'Filesystem 1024-blocks Used Available Capacity Mounted on'
const df = (text: string, inodes = text) =>
  `case " $* " in *' -i '*) cat <<'X'\n${inodes}\nX\n;; *) cat <<'X'\n${text}\nX\n;; esac`

/** What df prints, and how preflight ends. */
const dfs: readonly (readonly [string, string, number, RegExp])[] = [
  ['as POSIX has it', df(`${head}\n/dev/sda1 90000000 1000000 89000000 2% /`), 0, /preflight passed/],
  [
    'a line that is broken behind a long name',
    df(`${head}\n/dev/mapper/a-very-long-name-of-a-volume\n  90000000 1000000 89000000 2% /`),
    0,
    /preflight passed/,
  ],
  [
    'a share whose name has blanks',
    df(`${head}\n//nas/our share 2 90000000 1000000 89000000 2% /mnt/our share 2`),
    0,
    /preflight passed/,
  ],
  [
    'a head of another language',
    df(
      'Dateisystem 1K-Blöcke Benutzt Verfügbar Verw% Eingehängt auf\n/dev/sda1 90000000 1000000 89000000 2% /',
    ),
    0,
    /preflight passed/,
  ],
  [
    'too little',
    df(`${head}\n/dev/sda1 90000000 89999000 1000 100% /`, `${head}\n/dev/sda1 90000 1 89999 1% /`),
    73,
    /has only 0 MB left/,
  ],
  [
    'less than nothing',
    df(`${head}\n/dev/sda1 90000000 91000000 -1000000 101% /`, `${head}\n/dev/sda1 90000 1 89999 1% /`),
    73,
    /has only 0 MB left/,
  ],
  [
    'too little on a broken line',
    df(`${head}\n/dev/mapper/long\n 90000000 89999000 1000 100% /`, `${head}\n/dev/sda1 90000 1 89999 1% /`),
    73,
    /has only 0 MB left/,
  ],
  ['no numbers', df(`${head}\noverlay - - - - /`), 0, /WARN choose_data: cannot tell how much is free/],
  [
    'no inodes, as Btrfs',
    df(`${head}\n/dev/sda1 90000000 1000000 89000000 2% /`, `${head}\n/dev/sda1 0 0 0 - /`),
    0,
    /preflight passed/,
  ],
  ['something else', "echo 'stale file handle'", 0, /WARN choose_data: cannot tell how much is free/],
  ['an error', "echo 'df: cannot read' >&2; exit 1", 0, /WARN choose_data: cannot tell how much is free/],
  [
    'nothing of -P',
    `case $1 in -P) exit 1 ;; esac\n${df(`${head}\n/dev/sda1 90000000 1000000 89000000 2% /`)}`,
    0,
    /preflight passed/,
  ],
]

testWith([], 'whatever df prints: too little is told, and what is not understood is no refusal', async () => {
  for (const [title, text, code, words] of dfs) {
    const agent = await preflight({ df: text })
    expect(await agent.exit, `${title}:\n${agent.log()}`).toBe(code)
    expect(agent.log(), title).toMatch(words)
    if (code === 0 && !String(words).includes('WARN'))
      expect(agent.log(), title).not.toMatch(/cannot tell how much is free/)
  }
})

testWith([], 'id and getent may say more than was asked', async () => {
  const { name, uid, gid } = serverUser()
  const programs = {
    id: `echo 'id: cannot find name for group ID 4711' >&2\necho 'sssd is starting'\nexec /usr/bin/id "$@"`,
    getent: `echo 'other:x:4711:4711::/nowhere:/bin/sh'
echo '${name}:*:${uid}:${gid}:Some Body, Room 7:${space.dir}:/bin/sh:and:more'
echo '${name}:*:${uid}:${gid}::/another:/bin/sh'`,
  }
  const { PGPASSFILE, ...env } = contractFor(space, master)
  writeFileSync(join(space.dir, '.pgpass'), readFileSync(String(PGPASSFILE)))
  chmodSync(join(space.dir, '.pgpass'), 0o644)
  const agent = await runAgent(space, { env: { ...env, PATH: stub(programs) }, script, args: ['preflight'] })
  expect(await agent.exit, agent.log()).toBe(0)
  expect(agent.log()).toContain(`others may access ${space.dir}/.pgpass`)
})

describe('a user whom another directory names', () => {
  for (const name of ['First.Last', 'DOM\\John Doe', 'name@realm.example', '1st-user', 'machine$', 'ünal']) {
    testWith(['root', 'namespace'], `such as ${name}, runs a replica that root starts`, async () => {
      const { uid, gid, home } = serverUser()
      const passwd = join(space.dir, 'passwd')
      const others = readFileSync('/etc/passwd', 'utf8')
        .split('\n')
        .filter((line) => !line.startsWith('postgres:'))
      writeFileSync(
        passwd,
        [...others.filter(Boolean), `${name}:x:${uid}:${gid}::${home}:/bin/sh`, ''].join('\n'),
      )
      chmodSync(passwd, 0o644)
      const agent = await runAgent(space, {
        env: contractFor(space, master, { RUN_USER: name }),
        script,
        mounts: [{ from: passwd, over: '/etc/passwd' }],
      })
      await agent.waitForRow(await master.insert())
      agent.terminate('SIGTERM', 'script')
      expect(await agent.exit, agent.log()).toBe(0)
    })
  }
})

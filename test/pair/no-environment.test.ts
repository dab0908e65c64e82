import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, mesosPath, runAgent } from './harness/agent.js'
import { buildQuickScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor, type Environment } from './harness/contract.js'
import { become, chownTo, findUser, type Identity, isRoot, serverUser } from './harness/identity.js'
import { type Master, startMaster } from './harness/master.js'
import { replicatorPassword } from './harness/passfile.js'
import { openSpace, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
let script: string
let asking: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  script = buildQuickScript(space)
  asking = buildQuickScript(space, {}, { ready: { by: 'master' } })
})
afterAll(() => space.close())

interface Answer {
  readonly code: number | undefined
  readonly out: string
  readonly words: string
}

/** Asks as somebody who came by ssh: in that directory, with a PATH and nothing else. */
async function ask(
  cwd: string,
  what: readonly string[],
  user?: Identity,
  env: Environment = {},
): Promise<Answer> {
  const words = [...(user ? become(user) : []), 'sh', 'run_rep.sh', ...what]
  const { exitCode, stdout, stderr } = await execa(words[0] ?? '', words.slice(1), {
    cwd,
    env: { PATH: mesosPath, ...env },
    extendEnv: false,
    reject: false,
  })
  return { code: exitCode, out: stdout, words: stderr }
}

/** RUN_USER, and root where we are root. */
const askers = (): readonly (Identity | undefined)[] => (isRoot ? [serverUser(), undefined] : [undefined])

async function expectAnswers({ sandbox, port }: Agent): Promise<void> {
  for (const user of askers()) {
    for (const what of ['health', 'ready']) {
      await waitFor(
        `${what} of ${user?.name ?? 'root'}`,
        async () => {
          const answer = await ask(sandbox, [what], user)
          if (answer.code !== 0) throw new Error(JSON.stringify(answer))
          return true
        },
        20_000,
      )
    }
    for (const TMPDIR of ['/nonexistent', '/proc']) {
      const answer = await ask(sandbox, ['ready'], user, { TMPDIR })
      expect(answer.code, JSON.stringify(answer)).toBe(0)
    }
    expect(await ask(sandbox, ['preflight'], user)).toMatchObject({
      code: 0,
      words: expect.stringContaining('preflight passed'),
    })
    const { code, out, words } = await ask(sandbox, ['status', '--json'], user)
    expect({ code, words }).toEqual({ code: 0, words: '' })
    expect(JSON.parse(out)).toMatchObject({ role: 'standby', port, restart: { does: 'reuse' } })
  }
}

async function live(env: Environment, of = script, user?: Identity): Promise<Agent> {
  const agent = await runAgent(space, { env, script: of, ...(user ? { user } : {}) })
  await agent.waitForRow(await master.insert())
  return agent
}

async function stop(agent: Agent): Promise<void> {
  agent.terminate('SIGTERM', 'script')
  expect(await agent.exit, agent.log()).toBe(0)
}

describe('in the directory of the task health, ready, status and preflight need no variable', () => {
  testWith([], 'where the data lies in that directory', async () => {
    const agent = await live(contractFor(space, master))
    await expectAnswers(agent)
    await stop(agent)
  })

  testWith([], 'where the data lies in a volume, until it lies in that directory', async () => {
    const volume = makeVolume(space)
    const agent = await live(contractFor(space, master, { PGDATA_DIR: volume }))
    const { sandbox, port } = agent
    await expectAnswers(agent)
    const file = join(sandbox, 'run_rep.data')
    expect(readFileSync(file, 'utf8')).toBe(`${volume}\n`)
    expect(statSync(file)).toMatchObject({ uid: serverUser().uid })
    expect((statSync(file).mode & 0o777).toString(8)).toBe('600')
    await stop(agent)
    expect(await ask(sandbox, ['health'], askers()[0])).toMatchObject({
      code: 1,
      words: expect.stringContaining('no server runs on'),
    })

    const next = await runAgent(space, { env: contractFor(space, master), script, sandbox, port })
    await next.waitForRow(await master.insert())
    expect(existsSync(file)).toBe(false)
    await expectAnswers(next)
    await stop(next)
  })

  // As of a supervisor that makes the directory of a task itself: RUN_USER may not write there.
  testWith(['root'], 'where only root may write to that directory', async () => {
    const volume = makeVolume(space)
    const agent = await live(contractFor(space, master, { PGDATA_DIR: volume }), script, findUser('root'))
    expect(statSync(agent.sandbox).uid).toBe(0)
    await expectAnswers(agent)
    expect(statSync(join(agent.sandbox, 'run_rep.data')).uid).toBe(serverUser().uid)
    await stop(agent)
  })

  testWith(['root', 'nobody'], 'but nobody else is answered, and each is told where to ask', async () => {
    const agent = await live(contractFor(space, master, { PGDATA_DIR: makeVolume(space) }))
    const nobody = findUser('nobody')
    for (const what of ['health', 'ready', 'status']) {
      const { code, words } = await ask(agent.sandbox, [what], nobody)
      expect(code).toBe(78)
      expect(words).toMatch(
        /call it in the task's directory or with its PGDATA_DIR, as its RUN_USER or as root/,
      )
      // The environment of the task is right: only this shell has none.
      expect(words).not.toMatch(/is missing|marathon\.json/)
    }
    await stop(agent)
  })

  for (const from of ['a secret file', 'the environment']) {
    testWith([], `where the password comes from ${from}, and the master is asked, too`, async () => {
      const file = join(space.dir, 'password')
      writeFileSync(file, `${replicatorPassword}\n`, { mode: 0o600 })
      chownTo(file, serverUser())
      const given =
        from === 'a secret file'
          ? { POSTGRES_REPPASSWORD_FILE: file }
          : { POSTGRES_REPPASSWORD: replicatorPassword }
      const { PGPASSFILE: _, ...env } = contractFor(space, master, given)
      const agent = await live(env, asking)
      await expectAnswers(agent)
      expect(readFileSync(join(agent.sandbox, 'pgdata/status/contract'), 'utf8')).not.toContain(
        replicatorPassword.slice(0, 6),
      )
      await stop(agent)
    })
  }
})

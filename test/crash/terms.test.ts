import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { type Agent, runAgent } from '../pair/harness/agent.js'
import { testWith } from '../pair/harness/capability.js'
import { contractFor } from '../pair/harness/contract.js'
import { isEnding, processesUnder, readProcess } from '../pair/harness/processes.js'
import { openSpace, pickPort, type Space } from '../pair/harness/space.js'
import { waitFor } from '../pair/harness/wait.js'
import { randomOf } from '../random.js'
import { seed, shellsToTry, steps } from './draw.js'
import { grace } from './ordeal.js'
import { openStage, type Stage, stepsIn } from './stage.js'

// npm run test:crash -- --terms N --shells "S…" (test/crash/run.sh)
const terms = Number(process.env.CRASH_TERMS ?? 4)

let space: Space
let stage: Stage
beforeAll(() => {
  space = openSpace()
  stage = openStage(space)
})
afterAll(async () => {
  await stage.close()
  await space.close()
})

const reached = (shell: string) => stepsIn(readFileSync(join(space.dir, `terms-${shell}`), 'utf8'))

describe(`SIGTERM at any instant (seed ${seed})`, () => {
  for (const shell of shellsToTry) {
    testWith(
      shell === 'dash' ? [] : ['namespace', { tool: shell }],
      `${terms} times under ${shell}: the status is right, nothing hangs, nobody is left`,
      async () => {
        const { server, master } = await stage.open('master')
        const random = randomOf(seed)
        const counts = new Map<string, number>()
        const port = await pickPort()
        let sandbox: string | undefined
        const start = async (): Promise<Agent> => {
          const marks = stage.watchSteps(join(space.dir, `terms-${shell}`))
          const way = random() < 0.5 ? stage.answeringFirst : { script: stage.script, env: {} }
          const env = { ...contractFor(space, server), ...marks, ...way.env }
          const life = await runAgent(space, {
            env,
            port,
            shell,
            script: way.script,
            ...(sandbox ? { sandbox } : {}),
          })
          sandbox = life.sandbox
          return life
        }
        for (let number = 0; number < terms; number += 1) {
          // Half of the lives find data, the others have to clone.
          if (sandbox && random() < 0.5) rmSync(join(sandbox, 'pgdata'), { recursive: true, force: true })
          const life = await start()
          // A machine may be slow: the instant is drawn by step, and then by time.
          const aim = steps[Math.floor(random() * steps.length)] ?? 'contract'
          // Before it is the script, it is what mounts the shell.
          const isScript = () => /^(\S*\/)?sh .*run_rep\.sh/.test(readProcess(life.pid)?.args ?? '')
          await waitFor(
            () => `step ${aim}:\n${life.log()}`,
            () => (aim === 'contract' ? isScript() : reached(shell).includes(aim)),
            grace,
          )
          await sleep(random() * (aim === 'serve' ? 2_000 : 250))
          const step = reached(shell).at(-1) ?? 'contract'
          counts.set(step, (counts.get(step) ?? 0) + 1)
          const whom = random() < 0.5 ? 'script' : 'tree'
          life.terminate('SIGTERM', whom)
          const code = await Promise.race([life.exit, sleep(grace, 'no end', { ref: false })])
          const left = processesUnder(life.sandbox).filter((one) => !isEnding(one))
          const lives = left.map(({ pid, state, args }) => `\n${pid} ${state} ${args}`)
          const what = `TERM ${number} to the ${whom} in ${step}, under ${shell}:\n${life.log()}${lives.join('')}`
          expect([0, 143], what).toContain(code)
          if (code === 0) expect(life.log(), what).toContain('PostgreSQL shut down cleanly')
          // A shell may leave it to a substitution to end by itself; a helper would go on sleeping.
          expect(
            left.filter(({ args }) => args.startsWith('sleep ')),
            what,
          ).toEqual([])
          await waitFor(what, () => processesUnder(life.sandbox).length === 0)
        }
        const last = await start()
        await last.waitForRow(await master.insert())
        last.terminate('SIGTERM', 'script')
        expect(await last.exit).toBe(0)
        await waitFor('the end', () => processesUnder(last.sandbox).length === 0)
        const report = steps.map((step) => `${step} ${counts.get(step) ?? 0}`).join(', ')
        process.stdout.write(`${terms} TERMs under ${shell}: ${report}\n`)
      },
      300_000 + terms * 60_000,
    )
  }
})

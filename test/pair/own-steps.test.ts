import { existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect } from 'vitest'
import { type Agent, expectNothingLeft, runAgent } from './harness/agent.js'
import { buildScript } from './harness/build-script.js'
import { testWith } from './harness/capability.js'
import { contractFor } from './harness/contract.js'
import { type Master, startMaster } from './harness/master.js'
import { signal } from './harness/processes.js'
import { openSpace, type Space } from './harness/space.js'
import { makeVolume } from './harness/volume.js'
import { waitFor } from './harness/wait.js'

let space: Space
let master: Master
let script: string
beforeAll(async () => {
  space = openSpace()
  master = await startMaster(space)
  const steps = [
    ['find_master', 'preflight'],
    // As RUN_USER, and before anything is asked of the master.
    ['obey', 'look_at_data'],
    ['change_all', 'serve'],
    ['look', 'serve'],
  ].map(([name, before]) => ({ name, doc: 'a step', file: `./${name}.sh`, before }))
  const env = {
    WORD: { type: 'text', default: 'go on' },
    TRUE_MASTER: { type: 'text' },
    MARKS: { type: 'absolute_path' },
  } as const
  script = buildScript(space, { env, run: { onCollation: 'ignore' }, steps } as object, stepFiles)
})
afterAll(() => space.close())

const stepFiles = {
  // Gives a variable to others, so it runs in the script's own shell.
  './find_master.sh': `
step_find_master() {
  POSTGRES_MASTER=\${TRUE_MASTER:?}
}
`,
  './obey.sh': `
step_obey() {
  log INFO "told to $WORD"
  case $WORD in
    fail) fail AGENT 'this agent is in maintenance' ;;
    'fail inside')
      _obey_answer=$(answer)
      log ERROR "not reached: $_obey_answer"
      ;;
    'end with 77') sh -c 'exit 77' ;;
    read)
      mkfifo "$MARKS/fifo"
      read -r _obey_line <"$MARKS/fifo"
      ;;
    sleep) fall_asleep ;;
    'sleep bounded') bounded 1000 sh -c 'printf "" >"$1"; sleep 1000; :' sh "$MARKS/asleep" ;;
    'sleep deaf')
      trap '' TERM
      fall_asleep
      ;;
    *) ;;
  esac
}

answer() {
  (fail AGENT 'this agent is in maintenance')
  printf 'yes\\n'
}

# A pipeline, a subshell, and a shell that waits for its child.
fall_asleep() {
  (
    sh -c 'printf "" >"$1"; sleep 1000; :' sh "$MARKS/asleep" || log INFO 'awake'
    log INFO 'awake'
  ) | cat
}
`,
  './change_all.sh': `
step_change_all() {
  cd /
  umask 000
  IFS=:
  trap 'log INFO "the trap of the step"' EXIT
  trap '' TERM USR2
  exec 9>&- >/dev/null
  unset -f start_server
  set +eu -f
  false
  log INFO changed
}
`,
  './look.sh': `
step_look() {
  PGCONNECT_TIMEOUT=4
  {
    pwd
    umask -S
    printf '%s' "$IFS" | od -A n -t x1
    case $- in
      *f*) printf 'noglob\\n' ;;
      *e*) printf 'errexit\\n' ;;
      *) ;;
    esac
  } >"$MARKS/looked"
}
`,
}

const shells = ['dash', 'bash', 'busybox', 'mksh', 'yash'] as const

describe.each(shells)('steps of the operator, with %s as sh', (shell) => {
  const test = (title: string, body: () => Promise<void>) =>
    testWith(shell === 'dash' ? [] : [{ tool: shell }, 'namespace'], title, body)
  let marks: string
  beforeEach(() => {
    marks = makeVolume(space)
  })
  const run = (
    word: string,
    over: Readonly<Record<string, string>> = {},
    sandbox?: string,
  ): Promise<Agent> => {
    const env = contractFor(space, master, {
      POSTGRES_MASTER: 'nowhere.invalid',
      TRUE_MASTER: '127.0.0.1',
      MARKS: marks,
      ...over,
      WORD: word,
    })
    return runAgent(space, { env, shell, script, ...(sandbox === undefined ? {} : { sandbox }) })
  }
  const count = (agent: Agent, pattern: RegExp) => agent.log().match(new RegExp(pattern, 'g'))?.length ?? 0

  test('one that runs in the shell of the script and fails there ends the run as any other', async () => {
    const agent = await run('go on', { TRUE_MASTER: '' })
    expect(await agent.exit, agent.log()).toBe(70)
    expect(agent.log()).toMatch(/ERROR find_master: the step find_master ended with status \d+\n/)
    expect(agent.log()).toMatch(/\(STEP_FAILED, exit 70\)/)
    await expectNothingLeft(agent)
  })

  test('a whole life: what one sets lasts, and what one changes ends with it', async () => {
    const first = await run('go on')
    await first.waitForRow(await master.insert())
    expect(first.log()).toMatch(/change_all: changed\n.*change_all: the trap of the step\n/)
    const looked = readFileSync(join(marks, 'looked'), 'utf8')
    expect(looked).toBe(`${first.sandbox}\nu=rwx,g=,o=\n 20 09 0a\nerrexit\n`)
    first.terminate('SIGTERM', 'script')
    expect(await first.exit, first.log()).toBe(0)
    expect(await first.state()).toBe('shut down in recovery')
    await expectNothingLeft(first)
    const clones = master.clones()
    const second = await run('go on', {}, first.sandbox)
    await second.waitForRow(await master.insert())
    expect(master.clones()).toBe(clones)
    second.terminate('SIGTERM', 'tree')
    expect(await second.exit, second.log()).toBe(0)
    await expectNothingLeft(second)
  })

  // The rest differs by shell only where signals come in.
  if (shell === 'dash') {
    failures()
  }
  for (const word of shell === 'dash' ? ['sleep', 'sleep bounded', 'sleep deaf'] : ['sleep']) {
    for (const whom of ['script', 'tree'] as const) {
      test(`told to ${word}, it ends with all that it has started on SIGTERM to the ${whom}`, async () => {
        const agent = await run(word)
        // The shell makes its mark before it has started the sleep.
        await waitFor('the innermost sleep', () =>
          agent.descendants().some(({ args }) => existsSync(join(marks, 'asleep')) && args === 'sleep 1000'),
        )
        agent.terminate('SIGTERM', whom)
        expect(await agent.exit, agent.log()).toBe(143)
        await expectNothingLeft(agent)
      })
    }
  }

  function failures(): void {
    for (const word of ['fail', 'fail inside']) {
      test(`told to ${word}, it ends the run with that failure's code, after one pause`, async () => {
        const agent = await run(word, { EXIT_PAUSE: '1' })
        expect(await agent.exit, agent.log()).toBe(78)
        expect(count(agent, /obey: this agent is in maintenance\n/)).toBe(1)
        expect(count(agent, /obey: what to do: /)).toBe(1)
        expect(count(agent, /pausing about 1 s/)).toBe(1)
        expect(agent.log()).not.toMatch(/not reached/)
        await expectNothingLeft(agent)
      })
    }

    test('a program that fails in it ends the run as a failed step, whatever its status is', async () => {
      const agent = await run('end with 77')
      expect(await agent.exit, agent.log()).toBe(70)
      expect(agent.log()).toMatch(/the step obey ended with status 77\n/)
      await expectNothingLeft(agent)
    })

    test('so does a signal that ends it', async () => {
      const agent = await run('read')
      const fifo = () => statSync(join(marks, 'fifo'), { throwIfNoEntry: false })?.isFIFO()
      await waitFor('the FIFO that the step will read', fifo)
      // The only child of the script that is not on its way out: mkfifo has made what we saw.
      const step = await waitFor('the step alone', () => {
        const [child, ...more] = agent.descendants()
        return more.length === 0 ? child : undefined
      })
      signal(step.pid, 'SIGKILL')
      expect(await agent.exit, agent.log()).toBe(70)
      expect(agent.log()).toMatch(/the step obey ended with status 137\n/)
      await expectNothingLeft(agent)
    })
  }
})

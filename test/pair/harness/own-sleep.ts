import { chmodSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mesosPath } from './agent.js'
import type { Space } from './space.js'
import { waitFor } from './wait.js'

/** A sleep(1) of the test's own, which tells what it was called with. */
export interface OwnSleep {
  /** PATH for the task. */
  readonly path: string
  /** The seconds of each call so far. */
  calls(): string[]
  /** Done when it has been called with so many seconds. */
  waitForCall(atLeast: number, atMost: number): Promise<void>
}

/** Calls with one of the seconds to `stretch` sleep an hour: what goes on all the same has not waited for them. */
export function makeSleep(space: Space, stretch: readonly number[] = []): OwnSleep {
  const dir = mkdtempSync(join(space.dir, 'sleep-'))
  chmodSync(dir, 0o755)
  const file = join(dir, 'calls')
  writeFileSync(file, '')
  chmodSync(file, 0o666)
  const tool = join(dir, 'sleep')
  const text = `#!/bin/sh
printf '%s\\n' "$1" >>${file}
case ' ${stretch.join(' ')} ' in
  *" $1 "*) set -- 3600 ;;
esac
PATH=${mesosPath}
exec sleep "$1"
`
  writeFileSync(tool, text)
  chmodSync(tool, 0o755)
  const calls = () => readFileSync(file, 'utf8').split('\n').filter(Boolean)
  return {
    path: `${dir}:${mesosPath}`,
    calls,
    waitForCall: async (atLeast, atMost) => {
      const isIt = (call: string) => Number(call) >= atLeast && Number(call) <= atMost
      await waitFor(`a sleep of ${atLeast} to ${atMost} seconds`, () => calls().some(isIt))
    },
  }
}

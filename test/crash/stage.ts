import { chmodSync, readFileSync, writeFileSync } from 'node:fs'
import { setTimeout as sleep } from 'node:timers/promises'
import { type Agent, runAgent } from '../pair/harness/agent.js'
import { buildScript } from '../pair/harness/build-script.js'
import { contractFor, type Environment } from '../pair/harness/contract.js'
import { type Master, startMaster } from '../pair/harness/master.js'
import { openSession, type Row } from '../pair/harness/query.js'
import type { Space } from '../pair/harness/space.js'
import { withSync } from '../pair/harness/sync.js'
import { type Source, steps } from './draw.js'

/** Whom a replica may follow. */
interface Server {
  readonly port: number
  sql(text: string): Promise<Row[]>
}

/** The servers of a sweep, which live on while scripts are struck, and the scripts that tell where they are. */
export interface Stage {
  readonly script: string
  /** The same, of a model that answers before its clone is on disk, and with a disk that takes its time. */
  readonly answeringFirst: { readonly script: string; readonly env: Environment }
  /** Writes its steps to a file as they begin, and stops itself before one of them; the file is made anew. */
  watchSteps(file: string, stopAt?: string): Environment
  /** What a replica of that source follows, and the master that its rows come from. */
  open(source: Source): Promise<{ readonly server: Server; readonly master: Master }>
  /** Runs while nobody writes, so that two servers can be compared. */
  inPeace<T>(master: Master, body: () => Promise<T>): Promise<T>
  close(): Promise<void>
}

/** Starts nothing yet: each source begins when it is first asked for. */
export function openStage(space: Space): Stage {
  const masters = new Map<string, Promise<Master>>()
  const writers = new Map<Master, Writer>()
  let cascade: Promise<Agent> | undefined

  const openMaster = (name: string): Promise<Master> => {
    const known = masters.get(name)
    if (known) return known
    const started = startMaster(space, name === 'tablespace' ? { tablespaces: 1 } : {}).then((master) => {
      writers.set(master, new Writer(master))
      return master
    })
    masters.set(name, started)
    return started
  }

  return {
    script: buildMarked(space),
    answeringFirst: {
      script: buildMarked(space, 'behind'),
      env: withSync(space, slowSync),
    },
    watchSteps: (file, stopAt) => {
      writeFileSync(file, '')
      chmodSync(file, 0o666)
      return { STEP_LOG: file, ...(stopAt === undefined ? {} : { STOP_AT: stopAt }) }
    },
    open: async (source) => {
      if (source !== 'cascade') {
        const master = await openMaster(source)
        return { server: master, master }
      }
      const master = await openMaster('master')
      cascade ??= runAgent(space, { env: contractFor(space, master) })
      const server = await cascade
      await server.waitUntilServing()
      return { server, master }
    },
    inPeace: async (master, body) => {
      const writer = writers.get(master)
      await writer?.stop()
      try {
        return await body()
      } finally {
        writer?.start()
      }
    },
    close: async () => {
      for (const writer of writers.values()) await writer.stop()
    },
  }
}

/** One process, as sync is: whoever ends it ends all of it. */
const slowSync = `exec perl -e 'select(undef, undef, undef, 0.3) if $ARGV[0] eq "-f"; exec "/usr/bin/sync", @ARGV' -- "$@"`

/** The printed script, which tells before each step that it begins, and stops there if it is to. */
function buildMarked(space: Space, durability: 'before' | 'behind' = 'before'): string {
  const run = { watchInterval: 1, staleLimit: 5, durability }
  const path = buildScript(space, { run, postgresql: { majors: [15] } })
  const text = readFileSync(path, 'utf8')
  const marked = text.replace(/^run\(\) \{\n[\s\S]*?^\}\n/m, (run) =>
    run.replace(/^ {2}step=(\w+)\n(?= {2}step_(?!contract))/gm, markOf),
  )
  for (const name of steps.slice(1)) {
    if (!marked.includes(markOf(`  step=${name}\n`, name))) throw new Error(`no mark for ${name}`)
  }
  writeFileSync(path, marked)
  return path
}

// Root begins anew as RUN_USER, and comes here twice.
function markOf(line: string, name: string): string {
  return `${line}  printf '%s\\n' ${name} >>"$STEP_LOG"
  [ "\${STOP_AT:-}" != ${name} ] || [ "$(grep -c ${name} "$STEP_LOG")" -gt 1 ] || kill -s STOP "$$"
`
}

/** A little of all: new rows, changed rows of its own, and now and then a new WAL file. */
class Writer {
  readonly #master: Master
  #running: Promise<void> = Promise.resolve()
  #wanted = false

  constructor(master: Master) {
    this.#master = master
    this.start()
  }

  start(): void {
    this.#wanted = true
    this.#running = this.#write()
  }

  async stop(): Promise<void> {
    this.#wanted = false
    await this.#running
  }

  async #write(): Promise<void> {
    const session = await openSession(this.#master.port)
    for (let round = 1; this.#wanted; round += 1) {
      await session.sql(
        "INSERT INTO rows (body) SELECT 'writer ' || gen_random_uuid() FROM generate_series(1, 5)",
      )
      await session.sql(
        "UPDATE rows SET body = body || '.' WHERE id % 97 = 3 AND body LIKE 'writer %' AND length(body) < 50",
      )
      if (round % 200 === 0) await session.sql('SELECT pg_switch_wal()')
      await sleep(30)
    }
    await session.close()
  }
}

export function stepsIn(text: string): string[] {
  return text.split('\n').filter((line) => line !== '')
}

import { exitCodes } from '../diagnostics/exit-codes.js'
import { exitClasses, failures, personalExits } from '../model/exits.js'
import { list } from './list.js'

/** Signals by their numbers, as all systems with POSIX have them (XCU, kill; the rest by Linux). */
const signals: Readonly<Record<number, readonly [name: string, about: string]>> = {
  1: ['HUP', 'the terminal or session was closed'],
  2: ['INT', 'Ctrl-C was pressed'],
  3: ['QUIT', 'an immediate end was requested'],
  6: ['ABRT', 'the process aborted itself: a PANIC of PostgreSQL, or a failed assertion'],
  7: ['BUS', 'a file that is mapped into memory was truncated, or the memory is faulty'],
  9: [
    'KILL',
    "the supervisor's grace period was over, or the kernel ran out of memory; nothing could be cleaned up",
  ],
  11: ['SEGV', 'the process used memory that is not its own, most often because of an extension'],
  13: ['PIPE', 'the reader of its output was closed'],
  14: ['ALRM', 'a timer of its own ran out'],
  15: ['TERM', 'the supervisor asked it to end'],
  24: ['XCPU', 'it used more processor time than its limit'],
  25: ['XFSZ', 'a file grew beyond its limit (ulimit -f)'],
}

const statusPage = 'https://pubs.opengroup.org/onlinepubs/9699919799/utilities/V3_chap02.html#tag_18_08_02'

/** Explains an exit code of run_rep.sh, and of this command line; undefined for what is none (0 to 255). */
export function explainExit(text: string): string | undefined {
  const code = /^\d{1,3}$/.test(text) ? Number(text) : -1
  if (code < 0 || code > 255) return undefined
  const found = [ofScript(code), ofCommandLine(code)].filter((part) => part !== undefined)
  return found.length === 0 ? undefined : found.join('\n\n')
}

function ofScript(code: number): string | undefined {
  const known = exitClasses.find((one) => one.code === code)
  if (known !== undefined) {
    const ids = failures.filter((failure) => failure.code === code)
    return list([
      [`exit code ${code}`, known.means],
      ...ids.map(({ id, means }): [string, string] => [id, means]),
      ['why', whyClass(code)],
      [
        'example',
        `sh run_rep.sh; echo $?    prints ${code}; the last lines of the log name the failure and what to do`,
      ],
      ['see', statusPage],
    ])
  }
  if (code === 0) {
    return list([
      ['exit code 0', 'success'],
      [
        'a run',
        'PostgreSQL was shut down cleanly, as after SIGTERM: the next run continues where this one ended',
      ],
      ['preflight', 'a run would get as far as the clone'],
      ['health', 'the replica has its port, accepts clients and is a standby'],
      ['ready', 'in addition, it is close enough to its master, as far as the replica itself knows'],
      ['example', 'sh run_rep.sh health && echo healthy'],
      ['see', statusPage],
    ])
  }
  if (code === 1) {
    return list([
      ['exit code 1', 'the answer is no, or PostgreSQL failed'],
      ['health, ready', 'the answer is no; one line says why and what to check'],
      [
        'a run',
        "PostgreSQL's own exit status: it ended by itself after it had accepted clients; its log says why",
      ],
      ['example', 'sh run_rep.sh ready    "not ready: …", and 1'],
      ['see', 'https://www.postgresql.org/docs/current/app-postgres.html'],
    ])
  }
  if (code === 2) {
    return list([
      [
        'exit code 2',
        "PostgreSQL's own exit status: one of its processes crashed, or it was told to shut down immediately",
      ],
      ['example', 'pg_ctl stop -m immediate in the data directory of a running replica'],
      ['see', 'https://www.postgresql.org/docs/current/server-shutdown.html'],
    ])
  }
  if (code === 124 || code === 126 || code === 127) {
    const means = {
      124: 'a command of the script took longer than its limit',
      126: 'a program was found but cannot be run: no permission, or a mount with noexec',
      127: 'a program was not found; it may be sh itself, which the supervisor starts',
    }[code]
    return list([
      [`exit code ${code}`, means],
      [
        'why',
        'the shell returns this code; run_rep.sh checks for its tools before it needs them (AGENT, 78)',
      ],
      ['example', `sh -c nosuch; echo $?    prints 127`],
      ['see', statusPage],
    ])
  }
  return code > 128 && code < 193 ? ofSignal(code) : undefined
}

function ofSignal(code: number): string {
  const number = code - 128
  const [name, about] = signals[number] ?? ['', '']
  const signal = name === '' ? `signal ${number}` : `SIG${name}, signal ${number}`
  const own: readonly (readonly [string, string])[] =
    code === 143
      ? [
          [
            'when',
            'the run was told to end before its server was started: while it waited, checked or cloned',
          ],
          ['otherwise', 'if the server runs, SIGTERM becomes a fast shutdown, and the code is 0'],
          [
            'what to do',
            'nothing, if the replica was stopped on purpose; the next run keeps a finished clone',
          ],
        ]
      : []
  return list([
    [`exit code ${code}`, `ended by a signal: 128 + ${number} (${signal})`],
    ['the signal', about],
    ...own,
    ...(code === 137
      ? [
          [
            'what to do',
            'look for "Out of memory" in the kernel log, and check task.mem and task.stopGrace',
          ] as const,
        ]
      : []),
    ['why', 'a shell reports a process that a signal ended as 128 plus the number of the signal'],
    ['example', `sh -c 'kill -${name === '' ? number : name} $$'; echo $?    prints ${code}`],
    ['see', statusPage],
  ])
}

function ofCommandLine(code: number): string | undefined {
  const known = exitCodes.find(([own]) => own === code)
  if (known === undefined) return undefined
  return list([
    [`exit code ${code} of postgres-rep-marathon`, known[1]],
    ['example', 'postgres-rep-marathon check; echo $?'],
    ['see', statusPage],
  ])
}

function whyClass(code: number): string {
  if (personalExits.includes(code))
    return 'only a person can fix the cause: the script pauses before it ends with this code, and systemd does not start the unit again'
  return code === 64
    ? 'the command line of the script is wrong, and a restart does not change that'
    : 'the cause may be temporary: the supervisor starts the replica again after its pause'
}

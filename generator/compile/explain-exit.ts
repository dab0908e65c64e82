import { exitCodes } from '../diagnostics/exit-codes.js'
import { exitClasses, failures, personalExits } from '../model/exits.js'
import { list } from './list.js'

/** Signals by their numbers, as all systems with POSIX have them (XCU, kill; the rest by Linux). */
const signals: Readonly<Record<number, readonly [name: string, about: string]>> = {
  1: ['HUP', 'the terminal or session went away'],
  2: ['INT', 'somebody pressed Ctrl-C'],
  3: ['QUIT', 'somebody asked for an immediate end'],
  6: ['ABRT', 'the process gave itself up: a PANIC of PostgreSQL, or a failed assertion'],
  7: ['BUS', 'a file that is mapped into memory was cut, or the memory is at fault'],
  9: ['KILL', 'the supervisor lost its patience, or the kernel needed memory; nothing could be cleaned up'],
  11: ['SEGV', 'the process used memory that is not its own, mostly by an extension'],
  13: ['PIPE', 'whoever read its output went away'],
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
      ['exit code 0', 'all went well'],
      [
        'a run',
        'PostgreSQL was shut down cleanly, as after SIGTERM: the next run goes on where this one ended',
      ],
      ['preflight', 'a run would get as far as the clone'],
      ['health', 'the replica has its port, lets clients in, and is a standby'],
      ['ready', 'besides, it is near enough to its master, by what it knows itself'],
      ['example', 'sh run_rep.sh health && echo healthy'],
      ['see', statusPage],
    ])
  }
  if (code === 1) {
    return list([
      ['exit code 1', 'no, or not well'],
      ['health, ready', 'the answer is no; one line says why, and where to look'],
      [
        'a run',
        "PostgreSQL's own status, handed on: it ended by itself after it had let clients in; its log says why",
      ],
      ['example', 'sh run_rep.sh ready    "not ready: …", and 1'],
      ['see', 'https://www.postgresql.org/docs/current/app-postgres.html'],
    ])
  }
  if (code === 2) {
    return list([
      [
        'exit code 2',
        "PostgreSQL's own status, handed on: one of its processes crashed, or it was told to end at once",
      ],
      ['example', 'pg_ctl stop -m immediate in the data directory of a running replica'],
      ['see', 'https://www.postgresql.org/docs/current/server-shutdown.html'],
    ])
  }
  if (code === 124 || code === 126 || code === 127) {
    const means = {
      124: 'a command of the script took longer than its limit',
      126: 'a program was found that cannot be run: no right to, or a mount with noexec',
      127: 'a program was not found, as sh itself by the supervisor',
    }[code]
    return list([
      [`exit code ${code}`, means],
      [
        'why',
        'the shell says so, and not run_rep.sh, which looks for its tools before it needs them (AGENT, 78)',
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
          ['when', 'the run was told to end before its server ran: while it waited, looked or cloned'],
          ['otherwise', 'with a running server SIGTERM becomes a fast shutdown, and the code is 0'],
          [
            'what to do',
            'nothing, if somebody stopped the replica; the next run begins where it makes sense',
          ],
        ]
      : []
  return list([
    [`exit code ${code}`, `ended by a signal: 128 and ${number} (${signal})`],
    ['the signal', about],
    ...own,
    ...(code === 137
      ? [
          [
            'what to do',
            'look at the kernel log for "Out of memory", and at task.mem and task.stopGrace',
          ] as const,
        ]
      : []),
    ['why', 'a shell tells the end of a process by a signal as 128 and its number'],
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
    return 'only a person can mend it: the script pauses before it ends with it, and systemd does not start the unit again'
  return code === 64
    ? 'the command line of the script is wrong, and stays so'
    : 'it may pass: the supervisor starts the replica again, after its pause'
}

/** What is known of a program that a script may run. */
export interface Utility {
  /**
   * Its options as getopts has them: a letter, with `:` behind it when it takes a value. Undefined: it is not
   * held to a list, since its words are no options in this form.
   */
  readonly options?: string
  /** Why it may be used though POSIX does not have it. */
  readonly reason?: string
}

/**
 * The utilities of POSIX.1-2024 that a script may run, with the options that their pages give (XCU 3). What is
 * new in that edition is here where GNU, BusyBox and the BSDs have had it for long.
 */
const posix: Readonly<Record<string, string | undefined>> = {
  ar: undefined,
  at: 'clmrf:q:t:',
  awk: 'F:f:v:',
  basename: '',
  bc: 'l',
  cat: 'u',
  chgrp: 'hRHLP',
  // Its mode may begin with a minus.
  chmod: undefined,
  chown: 'hRHLP',
  cksum: '',
  cmp: 'ls',
  comm: '123',
  cp: 'PfipRHL',
  crontab: 'elr',
  csplit: 'f:kn:s',
  cut: 'b:c:d:f:ns',
  date: 'u',
  dd: undefined,
  df: 'kPt',
  diff: 'bcefrC:uU:',
  dirname: '',
  du: 'akxsHL',
  ed: 'p:s',
  env: 'i',
  expand: 't:',
  expr: undefined,
  file: 'dhiM:m:',
  find: undefined,
  fold: 'bsw:',
  getconf: 'v:',
  grep: 'EFce:f:ilnqsvx',
  head: 'n:',
  iconv: 'csf:t:l',
  id: 'Ggunr',
  join: 'a:e:o:t:v:1:2:',
  link: '',
  ln: 'fsLP',
  locale: 'ackm',
  logger: '',
  logname: '',
  ls: 'ACFHLRSacdfgiklmnopqrstux1',
  mailx: undefined,
  mkdir: 'm:p',
  mkfifo: 'm:',
  more: undefined,
  mv: 'fi',
  nice: 'n:',
  nl: 'b:d:f:h:i:l:n:ps:v:w:',
  nohup: '',
  od: 'A:bcdoj:N:st:vx',
  paste: 'd:s',
  patch: undefined,
  pathchk: 'pP',
  pax: undefined,
  pr: undefined,
  ps: 'aAdeflg:G:n:o:p:t:u:U:',
  readlink: 'n',
  realpath: 'eE',
  renice: undefined,
  rm: 'fiRr',
  rmdir: 'p',
  sed: 'Ene:f:',
  sh: undefined,
  sleep: '',
  sort: 'bcCdfik:mno:rt:u',
  split: 'a:b:l:',
  strings: 'at:n:',
  stty: undefined,
  tabs: undefined,
  tail: 'c:fn:',
  tee: 'ai',
  timeout: 'fpk:s:',
  touch: 'acd:mr:t:',
  tput: undefined,
  tr: 'cCds',
  tsort: '',
  tty: '',
  uname: 'amnrsv',
  unexpand: 'at:',
  uniq: 'cdf:s:u',
  unlink: '',
  uudecode: 'o:',
  uuencode: 'm',
  wc: 'clmw',
  who: undefined,
  xargs: 'E:I:L:n:prs:tx',
}

const postgres = 'a tool of PostgreSQL: preflight and inspect_master look for it and for its version'
const privilege = 'turns root into RUN_USER by exec; one of several, asked for by have'

/** What POSIX does not have, and why it may be used. */
const others: Readonly<Record<string, string>> = {
  curl: 'fetches CONFIG_URL; asked for by have, wget is as good',
  wget: 'fetches CONFIG_URL; asked for by have, curl is as good',
  getent: 'users that are not in /etc/passwd; asked for by have',
  stat: 'tells the kind of a file system, with -f of GNU and BusyBox; asked for by have',
  'systemd-notify': 'tells systemd how far a run is, where that wants to know; asked for by have',
  sync: 'flushes a finished clone; GNU and BusyBox take names, elsewhere it flushes everything',
  busybox: privilege,
  chpst: privilege,
  chroot: privilege,
  gosu: privilege,
  setpriv: privilege,
  'start-stop-daemon': privilege,
  'su-exec': privilege,
  pg_amcheck: postgres,
  pg_basebackup: postgres,
  pg_checksums: postgres,
  pg_config: postgres,
  pg_controldata: postgres,
  pg_dump: postgres,
  pg_isready: postgres,
  pg_receivewal: postgres,
  pg_rewind: postgres,
  pg_verifybackup: postgres,
  pg_waldump: postgres,
  pgbench: postgres,
  postgres,
  psql: postgres,
}

/** Every program that a script may run without saying so. */
export const utilities: ReadonlyMap<string, Utility> = new Map<string, Utility>([
  ...Object.entries(posix).map(([name, options]): [string, Utility] => [
    name,
    options === undefined ? {} : { options },
  ]),
  ...Object.entries(others).map(([name, reason]): [string, Utility] => [name, { reason }]),
])

/** What a script must not run, with what to write instead. */
export const foreignUtilities: ReadonlyMap<string, string> = new Map([
  ['egrep', 'use grep -E'],
  ['fgrep', 'use grep -F'],
  ['mktemp', 'use a directory named by "$$", made by mkdir'],
  ['pgrep', 'use ps -A -o pid= -o args='],
  ['pkill', 'keep the number of the process, and kill that'],
  ['seq', 'use while and $((i + 1))'],
  ['tac', 'use sed -n'],
  ['which', 'use command -v'],
])

/** What to write instead of an option that POSIX lacks. */
const instead: ReadonlyMap<string, string> = new Map([
  ['cp', 'use cp -R -p'],
  ['date', 'use date -u +FORMAT'],
  ['find', 'use -prune, -exec or ls'],
  ['grep', 'use grep -E, sed or awk'],
  ['head', 'use head -n N'],
  ['sed', 'write a new file, then mv'],
  ['tail', 'use tail -n N'],
])

/** The first word that is no option of POSIX for this program, with advice. */
export function foreignOption(
  name: string,
  words: readonly string[],
): { readonly word: string; readonly hint: string } | undefined {
  const word =
    name === 'find' ? words.find((text) => foreignPrimary.test(text)) : findOption(utilities.get(name), words)
  if (word === undefined) return undefined
  const { options } = utilities.get(name) ?? {}
  const letters = options === undefined || options === '' ? '' : `, which are -${options.replaceAll(':', '')}`
  return { word, hint: instead.get(name) ?? `keep to the options of POSIX${letters}` }
}

const foreignPrimary =
  /^-(maxdepth|mindepth|printf|print0|delete|i?regex|empty|iname|readable|writable|executable|quit|not|and|or)$/

// XBD 12.2: letters may stand together, the value of one may stand in the same word or in the next.
function findOption(utility: Utility | undefined, words: readonly string[]): string | undefined {
  const options = utility?.options
  if (options === undefined) return undefined
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    if (word === '--' || word === '-' || !word.startsWith('-')) return undefined
    for (let letter = 1; letter < word.length; letter += 1) {
      const found = options.indexOf(word[letter] ?? '')
      if (found < 0 || word[letter] === ':') return word
      if (options[found + 1] !== ':') continue
      if (letter === word.length - 1) at += 1
      break
    }
  }
  return undefined
}

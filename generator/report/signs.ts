/**
 * What in the text of a script stands for a decision: a word that a variable gets (and could get another), a function
 * that is called, a program that is run; and how a person says it. A sign is shown where the script of this model has
 * what it stands for, in the first step that has it.
 */
export type Sign = {
  readonly says: string
  /** In this step alone. */
  readonly within?: string
  /** In every step that has it. */
  readonly isRepeated?: true
} & (
  | { readonly kind: 'word'; readonly variable: string; readonly word: string }
  | { readonly kind: 'call' | 'run'; readonly name: string }
)

export const signs: readonly Sign[] = [
  word('data_state', 'nothing', 'nothing is here yet'),
  word('data_state', 'unfinished', 'a copy that was not finished'),
  word('data_state', 'finished', 'a finished clone'),
  word('data_state', 'outdated', 'data that is to be replaced'),
  call('end_old_server', 'a server outlived its run: it is ended'),
  call('install_clone', 'a copy lacks only its last rename: it gets it'),
  word('master_known', 'yes', 'the master answers'),
  word('master_known', 'no', 'no answer, but a finished clone is here: goes on without the master'),
  { kind: 'run', name: 'pg_rewind', says: 'rewind: data that left the master’s history is brought back' },
  word('decision', 'reuse', 'reuse: the data is good, nothing is copied'),
  word('decision', 'clone', 'clone: the master is copied'),
  policy('reclone', 'reclone: data that cannot follow the master is replaced'),
  policy('never_streamed', 'reclone: a clone that never streamed is replaced'),
  policy('fail', 'refuse: data that cannot follow the master is left alone'),
  { kind: 'call', name: 'be_patient', says: 'waits, up to MASTER_WAIT', isRepeated: true },
  call('try_clone_again', 'a copy that broke off is begun anew, three times at most'),
  word('behind', 'yes', 'answers first: serves while the clone is still written to disk'),
  word('access', 'closed', 'closed to clients until port, logins and collations are looked at'),
  call('judge_standstill', 'nothing streams: the master is asked why'),
]

function word(variable: string, text: string, says: string): Sign {
  return { kind: 'word', variable, word: text, says }
}

// Also of a tablespace that is new, which is seen a step earlier.
function policy(text: string, says: string): Sign {
  return { ...word('_give_up_why', text, says), within: 'choose_data' }
}

function call(name: string, says: string): Sign {
  return { kind: 'call', name, says }
}

/** Ends that are no failures, by the text of the argument of `exit`. */
export const wordsOfExit: ReadonlyMap<string, { readonly code: string; readonly says: string }> = new Map([
  ['0', { code: '0', says: 'stopped' }],
  ['1', { code: '1', says: 'no' }],
  ['"$exit_code"', { code: '143', says: 'told to stop' }],
  ['"$status"', { code: '…', says: 'PostgreSQL’s' }],
])

/** What each class of exits comes to, in as few words as a picture has room for. */
export const shortExits: Readonly<Record<string, string>> = {
  64: 'called wrongly',
  65: 'data refused',
  69: 'master away',
  70: 'own step failed',
  73: 'no space',
  75: 'try again',
  77: 'not permitted',
  78: 'set-up wrong',
}

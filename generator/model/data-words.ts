/** What holds of many failures. Where the script knows whether there is a finished copy, it says that half alone (lib/log.sh). */
export const stays =
  'a finished copy stays as it is, and the next run goes on with it; an unfinished one is removed'
const unchanged = 'nothing was changed'
const onMaster = 'nothing is lost: the master has all that this replica has'

/** What each failure means for the data, by its id: who is called at night asks this first. */
export const dataWords: Readonly<Record<string, string>> = {
  USAGE: unchanged,
  CONTRACT: unchanged,
  NO_TASK: unchanged,
  AGENT: stays,
  RUN_USER: stays,
  PASSFILE: stays,
  DATA_DIR: stays,
  DATA_FOREIGN: 'what this script did not make was not touched',
  DATA_IN_USE: 'nothing is lost: the process named above keeps the data',
  DATA_TAKEN: 'nothing is lost: the other run has the data now',
  NO_PROCESS: stays,
  DATA_IDENTITY:
    'nothing was removed; what is here and what was expected belong to different database clusters',
  DATA_MAJOR: unchanged,
  DATA_DIVERGED:
    'this replica may hold transactions that the master does not have: keep its directory until somebody has decided about them',
  RECLONE:
    'run.onDiverged gives up the data here: it stays until the new copy is complete, if there is space for both',
  REWIND: 'run.onDiverged gives up the transactions that only this replica has: pg_rewind takes them back',
  HALF_REWOUND: 'the data here cannot be used any more; a new clone takes it from the master',
  WAL_GONE: onMaster,
  TABLESPACE: onMaster,
  MASTER_FILES: 'nothing is lost here: the file is on the master',
  GATE: 'unless the message above says otherwise, the data here may hold transactions that no other server has: keep its directory until somebody has decided about them',
  MASTER_AWAY: stays,
  MASTER_BUSY: stays,
  MASTER_REFUSES: stays,
  MASTER_TLS: stays,
  LIBPQ: stays,
  MASTER_WAL_LEVEL: stays,
  MASTER_UNFIT: unchanged,
  MASTER_VERSION: stays,
  SERVER_BINARIES: stays,
  CONFIG_AWAY: stays,
  CONFIG_WRONG: stays,
  CONFIG_MISSING: stays,
  CONFIG_INCLUDE: stays,
  NO_SPACE: stays,
  CLONE_FAILED: stays,
  CLONE_STALLED: stays,
  SETTINGS: stays,
  ACCESS: stays,
  CERTIFICATE: stays,
  MEMORY: stays,
  PORT: stays,
  LISTEN: stays,
  LOGIN: stays,
  COLLATION:
    'nothing is lost, but indexes of text could give wrong answers on this agent: no client is let in',
  LIMITS: stays,
  DATA_DAMAGED: 'the data here cannot be recovered as it is; a new clone takes it from the master',
  START_FAILED: "a finished copy stays as it is; whether it is whole, PostgreSQL's own messages tell",
  STEP_FAILED:
    'only the step can tell what it did to the data; what this script did before it stays as it is',
  LIBRARY_MISSING: stays,
  WAL_DIR: 'nothing was removed: the data here is not used without its WAL',
}

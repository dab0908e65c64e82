import { docUrl, settingUrl } from '../postgres/pages.js'

const posix = (page: string) => `https://pubs.opengroup.org/onlinepubs/9699919799/${page}`

/** Where the language of the script is described. */
const shellPage = posix('utilities/V3_chap02.html')
const functionPage = posix('utilities/V3_chap02.html#tag_18_09_05')
const variablePage = posix('basedefs/V1_chap08.html')

const steps: Readonly<Record<string, string>> = {
  contract: 'libpq-envars.html',
  look_at_data: 'storage-file-layout.html',
  claim: 'server-shutdown.html',
  inspect_master: 'protocol-replication.html',
  choose_data: 'warm-standby.html',
  fetch_config: 'config-setting.html',
  clone: 'app-pgbasebackup.html',
  configure: 'config-setting.html',
  serve: 'hot-standby.html',
}

/** Where the work of a step is described; for one of the user's, where shell is. */
export function linkOfStep(name: string, major: number): string {
  if (name === 'preflight') return posix('idx/utilities.html')
  const page = Object.hasOwn(steps, name) ? steps[name] : undefined
  return page === undefined ? shellPage : docUrl(page, major)
}

const variablePages: Readonly<Record<string, string>> = {
  POSTGRES_MASTER: 'libpq-connect.html#LIBPQ-MULTIPLE-HOSTS',
  POSTGRES_PORT: 'libpq-connect.html#LIBPQ-MULTIPLE-HOSTS',
  POSTGRES_REPPASSWORD: 'libpq-pgpass.html',
  POSTGRES_REPPASSWORD_FILE: 'libpq-pgpass.html',
  RUN_USER: 'postgres-user.html',
  PGDATA_DIR: 'storage-file-layout.html',
  CONFIG_URL: 'config-setting.html',
  MASTER_WAIT: 'warm-standby.html',
}

/** Where a variable of the environment is described. */
export function linkOfVariable(name: string, major: number): string {
  if (/^PG(?!DATA_DIR)/.test(name)) return docUrl('libpq-envars.html', major)
  if (name === 'PORT0') return 'https://mesosphere.github.io/marathon/docs/task-environment-vars.html'
  if (name === 'POSTGRES_REPUSER') return docUrl('role-attributes.html', major)
  if (name === 'POSTGRES_REPNAME') return settingUrl('synchronous_standby_names', major)
  const page = variablePages[name]
  return page === undefined ? variablePage : docUrl(page, major)
}

export function linkOfFunction(): string {
  return functionPage
}

const failurePages: readonly (readonly [pattern: RegExp, page: string])[] = [
  [/^MASTER_REFUSES$/, 'client-authentication-problems.html'],
  [/^(MASTER_TLS|LIBPQ)$/, 'libpq-ssl.html'],
  [/^(MASTER_FILES|CLONE_\w+)$/, 'app-pgbasebackup.html'],
  [/^MASTER_(AWAY|BUSY|WAL_LEVEL|UNFIT|VERSION)$/, 'warm-standby.html'],
  [/^PASSFILE$/, 'libpq-pgpass.html'],
  [/^NO_SPACE$/, 'disk-full.html'],
  [/^(REWIND|HALF_REWOUND|DATA_DIVERGED|RECLONE)$/, 'app-pgrewind.html'],
  [/^DATA_DAMAGED$/, 'wal-reliability.html'],
  [/^TABLESPACE$/, 'manage-ag-tablespaces.html'],
  [/^(NO_PROCESS|LIMITS|MEMORY)$/, 'kernel-resources.html'],
  [/^(CONFIG_\w+|SETTINGS)$/, 'config-setting.html'],
  [/^ACCESS$/, 'auth-pg-hba-conf.html'],
  [/^CERTIFICATE$/, 'ssl-tcp.html'],
  [/^COLLATION$/, 'collation.html'],
  [/^(PORT|LISTEN|START_FAILED)$/, 'server-start.html'],
  [/^(SERVER_BINARIES|AGENT)$/, 'reference-server.html'],
  [/^LOGIN$/, 'runtime-config-client.html#RUNTIME-CONFIG-CLIENT-PRELOAD'],
  [/^LIBRARY_MISSING$/, 'runtime-config-client.html#RUNTIME-CONFIG-CLIENT-PRELOAD'],
]

/** Where what is behind a failure is described. */
export function linkOfFailure(id: string, major: number): string {
  if (id === 'WAL_GONE') return settingUrl('wal_keep_size', major)
  if (/^(USAGE|CONTRACT)$/.test(id)) return variablePage
  if (id === 'STEP_FAILED') return shellPage
  if (/^(RUN_USER|DATA_DIR)$/.test(id)) return docUrl('postgres-user.html', major)
  return docUrl(failurePages.find(([pattern]) => pattern.test(id))?.[1] ?? 'warm-standby.html', major)
}

/** Where the files of a target are described. */
export function linkOfTarget(name: string): string {
  switch (name) {
    case 'marathon':
      return 'https://mesosphere.github.io/marathon/docs/application-basics.html'
    case 'systemd':
      return 'https://www.freedesktop.org/software/systemd/man/latest/systemd.service.html'
    case 'compose':
      return 'https://docs.docker.com/reference/compose-file/services/'
    default:
      return 'https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/'
  }
}

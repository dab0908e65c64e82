import { basename } from 'node:path'
import { bare } from '../shell/words.js'
import type { Artefacts } from './artefacts.js'
import { type Change, worstOf } from './change.js'
import type { Comparison } from './compare.js'
import { kindOf, readDocument } from './document.js'

/**
 * What an operator does to bring the newer side into force, in order, by the targets that it has. `pathOf` says where an
 * artefact lies, and of '' where all that is published does.
 */
export function listTodo(
  { changes }: Comparison,
  after: Artefacts,
  pathOf: (name: string) => string,
): string[] {
  const worst = worstOf(changes.filter(({ area }) => area !== 'master').map(({ effect }) => effect))
  const files = new Set(changes.filter(({ area }) => area === 'master').flatMap((change) => change.files))
  const master = [
    ...(files.has('master.sql')
      ? [`psql -X -d postgres -f ${bare(pathOf('master.sql'))}    (on the master, as a superuser)`]
      : []),
    ...(files.has('master.pg_hba.conf')
      ? ['the lines above, in pg_hba.conf of the master; then SELECT pg_reload_conf()']
      : []),
  ]
  const isPublished = changes.some(({ files: names }) => names.some((name) => !name.startsWith('master.')))
  return [
    ...upgrade(changes, after),
    // What is run on the master is written first.
    ...(master.length > 0 ? ['generate', ...master] : []),
    ...(isPublished
      ? [`${master.length > 0 ? '' : 'generate, and '}publish what it wrote into ${pathOf('')}`]
      : []),
    ...(worst === 'reload' ? [reload] : []),
    ...(worst === 'restart' || worst === 'clone'
      ? Object.keys(after).flatMap((name) => restart(name, after, pathOf))
      : []),
    ...(worst === 'clone' ? [clone] : []),
  ]
}

// No file says that the master is upgraded: a replica has the major of its master, and is refused by any other.
function upgrade(changes: readonly Change[], after: Artefacts): string[] {
  const change = changes.find(({ name }) => name === 'postgresql.majors')
  const majorsOf = (text = '') => text.split(', ').filter(Boolean)
  const [from, to] = [majorsOf(change?.from), majorsOf(change?.to)]
  if (!from.some((major) => !to.includes(major))) return []
  const added = to.filter((major) => !from.includes(major))
  const onHosts = Object.keys(after).some((name) => ['marathon', 'systemd'].includes(kindOf(name) ?? ''))
  const packages = added.flatMap((major) => [`postgresql-${major}`, `postgresql-client-${major}`])
  return [
    `upgrade the master to ${to.join(' or ')}, if it is not yet: replicas of another major are refused`,
    ...(onHosts && added.length > 0
      ? [`apt-get install -y ${packages.join(' ')}    (on each host that runs replicas, as root)`]
      : []),
  ]
}

const clone =
  'to have one cloned again where its data stays: mv replica replica.old in its PGDATA_DIR, while it is stopped'

const reload =
  'replicas take it at their next start; sooner, put the published files into replica/conf/ of PGDATA_DIR and SELECT pg_reload_conf() there'

function restart(name: string, after: Artefacts, pathOf: (name: string) => string): string[] {
  const path = bare(pathOf(name))
  const kind = kindOf(name)
  const keys = kind === undefined ? undefined : readDocument(kind, after[name] ?? '')?.keys
  const app = `http://marathon:8080/v2/apps${keys?.get('id') ?? ''}`
  switch (kind) {
    case 'marathon':
      return [
        `curl -X PUT -H 'Content-Type: application/json' -d ${bare(`@${pathOf(name)}`)} ${app}`,
        `curl -X POST ${app}/restart    (instead, where ${path} itself did not change)`,
      ]
    case 'systemd':
      return [
        `${installUnit(name, after)}    (on each host, as root, in a copy of what was published)`,
        `systemctl daemon-reload && systemctl restart ${name.replace('@.service', '@PORT')}    (one after the other)`,
      ]
    case 'compose':
      return [`docker compose -f ${path} up --detach`]
    case 'kubernetes':
      return [`kubectl apply --server-side -f ${path}`]
    default:
      return []
  }
}

// Where the unit and its environment say that their files are.
function installUnit(name: string, after: Artefacts): string {
  const unit = after[name] ?? ''
  const script = /^ExecStart=\S*sh (\/\S+)/m.exec(unit)?.[1]
  const environment = /^EnvironmentFile=-?(\S+)$/m.exec(unit)?.[1]
  const variables = environment === undefined ? undefined : after[basename(environment)]
  const url = readDocument('environment', variables ?? '')?.env.get('CONFIG_URL')
  const conf = /^file:\/\/(.+)/.exec(url ?? '')?.[1]
  const files = [
    ...(script === undefined ? [] : [['run_rep.sh', script]]),
    ...(environment === undefined ? [] : [[basename(environment), environment]]),
    [name, `/etc/systemd/system/${name}`],
  ]
  return [
    ...files.map(([from = '', to = '']) => `install -m 644 ${bare(from)} ${bare(to)}`),
    ...(conf === undefined ? [] : [`install -D -m 644 -t ${bare(conf)} conf/*.conf`]),
  ].join(' && ')
}

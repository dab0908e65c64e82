import type { Artefacts } from './artefacts.js'
import { worstOf } from './change.js'
import type { Comparison } from './compare.js'
import { kindOf, readDocument } from './document.js'

/** What an operator does to bring the newer side into force, in order, by the targets that it has. */
export function listTodo({ changes }: Comparison, after: Artefacts): string[] {
  const worst = worstOf(changes.filter(({ area }) => area !== 'master').map(({ effect }) => effect))
  const files = new Set(changes.filter(({ area }) => area === 'master').flatMap((change) => change.files))
  const master = [
    ...(files.has('master.sql')
      ? ['psql -X -d postgres -f master.sql    (on the master, as a superuser)']
      : []),
    ...(files.has('master.pg_hba.conf')
      ? ['the lines above, in pg_hba.conf of the master; then SELECT pg_reload_conf()']
      : []),
  ]
  const isPublished = changes.some(({ files: names }) => names.some((name) => !name.startsWith('master.')))
  return [
    ...master,
    ...(isPublished ? ['generate, and publish what it wrote'] : []),
    ...(worst === 'reload' ? [reload] : []),
    ...(worst === 'restart' || worst === 'clone' ? Object.entries(after).flatMap(restart) : []),
    ...(worst === 'clone' ? [clone] : []),
  ]
}

const clone =
  'to have one cloned anew where its data stays: mv replica replica.old in its PGDATA_DIR, while it is stopped'

const reload =
  'replicas take it at their next start; sooner, put the published files into replica/conf/ of PGDATA_DIR and SELECT pg_reload_conf() there'

function restart([name, text]: readonly [name: string, text: string]): string[] {
  const kind = kindOf(name)
  const keys = kind === undefined ? undefined : readDocument(kind, text)?.keys
  const app = `http://marathon:8080/v2/apps${keys?.get('id') ?? ''}`
  switch (kind) {
    case 'marathon':
      return [
        `curl -X PUT -H 'Content-Type: application/json' -d @marathon.json ${app}`,
        `curl -X POST ${app}/restart    (where marathon.json itself did not change)`,
      ]
    case 'systemd':
      return [
        `systemctl daemon-reload && systemctl restart ${name.replace('@.service', '@PORT')}    (one after the other)`,
      ]
    case 'compose':
      return ['docker compose up --detach']
    case 'kubernetes':
      return ['kubectl apply --server-side -f kubernetes.yaml']
    default:
      return []
  }
}

import type { ReplicaInput } from '../input/replica-input.js'
import type { Answers } from './answers.js'

/** Where the authority's certificate lies on each host, or in each container. */
export const authorityFile = '/etc/postgres-ca/ca.pem'

/** The host's directory of the files that a unit takes its configuration from. */
export function configDirectory({ name }: Pick<Answers, 'name'>): string {
  return `/etc/${name}`
}

/** The model of a first configuration. What it leaves out has defaults that will do. */
export function makeModel(answers: Answers): ReplicaInput {
  const { master, role, major, publish, mem, volume } = answers
  return {
    master: { hosts: [...master], role, ...tlsOf(answers) },
    ...(publish === undefined && answers.target.includes('systemd')
      ? { run: { configUrl: `file://${configDirectory(answers)}` } }
      : {}),
    postgresql: { majors: [major] as NonNullable<ReplicaInput['postgresql']>['majors'] },
    task: { cpus: 1, mem, instances: 1, ...(volume === undefined ? {} : { volume }) },
    targets: targetsOf(answers),
    ...(publish === undefined ? {} : { publish }),
  }
}

function tlsOf({ tls, major }: Answers): Partial<NonNullable<ReplicaInput['master']>> {
  if (tls === 'prefer') return {}
  if (tls.startsWith('verify-')) return { tls: { mode: tls, rootCert: authorityFile } }
  // Before 13 libpq cannot be told to let the master prove itself by the password.
  return tls === 'require' && major >= 13 ? { tls, channelBinding: 'require' } : { tls }
}

function targetsOf({ target, name, tls }: Answers): NonNullable<ReplicaInput['targets']> {
  const directory = authorityFile.slice(0, authorityFile.lastIndexOf('/'))
  const volumes = tls.startsWith('verify-') ? { volumes: [{ path: directory, configMap: `${name}-ca` }] } : {}
  const sections = {
    marathon: { id: `/${name}` },
    systemd: { name, instances: 'ports', password: `/etc/${name}.password` },
    compose: { name, ports: [5432] },
    kubernetes: { name, ...volumes },
  } as const
  return Object.fromEntries(target.map((one) => [one, sections[one]]))
}

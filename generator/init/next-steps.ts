import { bare } from '../shell/words.js'
import type { Answers, TargetName } from './answers.js'
import { authorityFile, configDirectory } from './model.js'

/** Where a new configuration stands. */
export interface Surroundings {
  /** The directory, as the user named it. */
  readonly directory: string
  /** Whether this package is installed there. */
  readonly isInstalled: boolean
  /** The variables that the model gives each task. */
  readonly env: Readonly<Record<string, unknown>>
}

/** From a new configuration to a replica that streams: commands in their order, with the user's own names in them. */
export function printNextSteps(answers: Answers, { directory, isInstalled, env }: Surroundings): string {
  const [master = ''] = answers.master
  const [, bracketed, plain = master, port] = /^(?:\[(.*)\]|([^:]*))(?::(\d+))?$/.exec(master) ?? []
  const host = bracketed ?? plain
  const place = `-h ${bare(host)}${port === undefined ? '' : ` -p ${port}`}`
  const before = [
    ...(directory === '.' ? [] : [`cd ${bare(directory)}`]),
    ...(isInstalled ? [] : ['npm install --save-dev postgres-rep-marathon']),
  ]
  const first = [
    'npx postgres-rep-marathon generate',
    `psql -X ${place} -U postgres -d postgres -f dist/master.sql -c ${bare(`\\password ${sqlName(answers.role)}`)}    # makes the role, then asks for its password; or there, as postgres, without -h and -U`,
  ]
  const rules = `     Then put the lines of dist/master.pg_hba.conf before all others in pg_hba.conf of ${host}, and in psql: SELECT pg_reload_conf();`
  const authority = answers.tls.startsWith('verify-')
    ? [
        `The certificate of the authority that signed the master's goes to ${authorityFile} on each host first.`,
      ]
    : []
  const parts = answers.target.map((target) => {
    const commands = [...first, ...commandsOf[target](answers)]
    const title = answers.target.length > 1 ? ` with ${titles[target]}` : ''
    const [generate = '', prepare = '', ...others] = number(commands)
    const lines = [generate, prepare, rules, ...others, `  ${seen[target](answers)}`]
    return [`From here to a replica that streams${title}:`, ...lines]
  })
  return [
    ...(before.length === 0 ? [] : ['First:', ...before.map((command) => `  ${command}`), '']),
    ...parts.flatMap((part) => [...part, '']),
    ...byHand(answers, env),
    ...authority,
    '',
  ].join('\n')
}

const titles: Readonly<Record<TargetName, string>> = {
  marathon: 'Marathon',
  systemd: 'systemd',
  compose: 'Docker Compose',
  kubernetes: 'Kubernetes',
}

const commandsOf: Readonly<Record<TargetName, (answers: Answers) => string[]>> = {
  marathon: ({ major, publish = '', role }) => {
    const { host, pathname } = new URL(publish)
    return [
      `apt-get install -y postgresql-${major} curl && runuser -u postgres -- sh -c 'umask 077 && cat >>~/.pgpass'    # on each agent, as root; type *:*:replication:${passfileWord(role)}: and the password, then Enter and Ctrl-D`,
      `rsync -a dist/ ${host.replace(/:\d+$/, '')}:/var/www/html${pathname.replace(/\/*$/, '/')}    # whatever directory ${publish} is`,
      "curl -X POST -H 'Content-Type: application/json' -d @marathon.json http://marathon:8080/v2/apps",
    ]
  },
  systemd: (answers) => {
    const { major, name, publish } = answers
    const conf =
      publish === undefined ? ` && install -D -m 644 -t ${configDirectory(answers)} conf/*.conf` : ''
    return [
      `apt-get install -y postgresql-${major}${publish === undefined ? '' : ' curl'}    # on the host, as root; the next two as well, in a copy of dist`,
      `install -m 644 run_rep.sh /usr/local/lib && install -m 644 ${name}.env /etc && install -m 644 ${name}@.service /etc/systemd/system${conf}`,
      `install -m 600 /dev/stdin /etc/${name}.password && systemctl enable --now ${name}@5433    # reads the password, then Ctrl-D`,
    ]
  },
  compose: () => [
    'install -o 999 -g 999 -m 400 /dev/stdin replicator.password    # on the host, as root, in a copy of dist; reads the password, then Ctrl-D; the next two there as well',
    'docker compose up --detach',
    'docker compose exec replica sh /etc/run_rep/run_rep.sh ready',
  ],
  kubernetes: ({ name, tls }) => [
    `kubectl create secret generic ${name}-login --from-file=password=/dev/stdin    # reads the password, then Ctrl-D`,
    `${tls.startsWith('verify-') ? `kubectl create configmap ${name}-ca --from-file=ca.pem && ` : ''}kubectl apply --server-side -f dist/kubernetes.yaml`,
    `kubectl rollout status statefulset/${name} --timeout=24h`,
  ],
}

const seen: Readonly<Record<TargetName, (answers: Answers) => string>> = {
  marathon: () => 'It streams when Marathon shows it healthy; its stderr says how far a clone is.',
  systemd: ({ name }) =>
    `It streams when systemctl returns; journalctl -u ${name}@5433 says how far a clone is.`,
  compose: () => 'It streams when the last one ends with 0; docker compose logs says how far a clone is.',
  kubernetes: ({ name }) =>
    `It streams when the last one returns; kubectl logs ${name}-0 says how far a clone is.`,
}

/** One replica that no supervisor starts, as on the host that tries it first. */
function byHand({ name }: Answers, { CONFIG_URL: url, ...given }: Surroundings['env']): string[] {
  const words = Object.entries(given).map(([variable, value]) => `${variable}=${bare(String(value))}`)
  const conf = url === undefined ? '' : ' CONFIG_URL="file://$PWD/conf"'
  return [
    'By hand, without a supervisor: as root, in a copy of dist that postgres can read; the first line reads the password, then Ctrl-D:',
    `  install -d -o postgres /var/lib/${name} && install -m 600 /dev/stdin /etc/${name}.password`,
    `  ${words.join(' ')}${conf} PORT0=5433 PGDATA_DIR=/var/lib/${name} POSTGRES_REPPASSWORD_FILE=/etc/${name}.password sh run_rep.sh`,
  ]
}

function number(commands: readonly string[]): string[] {
  return commands.map((command, index) => `  ${index + 1}. ${command}`)
}

// In psql a name that is no plain word stands in double quotes.
function sqlName(name: string): string {
  return /^[a-z_][a-z0-9_]*$/.test(name) ? name : `"${name.replaceAll('"', '""')}"`
}

function passfileWord(text: string): string {
  return text.replace(/[\\:]/g, '\\$&')
}

import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import { personalExits } from '../../model/exits.js'
import type { Replica } from '../../model/replica.js'
import { listEnvironment, passwordVariable } from './environment.js'
import { type HostFile, listHostFiles } from './files.js'
import { listSandbox } from './sandbox.js'
import type { Systemd } from './schema.js'
import { type Directive, escapeSpecifiers, quotePath, type Section, type Service, say } from './service.js'

const named: { readonly from: readonly ModelPath[] } = { from: [pathTo`targets.systemd.name`] }

/** Makes the service of a replica: systemd.service(5), systemd.exec(5), systemd.kill(5), systemd.resource-control(5). */
export function buildService(systemd: Systemd, replica: Replica): Service {
  const { name, instances, environmentFile = `/etc/${name}.env` } = systemd
  const environment = listEnvironment(systemd, replica)
  const files = listHostFiles(systemd, replica, environment)
  return {
    name,
    unitName: instances === 'ports' ? `${name}@` : name,
    environmentFile,
    environment,
    unit: [
      aboutUnit(systemd, files),
      {
        title: 'Service',
        directives: [
          ...aboutStart(systemd, replica, environmentFile),
          ...aboutData(systemd, replica),
          ...aboutEnd(systemd, replica),
          ...aboutResources(replica),
          ...listSandbox(systemd, replica, files),
        ],
      },
      {
        title: 'Install',
        directives: [
          say('WantedBy', 'multi-user.target', { why: 'systemctl enable lets it start with the host' }),
        ],
      },
    ],
  }
}

function aboutUnit({ name, instances }: Systemd, files: readonly HostFile[]): Section {
  const port = instances === 'ports' ? ' on port %i' : ''
  return {
    title: 'Unit',
    directives: [
      say('Description', `PostgreSQL read replica ${name}${port}`, named),
      say('Wants', 'network-online.target'),
      say('After', 'network-online.target', { why: 'a name service that is not there yet costs a try' }),
      say('StartLimitIntervalSec', '0', {
        why: 'it is started again as often as it ends; RestartSec= keeps it slow',
      }),
      ...files.map(({ path, from, isData }) =>
        say('RequiresMountsFor', quotePath(path), {
          from: [from],
          ...(isData
            ? { why: 'a mount point that is empty, since nothing is mounted yet, looks like a first start' }
            : {}),
        }),
      ),
    ],
  }
}

function aboutStart(systemd: Systemd, { task }: Replica, environmentFile: string): Directive[] {
  const { name, instances, script, password } = systemd
  return [
    say('Type', 'notify', {
      why: 'started means that clients are let in: the script tells it, by systemd-notify',
    }),
    say('NotifyAccess', 'all', { why: 'systemd-notify is a process of its own' }),
    say('TimeoutStartSec', 'infinity', {
      why: 'a clone may take hours; run.stallLimit and run.masterWait bound it',
    }),
    say('SyslogIdentifier', name, named),
    // What the model says comes from the file, which overrules these.
    say('Environment', `UNIT_NAME=${name}`, { ...named, why: 'it stands in the name of the replica' }),
    ...(instances === 'ports'
      ? [
          say('Environment', 'PORT0=%i', {
            from: [pathTo`targets.systemd.instances`],
            why: 'the instance is named for its port',
          }),
        ]
      : []),
    ...(password === undefined
      ? []
      : [
          say('LoadCredential', `password:${password}`, { from: [pathTo`targets.systemd.password`] }),
          say('Environment', `${passwordVariable}=%d/password`, { from: [pathTo`targets.systemd.password`] }),
        ]),
    say('EnvironmentFile', environmentFile, {
      from: [pathTo`targets.systemd.environmentFile`],
      why: Object.keys(task.env).length > 0 ? 'what the model says, and task.env' : 'what the model says',
    }),
    say('ExecStart', `/bin/sh ${script}`, { from: [pathTo`targets.systemd.script`] }),
  ]
}

function aboutData({ name, instances }: Systemd, { task, run }: Replica): Directive[] {
  const user = task.user ?? run.user
  const directory = instances === 'ports' ? `${name}/%i` : name
  const from = [
    pathTo`targets.systemd.name`,
    ...(instances === 'ports' ? [pathTo`targets.systemd.instances`] : []),
  ]
  const users = [task.user === undefined ? pathTo`run.user` : pathTo`task.user`]
  return [
    say('User', escapeSpecifiers(user), { from: users }),
    say('StateDirectory', directory, {
      from,
      why: 'a relative run.dataDir lies there, and outlives the unit',
    }),
    say('StateDirectoryMode', user === 'root' ? '0711' : '0700', {
      from: users,
      why: user === 'root' ? 'run.user must get through' : 'data is for its owner alone',
    }),
    say('WorkingDirectory', `/var/lib/${directory}`, { from }),
  ]
}

function aboutEnd({ restartSec }: Systemd, { task }: Replica): Directive[] {
  return [
    say('KillMode', 'mixed', {
      why: 'SIGTERM for the script, which stops the server; SIGKILL for what is left then',
    }),
    say('TimeoutStopSec', `${task.stopGrace}s`, {
      from: [pathTo`task.stopGrace`],
      why: 'shutdown.fast and shutdown.immediate of the script fit into it',
    }),
    say('SuccessExitStatus', '143', { why: 'told to stop before there is a server' }),
    say('Restart', 'always'),
    say('RestartSec', `${restartSec}s`, { from: [pathTo`targets.systemd.restartSec`] }),
    say('RestartPreventExitStatus', personalExits.join(' '), {
      why: 'what only a person can mend, by the table of exit codes: the unit has failed, and its status shows why',
    }),
  ]
}

function aboutResources({ task }: Replica): Directive[] {
  return [
    say('CPUWeight', String(cpuWeight(task.cpus)), { from: [pathTo`task.cpus`], why: '100 for each CPU' }),
    say('MemoryMax', `${Math.ceil(task.mem)}M`, { from: [pathTo`task.mem`] }),
    say('OOMPolicy', 'continue', {
      why: 'PostgreSQL starts anew by itself when one of its processes was killed',
    }),
  ]
}

// 100 is what a service has by default, as a task of 1 CPU has 1024 shares (cgroups(7), cpu.weight: 1 to 10000).
function cpuWeight(cpus: number): number {
  return Math.min(10_000, Math.max(1, Math.round(cpus * 100)))
}

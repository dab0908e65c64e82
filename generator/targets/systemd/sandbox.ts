import { pathTo } from '../../diagnostics/path.js'
import type { Replica } from '../../model/replica.js'
import { type HostFile, isBelow } from './files.js'
import type { Systemd } from './schema.js'
import { type Directive, quotePath, say } from './service.js'

/** Where people live, and hosts keep what is theirs: what ProtectHome= hides. */
const homes = ['/home', '/root', '/run/user']

/**
 * What a replica may not do, since it need not: systemd.exec(5), "Sandboxing". Not here: MemoryDenyWriteExecute=, since a
 * client may turn JIT on; PrivateIPC=, since PostgreSQL tells by shared memory whether a server lives on its data;
 * ProcSubset=, since the script reads the boot id; PrivateUsers=, which gains nothing without capabilities.
 */
export function listSandbox(systemd: Systemd, replica: Replica, files: readonly HostFile[]): Directive[] {
  const user = replica.task.user ?? replica.run.user
  const users = replica.task.user === undefined ? [pathTo`run.user`] : [pathTo`task.user`]
  return [
    say('UMask', '0077', { why: 'data is for its owner alone' }),
    say('NoNewPrivileges', 'yes'),
    user === 'root'
      ? say('CapabilityBoundingSet', 'CAP_CHOWN CAP_DAC_OVERRIDE CAP_FOWNER CAP_SETGID CAP_SETUID', {
          from: users,
          why: 'the script begins as root, hands the directory of the data over, and becomes run.user',
        })
      : say('CapabilityBoundingSet', '', { from: users, why: 'a user that is not root needs none' }),
    say('ProtectSystem', 'strict', {
      why: 'nothing of the host can be written but the state directory, and what ReadWritePaths= names',
    }),
    ...files
      .filter(({ isData }) => isData)
      .map(({ path, from }) =>
        say('ReadWritePaths', `-${quotePath(path)}`, {
          from: [from],
          why: 'the data; where it is missing the script says so in its own words',
        }),
      ),
    ...openArchive(replica),
    protectHome(systemd, replica, files),
    say('PrivateTmp', 'yes'),
    say('PrivateDevices', 'yes', { why: 'of /dev what every program needs, with /dev/shm for PostgreSQL' }),
    say('ProtectProc', 'invisible', { why: 'of processes those of its own user' }),
    say('PrivateMounts', 'yes'),
    say('ProtectClock', 'yes'),
    say('ProtectControlGroups', 'yes'),
    say('ProtectHostname', 'yes'),
    say('ProtectKernelLogs', 'yes'),
    say('ProtectKernelModules', 'yes'),
    say('ProtectKernelTunables', 'yes'),
    say('LockPersonality', 'yes'),
    say('RestrictNamespaces', 'yes'),
    say('RestrictRealtime', 'yes'),
    say('RestrictSUIDSGID', 'yes'),
    say('RestrictAddressFamilies', 'AF_INET AF_INET6 AF_NETLINK AF_UNIX', {
      why: 'by netlink the system tells its own addresses, for samehost and samenet',
    }),
    say('SystemCallArchitectures', 'native'),
    say('SystemCallFilter', '@system-service'),
    ...(user === 'root'
      ? []
      : [
          say('SystemCallFilter', '~@privileged @resources', {
            from: users,
            why: 'what only root may, and what takes more of the host',
          }),
        ]),
    say('SystemCallErrorNumber', 'EPERM', { why: 'who tries is refused, and not killed' }),
  ]
}

// Its own places, as they are by default: without a log it goes on, without a spool not.
function openArchive({ restore }: Replica): Directive[] {
  if (restore?.from !== 'pgbackrest') return []
  const places = '-/var/log/pgbackrest -/var/spool/pgbackrest'
  return [say('ReadWritePaths', places, { from: [pathTo`restore.from`], why: 'pgbackrest writes there' })]
}

// A directory there can be opened to the unit only where the rest of it can be read.
function protectHome({ password }: Systemd, { master, run }: Replica, files: readonly HostFile[]): Directive {
  const there = files.filter(({ path }) => isBelow(path, homes))
  if (there.length > 0) {
    return say('ProtectHome', 'read-only', {
      from: there.map(({ from }) => from),
      why: 'the replica needs what lies there',
    })
  }
  const tls = typeof master.tls === 'object' ? master.tls : undefined
  const says = [password, run.passfile, tls?.cert].some((one) => one !== undefined)
  return says || run.user === 'postgres'
    ? say('ProtectHome', 'yes')
    : say('ProtectHome', 'read-only', {
        from: [pathTo`run.user`],
        why: `the password file of ${run.user} may lie there; with targets.systemd.password or run.passfile it is hidden`,
      })
}

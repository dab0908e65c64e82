import { posix } from 'node:path'
import type { Diagnostic } from '../diagnostics/diagnostic.js'
import { type ModelPath, pathTo } from '../diagnostics/path.js'
import {
  hasConfigUrl,
  hostsOf,
  type Replica,
  usualReplica,
  writesAccess,
  writesSettings,
} from '../model/replica.js'
import { defaultMethod } from '../postgres/access.js'
import { nameWritten, readEffective } from '../postgres/effective.js'
import { settleAccess } from './access.js'

/** Two parts of a model of which one is in vain, or in the way, while the other is as it is. */
interface Interplay {
  readonly code: `${'E' | 'W'}_${string}`
  /** The part at which the finding is; undefined where there is nothing to find. */
  readonly find: (model: Replica) => ModelPath | undefined
  readonly message: (model: Replica) => string
  readonly hint: string
}

/** Judges parts of a model against each other that are neither settings of PostgreSQL alone nor Marathon's. */
export function judgeInterplay(model: Replica): Diagnostic[] {
  return interplays.flatMap(({ code, find, message, hint }): Diagnostic[] => {
    const path = find(model)
    return path === undefined ? [] : [{ code, path, message: message(model), hint }]
  })
}

const { run: usualRun, master: usualMaster } = usualReplica

const interplays: readonly Interplay[] = [
  {
    code: 'W_RUN_STALL',
    find: ({ master, run }) => {
      if (run.connectTimeout * hostsOf(master).length < run.stallLimit) return undefined
      return run.stallLimit === usualRun.stallLimit ? pathTo`run.connectTimeout` : pathTo`run.stallLimit`
    },
    message: ({ master, run }) =>
      `pg_basebackup may take ${run.connectTimeout * hostsOf(master).length} s to connect, and is ended when nothing has come for ${run.stallLimit} s`,
    hint: 'lower run.connectTimeout, or raise run.stallLimit',
  },
  {
    code: 'W_RUN_WATCH',
    find: ({ run }) => {
      if (run.watchInterval <= run.staleLimit) return undefined
      return run.staleLimit === usualRun.staleLimit ? pathTo`run.watchInterval` : pathTo`run.staleLimit`
    },
    message: ({ run }) =>
      `after ${run.staleLimit} s without streaming the master is asked why, but only each ${run.watchInterval} s anybody looks`,
    hint: 'lower run.watchInterval, or raise run.staleLimit',
  },
  {
    code: 'W_RUN_WATCH',
    find: (model) => {
      const { settings, count } = effectiveOf(model)
      return count('wal_receiver_timeout') === 0 ? at(settings, 'wal_receiver_timeout') : undefined
    },
    message: ({ run }) =>
      `with wal_receiver_timeout = 0 the replica waits for a silent master for ever, so run.staleLimit (${run.staleLimit} s) has no effect`,
    hint: 'take it out',
  },
  {
    code: 'W_ACCESS_PASSWORD',
    find: (model) => {
      const { settings, word } = effectiveOf(model)
      const usualMethod = defaultMethod(model.postgresql.majors)
      const isScram = settleAccess(model).some(({ method = usualMethod }) => method === 'scram-sha-256')
      return isScram && word('password_encryption') === 'md5'
        ? at(settings, 'password_encryption')
        : undefined
    },
    message: () => 'no role whose password is stored by md5 can log in by scram-sha-256, as access demands',
    hint: "use 'scram-sha-256', or the method md5, which takes both",
  },
  {
    code: 'E_RUN_CONFIGURATION',
    find: (model) =>
      model.run.configuration === 'published' && !hasConfigUrl(model) ? pathTo`run.configuration` : undefined,
    message: () => 'with run.configUrl = null there are no published files to use: each run would fail',
    hint: "take run.configUrl out, or say 'master'",
  },
  {
    code: 'W_CONFIG_UNUSED',
    find: (model) => (isUnfetched(model) && writesSettings(model) ? pathTo`postgresql.settings` : undefined),
    message: () =>
      'with run.configUrl = null nothing fetches the printed postgresql.conf: a replica has the settings that come with the clone',
    hint: 'take run.configUrl out, or copy the file to the data directory of the master',
  },
  {
    code: 'W_CONFIG_UNUSED',
    find: (model) => (isUnfetched(model) && writesAccess(model) ? pathTo`access` : undefined),
    message: () =>
      'with run.configUrl = null nothing fetches the printed pg_hba.conf: a replica has the access rules that come with the clone',
    hint: 'take run.configUrl out, or copy the file to the data directory of the master',
  },
  {
    code: 'W_CONFIG_UNUSED',
    find: (model) => (isOverruled(model) && writesSettings(model) ? pathTo`postgresql.settings` : undefined),
    message: () =>
      "run.configuration is 'master': these settings reach only a replica whose clone brings no postgresql.conf along",
    hint: "say run.configuration: 'published', or take them out",
  },
  {
    code: 'W_CONFIG_UNUSED',
    find: (model) => (isOverruled(model) && writesAccess(model) ? pathTo`access` : undefined),
    message: () =>
      "run.configuration is 'master': these rules reach only a replica whose clone brings no pg_hba.conf along",
    hint: "say run.configuration: 'published', or take them out",
  },
  {
    code: 'W_MASTER_UNUSED',
    find: ({ master }) =>
      master.port !== usualMaster.port && hostsOf(master).every(hasPort) ? pathTo`master.port` : undefined,
    message: ({ master }) =>
      `every host of master.hosts names its own port, so master.port (${master.port}) has no effect`,
    hint: 'take master.port out',
  },
  {
    code: 'W_MASTER_UNUSED',
    find: ({ master: { tls } }) => {
      if (typeof tls !== 'object') return undefined
      if (tls.mode === 'disable') {
        const part = (['rootCert', 'cert', 'key', 'minProtocol'] as const).find(
          (name) => tls[name] !== undefined,
        )
        return part && pathTo`master.tls.${part}`
      }
      return tls.rootCert !== undefined && /^(allow|prefer)$/.test(tls.mode)
        ? pathTo`master.tls.rootCert`
        : undefined
    },
    message: ({ master: { tls } }) =>
      `with the mode ${typeof tls === 'object' ? tls.mode : tls} libpq does not look at it`,
    hint: "use 'verify-full', or take it out",
  },
  {
    code: 'W_MASTER_UNUSED',
    find: ({ master: { tls } }) => {
      if (typeof tls !== 'object' || tls.mode === 'disable') return undefined
      if ((tls.cert === undefined) === (tls.key === undefined)) return undefined
      return tls.cert === undefined ? pathTo`master.tls.key` : pathTo`master.tls.cert`
    },
    message: () =>
      'a certificate and its key go together: libpq would look for the other one in .postgresql of the home directory',
    hint: 'set both master.tls.cert and master.tls.key',
  },
  {
    code: 'W_MASTER_UNUSED',
    find: ({ master: { tls, gssEncMode } }) => {
      const mode = typeof tls === 'object' ? tls.mode : tls
      return gssEncMode === 'require' && mode !== undefined && mode !== 'disable'
        ? pathTo`master.tls`
        : undefined
    },
    message: () => "with gssEncMode 'require' libpq uses GSSAPI encryption, and no TLS",
    hint: "take it out, or use gssEncMode 'prefer'",
  },
  {
    code: 'E_RUN_DATA',
    find: ({ run }) => (plainPath(run.dataDir) === '.' ? pathTo`run.dataDir` : undefined),
    message: ({ run }) =>
      `${run.dataDir} is taken: the script lies there, and run_rep.sh refuses what it did not make`,
    hint: "use a directory of its own, as 'pgdata'",
  },
  {
    code: 'E_RUN_DATA',
    find: ({ run }) => (ofTheSystem.test(plainPath(run.dataDir)) ? pathTo`run.dataDir` : undefined),
    message: ({ run }) =>
      `${run.dataDir} is a directory of the system, and the data needs one of its own: run_rep.sh makes, empties and renames directories there`,
    hint: "use a directory of its own, as '/var/lib/postgres-replica' or 'pgdata'",
  },
  {
    code: 'E_RUN_DATA',
    find: ({ run }) => (/^~|\$[\w{(]/.test(run.dataDir) ? pathTo`run.dataDir` : undefined),
    message: ({ run }) =>
      `nothing expands ${run.dataDir}: ${run.dataDir.startsWith('~') ? '~' : '$'} would be a part of the name`,
    hint: 'write the whole path, or one relative to the sandbox',
  },
  {
    code: 'E_CLONE_WAL_DIR',
    find: ({ clone, run }) =>
      clone.walDir !== undefined &&
      (`${plainPath(clone.walDir)}/`.startsWith(`${plainPath(run.dataDir)}/`) ||
        plainPath(clone.walDir) === '/')
        ? pathTo`clone.walDir`
        : undefined,
    message: ({ clone, run }) =>
      plainPath(clone.walDir ?? '') === '/'
        ? '/ is no directory on another disk'
        : `${clone.walDir} lies in the directory of the data, ${run.dataDir}, where run_rep.sh refuses what it did not make`,
    hint: 'let it lie on another disk, outside of run.dataDir',
  },
  {
    code: 'E_TASK_PRESET',
    find: ({ task, run }) =>
      task.preset === 'ephemeral' && posix.isAbsolute(run.dataDir) ? pathTo`task.preset` : undefined,
    message: ({ run }) => `an ephemeral replica begins with nothing, and ${run.dataDir} stays on the agent`,
    hint: 'let run.dataDir be relative to the sandbox, or take task.preset out',
  },
]

/** Directories in which others have their files, and file systems of the kernel with all that is in them. */
const ofTheSystem =
  /^\/+($|(proc|sys|dev)(\/|$)|(bin|boot|etc|home|lib|lib32|lib64|root|run|sbin|tmp|usr|var)$|usr\/(bin|lib|lib64|local|sbin|share)$|var\/(cache|lib|log|run|spool|tmp)$)/

function isUnfetched(model: Replica): boolean {
  return model.run.configuration !== 'published' && !hasConfigUrl(model)
}

function isOverruled(model: Replica): boolean {
  return model.run.configuration === 'master' && hasConfigUrl(model)
}

function plainPath(path: string): string {
  return posix.normalize(path).replace(/(.)\/+$/, '$1')
}

// An IPv6 address stands in brackets where a port follows.
function hasPort(host: string): boolean {
  return /^(\[.*\]|[^:]*):\d+$/.test(host.trim())
}

function effectiveOf({ postgresql: { settings, majors } }: Replica) {
  return { settings, ...readEffective(settings, Math.max(...majors)) }
}

function at(settings: Replica['postgresql']['settings'], name: string): ModelPath {
  return pathTo`postgresql.settings.${nameWritten(settings, name) ?? name}`
}

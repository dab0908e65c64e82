import { posix } from 'node:path'
import type { Diagnostic } from '../../diagnostics/diagnostic.js'
import { type ModelPath, pathTo } from '../../diagnostics/path.js'
import type { MarathonApp, MarathonVolume } from './app.js'
import { findDataDir } from './data-dir.js'
import { judgeDependencies } from './dependencies.js'
import { judgeCheck } from './limits.js'
import { isJavaPattern } from './pattern.js'
import { judgePlaces } from './places.js'
import { judgePorts } from './ports.js'
import { judgeResident } from './resident.js'
import { judgeRoles } from './roles.js'
import { maxInteger } from './schema.js'
import { judgeSecrets } from './secrets.js'
import { judgeUpgrade } from './upgrade.js'
import { isSince, type MarathonVersion } from './versions.js'

/**
 * Judges a printed app by the rules that Marathon has only in its code (AppValidation.scala and
 * AppDefinition.scala, from the version `oldest` to 1.11), and by those of Mesos and of ours; the paths are those
 * of the model.
 */
export function judgeApp(app: MarathonApp, oldest: MarathonVersion = '1.5'): Diagnostic[] {
  return [
    ...judgeId(app.id),
    ...judgePorts(app, oldest),
    ...judgeFetch(app),
    ...judgeConstraints(app, oldest),
    ...judgePlaces(app),
    ...judgeVolumes(app),
    ...judgeUpgrade(app),
    ...judgeUnreachable(app),
    ...judgeSingle(app),
    ...judgeMigration(app),
    ...judgeResident(app),
    ...judgeRoles(app),
    ...judgeSecrets(app),
    ...judgeDependencies(app),
    ...judgeVersion(app, oldest),
    ...judgeCheck(app.check),
  ]
}

// What came later than the oldest Marathon that has to take the file: that one ignores or refuses it.
function judgeVersion(app: MarathonApp, oldest: MarathonVersion): Diagnostic[] {
  return laterKeys
    .filter(({ key, since }) => app[key] !== undefined && !isSince(oldest, since))
    .map(({ key, path, since }): Diagnostic => {
      const message = `${key} exists since Marathon ${since}, and targets.marathon.release is ${oldest}`
      return {
        code: 'E_APP_VERSION',
        path,
        message,
        hint: `raise targets.marathon.release or take it out`,
      }
    })
}

const laterKeys = [
  { key: 'check', path: pathTo`task.readiness`, since: '1.8' },
  { key: 'role', path: pathTo`targets.marathon.role`, since: '1.9' },
] as const

const segment = /^(([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])\.)*([a-z0-9]|[a-z0-9][a-z0-9-]*[a-z0-9])$/

function judgeId(id: string): Diagnostic[] {
  const report = (reason: string): Diagnostic[] => [
    {
      code: 'E_APP_ID',
      path: pathTo`targets.marathon.id`,
      message: `Marathon refuses the id ${id}: ${reason}`,
    },
  ]
  const segments = id.replace(/^\//, '').split('/')
  const bad = segments.find((text) => !segment.test(text))
  if (bad !== undefined) {
    return report(`'${bad}' must be lower case letters, digits, and single dots or dashes between them`)
  }
  const last = segments.at(-1) ?? ''
  if (['restart', 'tasks', 'versions'].includes(last)) return report(`'${last}' is a word of its REST API`)
  // The task id, `<id>.instance-<uuid>._app.<n>`, names a directory on the agent (NAME_MAX is 255).
  if (id.length > 190)
    return report('the name of the sandbox directory would be longer than a file name may be')
  return []
}

function judgeFetch(app: MarathonApp): Diagnostic[] {
  const seen = new Set<string>()
  const dataDir = findDataDir(app)
  return app.fetch.flatMap(({ uri, destPath, extract, executable }, index): Diagnostic[] => {
    // The first one is run_rep.sh itself, made from `publish`.
    const path = index === 0 ? pathTo`publish` : pathTo`targets.marathon.fetch.${index - 1}`
    const report = (message: string): Diagnostic[] => [{ code: 'E_APP_FETCH', path, message }]
    if (!isJavaUri(uri)) return report(`Marathon refuses ${uri}: not a URI, escape special characters by %`)
    if (destPath !== undefined && /^\/|(^|\/)\.\.(\/|$)/.test(destPath)) {
      return report(`Mesos refuses destPath ${destPath}: it must stay in the sandbox`)
    }
    // Anything else is looked for below --frameworks_home, which few agents have.
    if (!/^([a-z][a-z0-9+.-]*:|\/)/i.test(uri)) return report(`${uri} is neither a URL nor an absolute path`)
    // The fetcher takes everything behind the last slash for the file's name, a query too.
    const name = posix.normalize(destPath ?? uri.slice(uri.lastIndexOf('/') + 1)).replace(/^\.$/, '')
    if (name === '') return report(`${uri} names no file`)
    if (index === 0 && /[?#]/.test(uri)) {
      return report(`${uri}: publish is the URL of a folder, without query and fragment`)
    }
    if (seen.has(name)) return report(`${uri} would overwrite ${name}, which another artefact is saved as`)
    if (`${name}/`.startsWith(`${dataDir}/`)) return report(`${uri} would lie where run.dataDir is`)
    if (/^std(out|err)$/.test(name)) return report(`${uri} would lie where Mesos writes the task's ${name}`)
    seen.add(name)
    if (!extract || !executable) return []
    // fetcher.cpp: an executable is never unpacked.
    const message = `${name} is executable, and therefore not extracted`
    return [{ code: 'W_APP_FETCH', path: pathTo`${path}.extract`, message, hint: 'keep one of the two' }]
  })
}

// java.net.URI (RFC 2396 with other letters allowed); brackets only around an IPv6 host, and behind the path.
function isJavaUri(uri: string): boolean {
  const plain = uri
    .replace(/^([a-z][a-z0-9+.-]*:\/\/(?:[^/@]*@)?)\[[0-9a-fA-F:.]+\]/i, '$1host')
    .replace(/[?#].*/, (rest) => rest.replace(/[[\]]/g, '_'))
  if (/[\s\p{Cc}\p{Cs}"<>\\^`{|}[\]]|%(?![0-9a-fA-F]{2})|#.*#/u.test(plain)) return false
  return !/^([a-z][a-z0-9+.-]*)?:$|^:/i.test(plain)
}

function judgeConstraints(app: MarathonApp, oldest: MarathonVersion): Diagnostic[] {
  return (app.constraints ?? []).flatMap(([field = '', operator = '', value], index): Diagnostic[] => {
    const reason = field === '' ? 'it names no field' : refuseConstraint([operator, value], oldest)
    if (reason === undefined) return []
    const message = `Marathon refuses the constraint on ${field}: ${reason}`
    return [{ code: 'E_APP_CONSTRAINT', path: pathTo`targets.marathon.constraints.${index}`, message }]
  })
}

function refuseConstraint(
  [operator, value]: readonly [string, string | undefined],
  oldest: MarathonVersion,
): string | undefined {
  switch (operator) {
    case 'UNIQUE':
      return value === undefined ? undefined : 'UNIQUE takes no value'
    case 'CLUSTER':
      return value === undefined && !isSince(oldest, '1.6')
        ? `CLUSTER takes a value before 1.6, and targets.marathon.release is ${oldest}`
        : undefined
    case 'GROUP_BY':
      return value === undefined || isInteger(value) ? undefined : 'GROUP_BY takes a number or nothing'
    case 'MAX_PER':
      return value !== undefined && isInteger(value) ? undefined : 'MAX_PER takes a number'
    case 'LIKE':
    case 'UNLIKE':
      return value !== undefined && isJavaPattern(value)
        ? undefined
        : `${operator} takes a regular expression`
    case 'IS':
      // changelog.md, 1.6.322
      if (!isSince(oldest, '1.6')) return `IS exists since 1.6, and targets.marathon.release is ${oldest}`
      return value !== undefined && /^[a-zA-Z0-9_/.-]*$/.test(value) ? undefined : 'IS takes a plain word'
    default:
      return `${operator} is not one of UNIQUE, CLUSTER, GROUP_BY, LIKE, UNLIKE, MAX_PER, IS`
  }
}

// Scala's toInt.
function isInteger(text: string): boolean {
  return /^\d+$/.test(text) && Number(text) <= maxInteger
}

function judgeVolumes(app: MarathonApp): Diagnostic[] {
  return (app.container?.volumes ?? []).flatMap(judgeVolume)
}

function judgeVolume({ containerPath, persistent }: MarathonVolume): Diagnostic[] {
  const found: Diagnostic[] = []
  const report = (path: ModelPath, message: string) => found.push({ code: 'E_APP_VOLUME', path, message })
  if (containerPath === '' || /^\.{1,2}$|\//.test(containerPath)) {
    report(
      pathTo`run.dataDir`,
      `Marathon wants one plain name for the directory of a volume, not ${containerPath}`,
    )
  }
  const { type, size, maxSize, constraints } = persistent
  if (maxSize !== undefined && type !== 'mount')
    report(pathTo`targets.marathon.volume.maxSize`, 'maxSize is for type mount only')
  else if (maxSize !== undefined && maxSize <= size)
    report(pathTo`targets.marathon.volume.maxSize`, 'maxSize must be above size')
  if (constraints !== undefined && type === 'root') {
    report(pathTo`targets.marathon.volume.constraints`, 'a volume of type root takes no constraints')
  }
  for (const [index, [field, operator = '', value = '']] of (constraints ?? []).entries()) {
    if (field === 'path' && /^(UN)?LIKE$/.test(operator) && value !== '' && isJavaPattern(value)) continue
    report(
      pathTo`targets.marathon.volume.constraints.${index}`,
      "a volume takes only ['path', 'LIKE' or 'UNLIKE', pattern]",
    )
  }
  return found
}

function judgeUnreachable(app: MarathonApp): Diagnostic[] {
  const strategy = app.unreachableStrategy
  const path = pathTo`targets.marathon.unreachable`
  if (app.container !== undefined && strategy !== 'disabled') {
    const message = "Marathon wants unreachable to be 'disabled' for an app with a persistent volume"
    return [{ code: 'E_APP_UNREACHABLE', path, message }]
  }
  if (strategy === undefined || strategy === 'disabled') return []
  if (strategy.inactiveAfterSeconds <= strategy.expungeAfterSeconds) return []
  return [{ code: 'E_APP_UNREACHABLE', path, message: 'Marathon wants inactiveAfter <= expungeAfter' }]
}

// AppValidation.scala, complyWithMigrationAPI: a label by which DC/OS finds the scheduler that took over from an app.
function judgeMigration({ labels = {} }: MarathonApp): Diagnostic[] {
  const version = labels.DCOS_MIGRATION_API_VERSION
  const isWhole = ['DCOS_PACKAGE_FRAMEWORK_NAME', 'DCOS_MIGRATION_API_PATH'].every((name) => labels[name])
  if (version === undefined || (version === 'v1' && isWhole)) return []
  const message =
    'Marathon wants DCOS_MIGRATION_API_VERSION to be v1, beside DCOS_PACKAGE_FRAMEWORK_NAME and DCOS_MIGRATION_API_PATH'
  return [
    {
      code: 'E_APP_LABEL',
      path: pathTo`targets.marathon.labels.DCOS_MIGRATION_API_VERSION`,
      message,
      hint: 'take it out',
    },
  ]
}

function judgeSingle(app: MarathonApp): Diagnostic[] {
  if (app.labels?.MARATHON_SINGLE_INSTANCE_APP !== 'true') return []
  const { minimumHealthCapacity, maximumOverCapacity } = app.upgradeStrategy
  const found: Diagnostic[] = []
  if (app.instances > 1) {
    const message = 'MARATHON_SINGLE_INSTANCE_APP allows one instance at most'
    found.push({ code: 'E_APP_SINGLE', path: pathTo`task.instances`, message })
  }
  if (minimumHealthCapacity !== 0 || maximumOverCapacity !== 0) {
    const message = 'MARATHON_SINGLE_INSTANCE_APP wants both upgrade capacities to be 0'
    found.push({ code: 'E_APP_SINGLE', path: pathTo`targets.marathon.upgrade`, message })
  }
  return found
}

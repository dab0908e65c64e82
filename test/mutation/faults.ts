import { judgeNeeds, listNeeds } from '../../generator/prove/needs.js'
import { runsOf } from '../../generator/shell/commands.js'
import { parseShell } from '../../generator/shell/parse.js'
import { pickOne } from '../random.js'
import { bashisms } from '../shell/bashisms.js'
import {
  assignments,
  commands,
  compile,
  edit,
  expansions,
  type Fault,
  functions,
  insert,
  misspell,
  nameOf,
  onlyAssignments,
  pieces,
  printed,
  sitesOf,
  statements,
  templates,
  textAt,
} from './sites.js'

/** Draws one fault of its class, or finds no place for it this time. */
export type FaultClass = (random: () => number) => Fault | undefined

const posixWithOptions = 'rm mv cp ls cut grep sed tail date id df du mkdir'.split(' ')

/** The classes by the words of the table. */
export const faultClasses: Readonly<Record<string, FaultClass>> = {
  'assignment deleted': (random) => {
    const site = pickOne(random, onlyAssignments)
    return edit(site, ':', `deleted ${textAt(site)}`)
  },
  'variable misspelt where it is read': (random) => {
    const site = pickOne(random, expansions)
    const name = /\w+/.exec(textAt(site))?.[0] ?? ''
    const wrong = misspell(random, name)
    return edit(site, textAt(site).replace(name, wrong), `${name} > ${wrong}`)
  },
  'variable misspelt where it is set': (random) => {
    const site = pickOne(random, onlyAssignments)
    const wrong = misspell(random, `${nameOf(site)}_`).replace(/_$/, '')
    return edit(site, textAt(site).replace(nameOf(site), wrong), `${nameOf(site)} > ${wrong}`)
  },
  'quotes removed': (random) => {
    const quoted = sitesOf('DoubleQuoted').filter(
      (site) =>
        /^"\$(\w+|\{\w+\})"$/.test(textAt(site)) &&
        commands.some(
          ({ piece, node }) =>
            piece === site.piece && node.args.some(({ pos, end }) => pos === site.start && end === site.end),
        ),
    )
    const site = pickOne(random, quoted)
    return edit(site, textAt(site).slice(1, -1), `unquoted ${textAt(site)}`)
  },
  'program or function misspelt': (random) => {
    const named = commands.filter(({ node }) => /^[a-z_]{4,}$/.test(node.name?.value ?? ''))
    const site = pickOne(random, named)
    const name = site.node.name?.value ?? ''
    const wrong = misspell(random, name)
    return edit({ ...site, end: site.start + name.length }, wrong, `${name} > ${wrong}`)
  },
  'tool left out of preflight': (random) => {
    const { text, tools } = printed()
    const tool = pickOne(random, tools)
    return {
      what: `need ${tool}`,
      find: () => {
        const changed = parseShell(text.replace(`\n  need ${tool}\n`, '\n'))
        return judgeNeeds(listNeeds(changed), tools).map(({ code }) => code)
      },
    }
  },
  'bashism inserted': (random) => {
    const [text] = pickOne(random, bashisms)
    return insert(random, text)
  },
  'option that POSIX lacks': (random) => {
    const sites = commands.filter(({ node }) =>
      runsOf(node, functions).some(({ name, word }) => posixWithOptions.includes(name) && word === node.name),
    )
    const site = pickOne(random, sites)
    const name = site.node.name?.value ?? ''
    const option = pickOne(random, ['-Z', '--verbose', '-0', '--color=never', '-j2'])
    return edit({ ...site, end: site.start + name.length }, `${name} ${option}`, `${name} ${option}`)
  },
  'program that nobody has': (random) =>
    insert(
      random,
      pickOne(random, [
        'jq . "$work/answers"',
        'python3 -c pass',
        'rsync -a a b',
        'gsed -n p x',
        'perl -e 1',
      ]),
    ),
  'branches of an if swapped': (random) => {
    const sites = sitesOf('If').filter(({ node }) => node.else !== undefined && node.elif.length === 0)
    const site = pickOne(random, sites)
    const { piece, node } = site
    if (node.else === undefined) return undefined
    const [yes, no] = [piece.shell.span(node.then), piece.shell.span(node.else)]
    const text =
      piece.text.slice(site.start, yes.start) +
      piece.text.slice(no.start, no.end) +
      piece.text.slice(yes.end, no.start) +
      piece.text.slice(yes.start, yes.end) +
      piece.text.slice(no.end, site.end)
    return edit(site, text, `swapped the branches of ${textAt(site).split('\n')[0]}`)
  },
  'id of a failure misspelt': (random) => {
    const sites = commands.filter(
      ({ node }) => node.name?.value === 'fail' && /^[A-Z_]+$/.test(node.args[0]?.text ?? ''),
    )
    const { piece, node } = pickOne(random, sites)
    const [id] = node.args
    if (id === undefined) return undefined
    return edit({ piece, start: id.pos, end: id.end }, misspell(random, id.text), `fail ${id.text}`)
  },
  'second master': (random) =>
    insert(
      random,
      pickOne(random, [
        '"$pg_bin"/initdb -D "$pgdata"',
        '"$pg_bin"/pg_ctl promote -D "$pgdata"',
        'rm -f -- "$pgdata/standby.signal"',
        'mv -- "$pgdata/standby.signal" "$work/old.signal"',
        ': >"$pgdata/promote"',
        '"$client_bin"/psql -X -c "SELECT pg_promote()"',
        '"$pg_bin"/postgres -D "$pgdata"',
        'ignore rm -f -- "$pgdata/$standby_marker"',
        'touch -- "$pgdata/recovery.signal"',
        '"$pg_bin"/pg_resetwal -f "$pgdata"',
      ]),
    ),
  'start without a gate': (random) => {
    const [name, from, to] = pickOne(random, [
      ['lib/start.sh', '  require_standby\n', '  :\n'],
      ['lib/start.sh', '  require_standby\n', '  have x && require_standby\n'],
      ['lib/start.sh', '  require_standby\n', '  (require_standby)\n'],
      ['lib/start.sh', '  launch ', '  sleep 1\n  launch '],
      [
        'steps/serve.sh',
        'with_settings start_server',
        'with_settings launch "$pg_bin"/postgres -D "$pgdata"',
      ],
    ] as const)
    const key = `run_rep/${name}`
    return {
      what: `${name}: ${to.trim()}`,
      find: () => compile({}, { [key]: (templates[key] ?? '').replace(from, to) }),
    }
  },
  'data lost': (random) =>
    insert(
      random,
      pickOne(random, [
        'rm -rf -- "$pgdata"',
        'rm -rf -- "${store:?}/replica"',
        'rm -R -- "${replica:?}"',
        'ignore rm -rf "$replica"',
        'mv -- "$pgdata" "$store/old"',
        'mv -- "$replica" /tmp/old',
        'find "$store" -name replica -exec rm -rf {} +',
      ]),
    ),
  'guard against an empty value removed': (random) => {
    const sites = sitesOf('ParameterExpansion').filter(
      (site) =>
        /^\$\{\w+:\?\}$/.test(textAt(site)) &&
        commands.some(
          ({ piece, node, start, end }) =>
            piece === site.piece &&
            start <= site.start &&
            site.end <= end &&
            (node.name?.value === 'cd' || runsOf(node, functions).some(({ name }) => name === 'rm')),
        ),
    )
    const site = pickOne(random, sites)
    return edit(site, textAt(site).replace(':?', ''), `${textAt(site)} in line`)
  },
  'failure hidden': (random) => {
    const sites = statements.filter((site) =>
      /^(\w+=\$\(|mkdir |mv |mkfifo |rm )[^\n]*( \|\| (return 1|cannot_write [^\n]*))$/.test(textAt(site)),
    )
    const site = pickOne(random, sites)
    const text = textAt(site).replace(/ \|\| (return 1|cannot_write [^\n]*)$/, '')
    // As what is not the last command of its function.
    return edit(site, `${text}\n  :`, `without || in ${textAt(site)}`)
  },
  'status hidden by export': (random) => {
    const sites = assignments.filter((site) => /^\w+=\$\([^()]*\)$/.test(textAt(site)))
    const site = pickOne(random, sites)
    return edit(site, `export ${textAt(site).replace('=', '="')}"`, `export ${textAt(site)}`)
  },
  'syntax broken': (random) => {
    const piece = pickOne(random, pieces)
    const words = [...piece.text.matchAll(/(?<=^ *)(fi|done|esac|then|do|\}|;;)$/gm)]
    if (words.length === 0) return undefined
    const found = pickOne(random, words)
    const start = found.index
    return edit({ piece, start, end: start + found[0].length }, '', `deleted ${found[0]}`)
  },
  'value parsed as shell or as a format': (random) =>
    insert(
      random,
      pickOne(random, [
        'eval "$POSTGRES_MASTER"',
        'sh -c "echo $RUN_USER"',
        'printf "$CONFIG_URL"',
        'echo "$PGDATA_DIR"',
        '. "$work/settings"',
        'trap "rm $work" EXIT',
        'read -r "$POSTGRES_REPUSER" <"$work/words"',
      ]),
    ),
  'raw read, test and echo': (random) => {
    const [from, to] = pickOne(random, [
      ['read -r ', 'read '],
      [' = ', ' == '],
      ['kill -s ', 'kill -SIG'],
      ['command -v ', 'which '],
    ] as const)
    const sites = commands.filter((site) => {
      const { node } = site
      const isTest = from !== ' = ' || node.name?.value === '['
      return isTest && textAt(site).includes(from) && !textAt(site).includes('\n')
    })
    if (sites.length === 0) return undefined
    const site = pickOne(random, sites)
    return edit(site, textAt(site).replace(from, to), `${from.trim()} > ${to.trim()} in ${textAt(site)}`)
  },
  'variable of the contract without a reader': (random) => {
    const name = pickOne(random, ['METRICS_PORT', 'REGION', 'TEAM', 'SHARD', 'RACK'])
    const type = pickOne(random, ['text', 'port', 'flag', 'url'])
    return { what: `${name}: ${type}`, find: () => compile({ env: { [name]: { type } } }) }
  },
  'unknown variable from outside': (random) =>
    insert(
      random,
      `log INFO "\${${pickOne(random, ['MASTER_PORT', 'PGDATA', 'REPLICA_NAME', 'MARATHON_APP', 'USER_NAME'])}:-}"`,
    ),
  "another function's variable": (random) => {
    const privates = onlyAssignments.filter((site) => nameOf(site).startsWith('_'))
    const site = pickOne(random, privates)
    const other = pickOne(
      random,
      statements.filter(({ piece }) => piece !== site.piece),
    )
    const indent = /\n( *)$/.exec(other.piece.text.slice(0, other.start))?.[1] ?? ''
    return edit({ ...other, end: other.start }, `${nameOf(site)}=x\n${indent}`, `${nameOf(site)}=x`)
  },
  'function that nothing calls': (random) => {
    const piece = pickOne(random, pieces)
    const end = piece.text.length
    return edit({ piece, start: end, end }, '\nforgotten_step() {\n  :\n}\n', 'an uncalled function')
  },
  'two substitutions in one command': (random) =>
    insert(random, pickOne(random, ['log INFO "$(id -un) $(date -u +%s)"', ': "$(pwd)" "$(uname)"'])),
  'mark of a template left': (random) =>
    insert(random, pickOne(random, ['log INFO "{{name}}"', ': "{{{x}}}"', ': {{#if x}}'])),
}

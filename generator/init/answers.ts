import { types } from '../model/contract/types.js'
import { sizeSchema } from '../model/task.js'
import { majors as knownMajors } from '../postgres/versions.js'

/** What starts the script. */
export const targetNames = ['marathon', 'systemd', 'compose', 'kubernetes'] as const

export type TargetName = (typeof targetNames)[number]

const tlsModes = ['require', 'verify-full', 'verify-ca', 'prefer', 'disable'] as const

export type TlsMode = (typeof tlsModes)[number]

/** All that a first configuration is made of. */
export interface Answers {
  readonly master: readonly string[]
  readonly role: string
  readonly tls: TlsMode
  readonly major: number
  readonly target: readonly TargetName[]
  /** Where the files are served; undefined where nobody has to fetch them. */
  readonly publish: string | undefined
  readonly mem: number
  readonly volume: string | undefined
  readonly name: string
}

/** A text as the value of an answer, or what is wrong with it: the end of "expected …". */
export type Parsed<Value> = { readonly value: Value } | { readonly expected: string }

/** One thing to be known: its flag, its question, what is taken where nobody answers. */
export interface Question<Key extends keyof Answers = keyof Answers> {
  readonly key: Key
  readonly flag: string
  readonly about: string
  /** What is asked on a terminal; without it only the flag says it. */
  readonly ask?: string
  /** What an answer may be, where that is a choice: each with a word on it. */
  readonly choices?: readonly (readonly [word: string, about: string])[]
  /** All words that its flag takes, or several of which it takes, where they are few. */
  readonly words?: readonly string[]
  readonly usual: (known: Partial<Answers>) => string
  readonly parse: (text: string) => Parsed<Answers[Key]>
  /** Whether there is anything to ask, by what is known already. */
  readonly isOpen?: (known: Partial<Answers>) => boolean
}

const majors = knownMajors.filter((major) => major >= 10)
const [oldest, newest] = [Math.min(...majors), Math.max(...majors)]

/** Every question, in the order in which it is asked. */
export const questions: readonly Question[] = [
  question({
    key: 'master',
    flag: '--master <hosts>',
    about: 'the host of the master, or several of which one is the master: pg1.db,pg2.db',
    ask: 'Host of the master (several: pg1.db,pg2.db)',
    usual: () => 'postgres01',
    parse: (text) => {
      const hosts = text.split(/[\s,]+/).filter(Boolean)
      const isFit = types.host_list.schema.safeParse(hosts.join(',')).success
      return isFit ? { value: hosts } : { expected: types.host_list.what }
    },
  }),
  question({
    key: 'role',
    flag: '--role <name>',
    about: 'the role that replicates',
    ask: 'Role that replicates (master.sql makes it)',
    usual: () => 'replicator',
    parse: (text) =>
      types.role.schema.safeParse(text).success && !/^(pg_.*|public|none|\/.*)$/.test(text)
        ? { value: text }
        : { expected: `${types.role.what}, and none of PostgreSQL's own` },
  }),
  question({
    key: 'tls',
    flag: '--tls <mode>',
    about: `TLS with the master: ${tlsModes.join(', ')}`,
    words: tlsModes,
    ask: 'TLS with the master',
    choices: [
      ['require', 'its password proves that it is the master (SCRAM, since 13)'],
      ['verify-full', 'its certificate does, signed by an authority whose file lies on each host'],
      ['disable', 'none: whoever is on the network between can read and forge all of it'],
    ],
    usual: () => 'require',
    parse: (text) => oneOf(tlsModes, text),
  }),
  question({
    key: 'major',
    flag: '--major <number>',
    about: `PostgreSQL's major, which the master has: ${oldest} to ${newest}`,
    words: majors.map(String),
    ask: `PostgreSQL's major on the master, ${oldest} to ${newest} (SHOW server_version)`,
    usual: () => String(newest),
    parse: (text) => {
      const found = majors.find((major) => String(major) === text)
      return found === undefined ? { expected: `one of ${majors.join(', ')}` } : { value: found }
    },
  }),
  question({
    key: 'target',
    flag: '--target <names>',
    about: `what starts the replica, or several: ${targetNames.join(',')}`,
    words: targetNames,
    ask: 'What starts the replica (several: systemd,kubernetes)',
    choices: [
      ['marathon', 'an app of Marathon on Mesos'],
      ['systemd', 'a unit on a host of its own'],
      ['compose', 'Docker Compose'],
      ['kubernetes', 'a StatefulSet of Kubernetes'],
    ],
    usual: () => 'marathon',
    parse: (text) => {
      const words = text.split(/[\s,]+/).filter(Boolean)
      const known = targetNames.filter((name) => words.includes(name))
      return words.length > 0 && words.every((word) => targetNames.some((name) => name === word))
        ? { value: known }
        : { expected: `one or several of ${targetNames.join(', ')}` }
    },
  }),
  question({
    key: 'publish',
    flag: '--publish <url>',
    about: 'where you serve what is generated, for Marathon to fetch: http://web01/postgres',
    ask: 'URL where you serve what is generated',
    // Compose and Kubernetes mount the files, and systemd finds them where they are installed.
    isOpen: ({ target = [] }) => target.includes('marathon'),
    usual: ({ target = [] }) => (target.includes('marathon') ? 'http://web01/postgres' : ''),
    parse: (text) => {
      if (text === '') return { value: undefined }
      const isFit = types.url.schema.safeParse(text).success
      return isFit ? { value: text.replace(/\/+$/, '') } : { expected: types.url.what }
    },
  }),
  question({
    key: 'mem',
    flag: '--mem <MiB>',
    about: 'memory of one replica in MiB',
    usual: () => '2048',
    parse: (text) =>
      /^[1-9]\d{2,6}$/.test(text) && Number(text) >= 256
        ? { value: Number(text) }
        : { expected: 'MiB as a number, 256 or more' },
  }),
  question({
    key: 'volume',
    flag: '--volume <size>',
    about: 'a volume that keeps the data of a replica: 100GiB',
    usual: ({ target = [] }) => (target.includes('kubernetes') ? '100GiB' : ''),
    parse: (text) => {
      if (text === '') return { value: undefined }
      return sizeSchema.safeParse(text).success ? { value: text } : { expected: 'a size such as 100GiB' }
    },
  }),
  question({
    key: 'name',
    flag: '--name <name>',
    about: 'what the app, the unit, the project or the set is called',
    usual: () => 'pg-replica',
    parse: (text) =>
      /^[a-z]([a-z0-9-]{0,40}[a-z0-9])?$/.test(text)
        ? { value: text }
        : { expected: 'lower case letters, digits and -, first a letter, 42 at most' },
  }),
]

function question<Key extends keyof Answers>(one: Question<Key>): Question {
  return one as unknown as Question
}

function oneOf<Word extends string>(words: readonly Word[], text: string): Parsed<Word> {
  const found = words.find((word) => word === text)
  return found === undefined ? { expected: `one of ${words.join(', ')}` } : { value: found }
}

/** What is known, with what nobody said as it usually is. */
export function completeAnswers(known: Partial<Answers>): Answers {
  const all: Partial<Answers> = { ...known }
  for (const one of questions) {
    const parsed = one.parse(one.usual(all))
    if (!(one.key in all) && 'value' in parsed) Object.assign(all, { [one.key]: parsed.value })
  }
  return all as Answers
}

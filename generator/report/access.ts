import { listAccess } from '../compile/access.js'
import { hbaLine, hbaName } from '../compile/hba.js'
import { configurationOf } from '../model/replica.js'
import { defaultMethod } from '../postgres/access.js'
import { type AccessRule, listNames } from '../postgres/access-schema.js'
import { type Content, element } from './markup.js'
import type { Page, Section } from './page.js'
import { code, inARow, paragraph, table } from './parts.js'

/** The lines of pg_hba.conf in their order, each in words. */
export function accessSection({ values }: Page): Section {
  const { model } = values
  const method = defaultMethod(model.postgresql.majors)
  let number = 0
  const groups = listAccess(model).filter(({ rules }) => rules.length > 0)
  return {
    id: 'access',
    title: 'Who gets in',
    content: [
      paragraph(
        configurationOf(model) === 'published'
          ? 'The first line that matches a connection decides; where none does, nobody gets in. Before all of them stands a line of run_rep.sh for itself, on a socket that nobody else can reach.'
          : 'The master’s own pg_hba.conf rules on each replica, and these lines only where the clone brings none along. The first line that matches a connection decides.',
      ),
      groups.map(
        ({ title, rules }): Content => [
          element('h3', {}, title),
          table(
            title,
            ['Line', 'Who', 'To', 'From', 'How'],
            rules.map((rule) => {
              number += 1
              return rowOf(rule, { number, method })
            }),
          ),
        ],
      ),
    ],
  }
}

function rowOf(
  rule: AccessRule,
  { number, method }: { number: number; method: ReturnType<typeof defaultMethod> },
): Content[] {
  const how = rule.method ?? method
  return [
    [`${number}. `, code(hbaLine(rule, method))],
    inARow(listNames(rule.user).map((name) => (name === 'all' ? 'everybody' : code(hbaName(name))))),
    inARow(
      listNames(rule.database).map((name) =>
        name === 'all' ? 'every database' : name === 'replication' ? 'replication' : code(hbaName(name)),
      ),
    ),
    rule.type === 'local' ? 'a local socket' : [code(rule.from), ways[rule.type]],
    how === 'reject' ? 'is turned away' : how === 'trust' ? 'without a password' : code(how),
  ]
}

const ways = { host: '', hostssl: ', with TLS only', hostnossl: ', without TLS only' } as const

import { type Change, pairByKey } from './change.js'

/** What changed of what replicas ask of their master: each demand of master.sql, else its text. */
export function compareMasterSql(before: string, after: string): Change[] {
  const again = 'a superuser runs it again: psql -X -d postgres -f master.sql'
  const upgrade = 'the master is upgraded; master.sql only tells whether it has been'
  const changes = pairByKey(readDemands(before), readDemands(after)).flatMap(
    ({ key, from, to }): Change[] => {
      if (from === to) return []
      const means = to === undefined ? 'replicas need it no more' : key === 'server_version' ? upgrade : again
      return [{ area: 'master', name: key, files: ['master.sql'], from, to, effect: 'nothing', means }]
    },
  )
  const [was, is] = [before, after].map(rolesOf)
  // Only the demands: what asks for them is the same for all.
  if (was === is) return changes
  const name = 'the role and its rights'
  return [
    {
      area: 'master',
      name,
      files: ['master.sql'],
      effect: 'nothing',
      means: again,
      from: listRoles(was),
      to: listRoles(is),
    },
    ...changes,
  ]
}

// As templates/master.sql.hbs prints them: what it is about, two lines of SQL, what is needed, why.
function readDemands(text: string): ReadonlyMap<string, string> {
  const row = /^ {4}\('((?:[^'\n]|'')*)', .*\n.*\n {5}'((?:[^'\n]|'')*)',$/gm
  const plain = (quoted: string) => quoted.replaceAll("''", "'")
  return new Map([...text.matchAll(row)].map(([, name = '', needs = '']) => [plain(name), plain(needs)]))
}

// What it does, before it asks what does not fit.
function rolesOf(text: string): string {
  return text.slice(0, text.indexOf('\\echo')).replace(/^\s*--.*\n/gm, '')
}

function listRoles(text = ''): string {
  const roles = [...text.matchAll(/'CREATE ROLE %I ([A-Z ]+)', ('(?:[^'\n]|'')*'|E'(?:[^'\n]|'')*')\)/g)]
  const rights = [...text.matchAll(/^GRANT EXECUTE ON FUNCTION (\w+)/gm)]
  return [
    ...roles.map(([, attributes, role]) => `${role} ${attributes}`),
    ...rights.map(([, name]) => `EXECUTE ${name}`),
  ].join(', ')
}

import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect } from 'vitest'
import { serverBin, testWith } from './harness/capability.js'
import { copyCluster } from './harness/cluster.js'
import { become, chownTo, serverUser } from './harness/identity.js'
import { openSpace, type Space } from './harness/space.js'

let space: Space
beforeAll(() => {
  space = openSpace()
})
afterAll(() => space.close())

/** Lines that the server refuses, and the script before it. */
const refused = [
  'local all all',
  'local',
  'local all all gss',
  'local all all cert',
  'local all all md5 foo',
  'local all all md5 foo=bar',
  'host all all all',
  'hosts all all all md5',
  'HOST all all all md5',
  'host,local all all all md5',
  'host all all 10.0.0.0/33 md5',
  'host all all 10.0.0.0/ md5',
  'host all all 10.0.0.0/x md5',
  'host all all 10.0.0.300/8 md5',
  'host all all 10.0.0.0 md5',
  'host all all 10.0.0.0 ffff:: md5',
  'host all all ::1/129 md5',
  'host all all ::1 md5',
  'host all all localhost/32 md5',
  'host all all db.example.com 255.0.0.0 md5',
  'host all all 10.0.0.0/8,10.1.0.0/16 md5',
  'host all all all md5,trust',
  'host all all all scram-sha256',
  'host all all all sspi',
  'host all all all crypt',
  'host all all all peer',
  'host all all all cert',
  'hostssl all all all md5 clientcert=1',
  'hostssl all all all cert clientname=XX',
  'host all all all md5 clientcert=verify-ca',
  'host all all all md5 map=omicron',
  'host all all all md5 pamservice=x',
  'host all all all ldap ldapserver=x',
  'host all all all radius radiusservers=1.2.3.4',
  'host all all all radius radiusserver=1.2.3.4 radiussecret=x',
  'host all all all oauth issuer="https://x" scope="y"',
  'host all all "all',
  'host a, b c , dx all md5',
  'include other.conf',
  '<html>',
]

/** Lines that the server takes: the script must not know better. */
const taken = [
  'local all all peer map=m',
  'local all all ident',
  'host all all samenet scram-sha-256',
  'host all all 10.0.0.0/8 md5',
  'host all all 10.0.0.0/+8 md5',
  'host all all 10.1/8 md5',
  'host all all 10.0.0.0 255.0.0.0 md5',
  'host all all ::1/128 md5',
  'host all all ::1 ffff:: md5',
  'host all all fe80::1%lo/64 md5',
  'host all all ::ffff:10.0.0.1/128 md5',
  'host all all localhost md5',
  'host all all .example.com md5',
  'host all all abc md5',
  'host all all abe.de md5',
  'host a,b c,d all md5',
  'host a, b c all md5',
  'host "a b" "c ""d""" all md5',
  '"host" all all all "md5"',
  'hostssl all all all cert map=x',
  'hostssl all all all md5 clientcert=verify-full clientname=DN',
  'hostnossl all all all md5',
  'hostgssenc all all all md5',
  'host all all all gss include_realm=0 map=x',
  'host all all all ident map=omicron',
  'host all all all pam pamservice=x pam_use_hostname=1',
  'host all all all ldap ldapserver=x ldapprefix="cn=" ldapsuffix=",dc=x"',
  'host all all all ldap ldapurl="ldap://x/dc=y?uid?sub"',
  'host all all all ldap ldapprefix=',
  'host all all all radius radiusservers="1.2.3.4,5.6.7.8" radiussecrets="""x"",""y"""',
  'host all +group all reject',
  'host all "@nowhere" all md5',
  'host sameuser,samerole samegroup all md5 # comment',
  '   host\tall\tall\tall\tmd5  ',
  'host all all \\\n  all md5',
]

describe('each line of pg_hba.conf', () => {
  testWith([], 'is judged as the server judges it', async () => {
    const dataDir = join(space.dir, 'data')
    const make = (dir: string) =>
      run([
        `${serverBin}/initdb`,
        '-D',
        dir,
        '--no-sync',
        '-U',
        'postgres',
        '-A',
        'trust',
        '--locale=C',
        '-E',
        'UTF8',
      ])
    await copyCluster('usual', async (dir) => make(dir), dataDir)
    const lines = [...refused, ...taken]
    writeFileSync(join(dataDir, 'pg_hba.conf'), `${lines.join('\n')}\n`)
    // A rule that has no type is one that the server could not read.
    const question = `SELECT line_number || ':' AS refused FROM pg_hba_file_rules WHERE error IS NOT NULL AND type IS NULL`
    const answer = run([`${serverBin}/postgres`, '--single', '-D', dataDir, 'postgres'], `${question}\n`)
    const numbers = [...answer.matchAll(/refused = "(\d+):"/g)].map(([, number]) => lines[Number(number) - 1])
    expect(numbers).toEqual(refused)

    expect(lines.filter((line) => judge(line) !== '')).toEqual(refused)
  })

  testWith([], 'that names a file which is not beside it is wrong', async () => {
    expect(judge('host all @names all md5', 1)).toMatch(/^line 1: the file .*\/names does not exist here\n$/)
    expect(judge('host all @names all md5')).toBe('')
  })

  testWith([], 'is counted from the first of those that a backslash joins', async () => {
    expect(judge('# one \\\ntwo\n\nhost all \\\n all all \\\n nonsense')).toMatch(/^line 4: "nonsense"/)
  })
})

function run(command: readonly string[], input = ''): string {
  const words = [...become(serverUser()), ...command]
  return execFileSync(words[0] ?? '', words.slice(1), {
    cwd: '/',
    input,
    encoding: 'utf8',
    stdio: ['pipe', 'pipe', 'ignore'],
  })
}

/** What the script says of a file of that one line, for PostgreSQL 15. */
function judge(text: string, beside = 0): string {
  const dir = mkdtempSync(join(space.dir, 'rules-'))
  const file = join(dir, 'pg_hba.conf')
  writeFileSync(file, `${text}\n`)
  chownTo(file, serverUser())
  const library = 'templates/run_rep/lib/access-rules.sh'
  const script = '. "./$1"; major=15; judge_rules "$2" "$3"'
  try {
    return execFileSync('sh', ['-c', script, 'sh', library, file, String(beside)], { encoding: 'utf8' })
  } finally {
    rmSync(dir, { recursive: true })
  }
}

import { chmodSync, chownSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { execa } from 'execa'
import { isRoot, serverUser } from './identity.js'
import type { Space } from './space.js'

/** Who signs certificates, by openssl, in a directory of its own. */
export interface Authority {
  /** The certificate that signs the others. */
  readonly root: string
  /** Signs one; its key belongs to the user of the servers. */
  issue(subject: Subject): Promise<Certificate>
  revoke(certificate: Certificate): Promise<void>
  /** A list of all that are revoked by now. */
  list(): Promise<string>
}

export interface Subject {
  readonly name: string
  /** What else it is valid for, as in `DNS:pg1.db`. */
  readonly alternative?: string
  readonly isExpired?: boolean
}

export interface Certificate {
  readonly cert: string
  readonly key: string
}

export async function makeAuthority(space: Space): Promise<Authority> {
  const home = mkdtempSync(join(space.dir, 'authority-'))
  chmodSync(home, 0o755)
  const root = join(home, 'root.crt')
  const rootKey = join(home, 'root.key')
  const conf = join(home, 'openssl.cnf')
  mkdirSync(join(home, 'new'))
  writeFileSync(join(home, 'index'), '')
  writeFileSync(join(home, 'serial'), '01\n')
  writeFileSync(conf, configuration(home))
  const openssl = (...args: string[]) => execa('openssl', args, { cwd: home })
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-config', conf]
  await openssl(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '30',
    '-subj',
    '/CN=authority',
    '-keyout',
    rootKey,
    '-out',
    root,
  )
  const ca = (...args: string[]) => openssl('ca', '-batch', '-notext', '-config', conf, ...args)

  let count = 0
  return {
    root,
    issue: async ({ name, alternative, isExpired }) => {
      count += 1
      const path = (kind: string) => join(home, `${count}.${kind}`)
      await openssl('req', ...newKey, '-subj', `/CN=${name}`, '-keyout', path('key'), '-out', path('csr'))
      writeFileSync(path('ext'), alternative === undefined ? '' : `subjectAltName = ${alternative}\n`)
      const valid = isExpired
        ? ['-startdate', '20200101000000Z', '-enddate', '20200102000000Z']
        : ['-days', '20']
      await ca('-in', path('csr'), '-out', path('crt'), '-extfile', path('ext'), ...valid)
      const { uid, gid } = serverUser()
      if (isRoot) chownSync(path('key'), uid, gid)
      chmodSync(path('key'), 0o600)
      return { cert: path('crt'), key: path('key') }
    },
    revoke: async ({ cert }) => void (await ca('-revoke', cert)),
    list: async () => {
      count += 1
      const path = join(home, `${count}.crl`)
      await ca('-gencrl', '-out', path)
      if (!readFileSync(path, 'utf8').includes('X509 CRL')) throw new Error(`no list in ${path}`)
      return path
    },
  }
}

function configuration(home: string): string {
  return `[req]
distinguished_name = name
x509_extensions = root
[name]
[root]
basicConstraints = critical, CA:true
keyUsage = critical, keyCertSign, cRLSign
[ca]
default_ca = own
[own]
database = ${home}/index
serial = ${home}/serial
new_certs_dir = ${home}/new
certificate = ${home}/root.crt
private_key = ${home}/root.key
default_md = sha256
default_crl_days = 20
unique_subject = no
policy = any
[any]
commonName = supplied
`
}

import { allow, defineReplica, deny, variable } from 'postgres-rep-marathon'

export const access = [
  deny.local({ user: 'guest' }),
  deny.host({ user: 'guest', from: 'all' }),
  deny.hostssl({ database: 'secret', from: '192.0.2.0/24' }),
  deny.hostnossl({ database: ['secret', { name: 'all' }], from: 'all' }),
  allow.local({ user: 'app' }),
  allow.host({ database: 'shop', user: ['app', '+staff'], from: '10.0.0.0/8' }),
  allow.hostssl({ from: 'fd00::/8', method: 'cert', options: { map: 'people' } }),
  allow.hostnossl({ from: 'samehost' }),
]

export const env = {
  A_PORT: variable.port({ default: '9187', doc: 'Where the metrics go.' }),
  A_HOST_LIST: variable.host_list({ value: 'a.example,b.example:81' }),
  A_ROLE: variable.role(),
  A_USER: variable.user_name(),
  A_PATH: variable.path(),
  AN_ABSOLUTE_PATH: variable.absolute_path({ default: '/srv' }),
  A_URL: variable.url(),
  AN_SSL_MODE: variable.ssl_mode(),
  A_FLAG: variable.flag({ required: true, value: 'on' }),
  A_TEXT: variable.text({ secret: true }),
  AN_INTEGER: variable.integer({ min: 1, max: 9 }),
  SOME_SECONDS: variable.seconds({ min: 0, max: 60, default: '5' }),
  A_CHOICE: variable.choice({ words: ['red', 'green'] }),
}

/** Made by every function that helps to write a model. */
export const replica = defineReplica({
  master: { hosts: ['pg1.db', 'pg2.db'], role: 'replicator' },
  postgresql: { majors: [15], settings: { ssl: true, shared_buffers: '256MB' } },
  access,
  env,
  steps: [{ name: 'announce', doc: 'tells the metrics', file: './steps/announce.sh', before: 'serve' }],
  task: { mem: 2048 },
  targets: { marathon: { id: '/db/pg-replica' } },
})

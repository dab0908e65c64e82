import type { ReplicaInput } from '../../../generator/input/replica-input.js'

/** Models of replicas in containers, as different as they may be: what is printed of them are golden files. */
export const models = {
  /** The least that one can say. */
  plain: {
    master: { hosts: 'pg1.db', tls: 'verify-full', channelBinding: 'require' },
    postgresql: { majors: [16] },
    task: { volume: '100GiB' },
    targets: { compose: {}, kubernetes: {} },
  },
  /** Several, with an image, names, ports, certificates, an archive and words of their own. */
  fleet: {
    master: {
      hosts: ['pg1.db', 'pg2.db:5433'],
      role: 'copy',
      tls: { mode: 'verify-full', rootCert: '/etc/ssl/db/ca.pem' },
    },
    run: { passfile: '/srv/secrets/passfile', slot: 'permanent', dataDir: 'shop', exitPause: 45 },
    restore: { from: 'directory', path: '/srv/wal' },
    postgresql: { majors: [18], settings: { shared_buffers: '1GB', max_connections: 300 } },
    access: [{ type: 'host', from: '10.0.0.0/8' }],
    shutdown: { fast: 240, immediate: 30 },
    task: {
      cpus: 2.5,
      mem: 4096,
      instances: 2,
      volume: '2TiB',
      stopGrace: 300,
      health: { delay: 5, gracePeriod: 43_200, interval: 20, timeout: 8, maxFailures: 9 },
      readiness: { interval: 30, timeout: 25, delay: 0 },
      env: { GREETING: 'it is "$HOME" and $(HOME): yes', ON: 'on', TIME: '12:30:45' },
    },
    targets: {
      compose: {
        name: 'shop',
        image: 'postgres:18-alpine',
        shm: '512MiB',
        ports: [5433, 5434],
        address: '192.0.2.7',
        volumes: ['./extra:/srv/extra:ro'],
      },
      kubernetes: {
        name: 'shop',
        namespace: 'db',
        image: 'registry.example.com/postgres:18.1',
        uid: 1000,
        mount: '/data',
        shm: 1024,
        secret: 'shop-login',
        storageClass: 'fast.ssd',
        readiness: 'health',
        spread: 'required',
        volumes: [
          { path: '/etc/ssl/db', secret: 'db-ca' },
          { path: '/srv/wal', claim: 'wal-archive' },
          { path: '/srv/motd', configMap: 'motd' },
        ],
        labels: { team: 'shop', 'example.com/tier': 'read' },
      },
    },
  },
  /** No volume, no secret, nothing fetched: each pod clones again, and shows a certificate. */
  passing: {
    master: {
      hosts: '10.0.0.5',
      tls: { mode: 'verify-ca', rootCert: '/tls/ca.pem', cert: '/tls/me.pem', key: '/tls/me.key' },
    },
    run: { configUrl: null },
    postgresql: { majors: [13] },
    task: {
      instances: 3,
      disk: 51_200,
      port: 6000,
      env: { TOKEN: { secret: 'token' } },
      secrets: { token: { source: 'metrics/token' } },
    },
    targets: { kubernetes: { volumes: [{ path: '/tls', secret: 'tls' }] } },
  },
} satisfies Readonly<Record<string, ReplicaInput>>

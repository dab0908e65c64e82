import pg from 'pg'

export const adminPassword = 'admin'

export type Row = Readonly<Record<string, unknown>>

/** Runs one statement as the superuser over loopback and closes the connection; a silent server is an error. */
export async function query(port: number, text: string, values: readonly unknown[] = []): Promise<Row[]> {
  const client = openClient(port)
  try {
    await client.connect()
    return (await client.query<Row>(text, [...values])).rows
  } finally {
    await client.end().catch(() => undefined)
  }
}

/** A client that stays connected, such as a pool's. */
export interface Session {
  sql(text: string): Promise<Row[]>
  close(): Promise<void>
}

/** Ends with its server without complaint; what is asked afterwards is an error. */
export async function openSession(port: number): Promise<Session> {
  const client = openClient(port)
  try {
    await client.connect()
    await client.query('SELECT 1')
  } catch (error) {
    await client.end().catch(() => undefined)
    throw error
  }
  return {
    sql: async (text) => (await client.query<Row>(text)).rows,
    close: () => client.end().catch(() => undefined),
  }
}

/** Takes one walsender of the master and keeps it until closed; with a slot it streams from that, and says nothing to it. */
export async function holdWalsender(
  port: number,
  password: string,
  slot?: string,
): Promise<{ close(): Promise<void> }> {
  const config = { ...address(port), user: 'replicator', password, replication: 'true' }
  const client = new pg.Client(config)
  client.on('error', () => undefined)
  await client.connect()
  if (slot !== undefined) {
    const { rows } = await client.query<{ xlogpos: string }>('IDENTIFY_SYSTEM')
    // There is no end of what is asked for.
    client.query(`START_REPLICATION SLOT "${slot}" PHYSICAL ${rows[0]?.xlogpos}`).catch(() => undefined)
  }
  return { close: () => client.end().catch(() => undefined) }
}

function openClient(port: number): pg.Client {
  const client = new pg.Client({
    ...address(port),
    user: 'postgres',
    password: adminPassword,
    database: 'postgres',
    // A silent server is an error; a slow machine writes 100 MB, or a checkpoint of 1 GB, in this time.
    query_timeout: 120_000,
  })
  client.on('error', () => undefined)
  return client
}

function address(port: number) {
  return { host: '127.0.0.1', port, connectionTimeoutMillis: 30_000 }
}

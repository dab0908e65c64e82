import { join } from 'node:path'
import { execa } from 'execa'
import { expect, test } from 'vitest'
import { type Folder, head, inFolder, repository } from './cli.js'

const artefacts = [
  'SHA256SUMS',
  'conf/pg_hba.conf',
  'conf/postgresql.conf',
  'master.pg_hba.conf',
  'master.sql',
  'run_rep.map.json',
  'run_rep.sh',
].map((name) => `dist/${name}`)
const files = {
  'replica.config.ts': `${head}export default defineReplica({
  access: [allow.host({ user: 'ärger', from: 'all' })],
  env: { Z: variable.text({ default: 'ü' }), A: variable.flag() },
  steps: [{ name: 'warm', doc: 'warms', file: './warm.sh', after: 'configure' }],
  targets: { marathon: { labels: { b: '1', a: '2', B: '3' } } },
  publish: 'http://files.example/pg',
})
`,
  'warm.sh': 'step_warm() {\n  log INFO "$A $Z"\n}\n',
}

/** The bytes of what is generated. */
async function collect({ run, read }: Folder, env: Record<string, string>, umask: string): Promise<string[]> {
  const texts: string[] = []
  expect(await run(['generate', '-q'], { env, umask })).toMatchObject({ code: 0, err: '' })
  for (const name of [...artefacts, 'marathon.json']) texts.push(await read(name))
  return texts
}

test('folder, time zone, locale and umask change no byte', async () => {
  const one = await inFolder(files, (folder) =>
    collect(folder, { TZ: 'Pacific/Chatham', LC_ALL: 'C', HOME: '/nonexistent' }, '077'),
  )
  const two = await inFolder(files, (folder) =>
    collect(folder, { TZ: 'UTC', LC_ALL: 'tr_TR.UTF-8', LANG: 'de_DE.UTF-8' }, '000'),
  )
  expect(two).toEqual(one)
})

test('what is written can be proven on an agent, and names no place of this machine', async () => {
  const model = { steps: [{ name: 'warm', doc: 'warms', file: './warm.sh', after: 'configure' }] }
  const json = { 'replica.config.json': JSON.stringify(model), 'warm.sh': 'step_warm() {\n  :\n}\n' }
  await inFolder(json, async ({ dir, run, read }) => {
    expect(await run(['generate', '-q'])).toMatchObject({ code: 0, err: '' })
    const dist = join(dir, 'dist')
    const sums = await execa('sha256sum', ['-c', 'SHA256SUMS'], { cwd: dist })
    expect(sums.stdout.split('\n').sort()).toEqual(artefacts.slice(1).map((name) => `${name.slice(5)}: OK`))
    const body = await execa('sh', ['-c', 'sed 1,4d run_rep.sh | sha256sum'], { cwd: dist })
    const script = await read('dist/run_rep.sh')
    expect(script.split('\n')[3]).toContain(body.stdout.slice(0, 64))
    for (const name of [...artefacts, 'marathon.json']) {
      const text = await read(name)
      expect(text, name).not.toContain(dir)
      expect(text, name).not.toContain(repository)
      expect(text, name).not.toMatch(/\{\{|\}\}|\r|[^\n]$/)
    }
  })
})

import { expect, test } from 'vitest'
import { hasTrace, inFolder } from './cli.js'

const app = JSON.stringify({
  id: '/pg',
  cmd: 'sh run_rep.sh',
  instances: 2,
  fetch: [{ uri: 'http://w/run_rep.sh' }],
})

test('a model goes to standard output, and what was wrong to standard error, with its place', async () => {
  await inFolder({ 'app.json': app }, async ({ run, list }) => {
    const { code, out, err } = await run(['import', 'app.json'])
    expect(code).toBe(0)
    expect(out).toContain("import { defineReplica } from 'postgres-rep-marathon'")
    expect(err).toMatch(/^app\.json:1:\d+ warning W_IMPORT_CHANGED: without exec/m)
    expect(await list()).toEqual(['app.json'])
  })
})

test('an existing model is never overwritten', async () => {
  await inFolder({ 'app.json': app }, async ({ run, read }) => {
    expect(await run(['import', 'app.json', '--config', 'replica.config.ts'])).toMatchObject({
      code: 0,
      out: 'wrote replica.config.ts\n',
    })
    const before = await read('replica.config.ts')
    const { code, err } = await run(['import', 'app.json', '--config', 'replica.config.ts'])
    expect(code).toBe(1)
    expect(err).toContain('E_IMPORT_EXISTS')
    expect(await read('replica.config.ts')).toBe(before)
  })
})

test('a model that is written can be generated from', async () => {
  await inFolder({ 'app.json': app }, async ({ run, read }) => {
    expect(await run(['import', 'app.json', '--config', 'replica.config.json'])).toMatchObject({ code: 0 })
    expect(JSON.parse(await read('replica.config.json'))).toMatchObject({
      task: { instances: 2 },
      targets: { marathon: { id: '/pg' } },
    })
    expect(await run(['generate'])).toMatchObject({ code: 0 })
  })
})

test.each([
  ['no JSON', { 'app.json': '{"id": "/pg",}' }, ['app.json'], /app\.json:1:14 error E_SYNTAX/],
  ['an array', { 'app.json': '[]' }, ['app.json'], /E_CONFIG_NOT_OBJECT/],
  ['a file that is not there', {}, ['app.json'], /E_CONFIG_UNREADABLE: cannot read app\.json/],
  [
    'bytes that are no text',
    { 'app.json': new Uint8Array([0xff, 0xfe]) },
    ['app.json'],
    /E_CONFIG_UNREADABLE/,
  ],
  [
    'several apps',
    { 'app.json': '{"apps": [{"id": "/a"}, {"id": "/b"}]}' },
    ['app.json'],
    /E_IMPORT_APP.*several/,
  ],
  [
    'a model that nobody could load',
    { 'app.json': app },
    ['app.json', '--config', 'replica.yaml'],
    /E_CONFIG_EXTENSION/,
  ],
  ['a folder that is a file', { 'app.json': app, f: '' }, ['app.json', '--config', 'f/x.ts'], /E_WRITE/],
])('%s is refused', async (_what, files, args, words) => {
  await inFolder(files, async ({ run, list }) => {
    const outcome = await run(['import', ...args])
    expect(outcome.code).toBe(1)
    expect(outcome.out).toBe('')
    expect(outcome.err).toMatch(words)
    expect(hasTrace(outcome)).toBe(false)
    expect(await list()).toEqual(Object.keys(files).sort())
  })
})

test('without a file it is a mistake of usage', async () => {
  await inFolder({}, async ({ run }) => {
    expect((await run(['import'])).code).toBe(2)
  })
})

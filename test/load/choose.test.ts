import { describe, expect, test } from 'vitest'
import { defineReplicas } from '../../generator/input/environments.js'
import { chooseModels, refuseEnvironments } from '../../generator/load/choose.js'

const choose = (exported: unknown, ...envs: string[]) => chooseModels({ default: exported }, 'r.ts', envs)
const models = defineReplicas({ staging: { task: { mem: 1024 } }, production: {} })

describe('a configuration with models by environment', () => {
  test('gives all of them, or those that are asked for, in its own order', async () => {
    await expect(choose(models)).resolves.toMatchObject({
      models: [
        { env: 'staging', value: { task: { mem: 1024 } } },
        { env: 'production', value: {} },
      ],
      names: ['staging', 'production'],
    })
    await expect(choose(models, 'production')).resolves.toMatchObject({ models: [{ env: 'production' }] })
    await expect(choose(models, 'production', 'staging')).resolves.toMatchObject({
      models: [{ env: 'staging' }, {}],
    })
  })

  test.each([
    ['prodution', 'did you mean production? it has staging and production'],
    ['elsewhere', 'it has staging and production'],
  ])('knows no %s', async (env, hint) => {
    await expect(choose(models, env)).resolves.toMatchObject({ fault: { code: 'E_ENV_UNKNOWN', hint } })
  })

  test.each([
    ['none', {}, 'E_ENV_MISSING'],
    ['a name that is no directory', { '../x': {} }, 'E_ENV_NAME'],
    ['the name of the directory of the configuration files', { conf: {} }, 'E_ENV_NAME'],
    ['two names that differ in case', { staging: {}, Staging: {} }, 'E_ENV_NAME'],
    ['a model that is none', { staging: 5 }, 'E_CONFIG_NOT_OBJECT'],
    ['models in a model', { staging: models }, 'E_CONFIG_NOT_OBJECT'],
  ])('with %s is refused', async (_, given, code) => {
    await expect(choose(defineReplicas(given as object))).resolves.toMatchObject({ fault: { code } })
  })
})

describe('a configuration that is a function', () => {
  test('is called once for each environment, or without any', async () => {
    const give = ({ env }: { env: string | undefined }) => ({ publish: `http://web/${env}` })
    await expect(choose(give)).resolves.toMatchObject({
      models: [{ env: undefined, value: { publish: 'http://web/undefined' } }],
    })
    await expect(choose(give, 'a', 'b')).resolves.toMatchObject({
      models: [
        { env: 'a', value: { publish: 'http://web/a' } },
        { env: 'b', value: { publish: 'http://web/b' } },
      ],
      names: [],
    })
  })

  test.each([
    ['nothing', () => undefined, 'E_CONFIG_NOT_OBJECT'],
    ['a promise of nothing', async () => undefined, 'E_CONFIG_NOT_OBJECT'],
    ['models by environment', () => models, 'E_CONFIG_NOT_OBJECT'],
  ])('that gives %s is refused', async (_, give, code) => {
    await expect(choose(give, 'a')).resolves.toMatchObject({ fault: { code } })
  })

  test('takes no environment whose name is no directory', async () => {
    await expect(choose(() => ({}), '..')).resolves.toMatchObject({ fault: { code: 'E_ENV_NAME' } })
  })
})

test('a promise is awaited wherever a model may stand', async () => {
  const model = Promise.resolve({ publish: 'http://web' })
  const expected = { models: [{ value: { publish: 'http://web' } }] }
  await expect(choose(model)).resolves.toMatchObject(expected)
  await expect(choose(() => model)).resolves.toMatchObject(expected)
  await expect(
    choose(
      Promise.resolve(() => model),
      'a',
    ),
  ).resolves.toMatchObject(expected)
  await expect(choose(defineReplicas({ a: model as object }))).resolves.toMatchObject(expected)
  await expect(choose(async () => Promise.reject(new Error('no')))).rejects.toThrow('no')
})

test('a configuration with one model knows no environment', async () => {
  await expect(choose({})).resolves.toMatchObject({ models: [{ env: undefined, value: {} }], names: [] })
  await expect(choose({}, 'production')).resolves.toEqual(refuseEnvironments('r.ts'))
})

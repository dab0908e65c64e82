import { expect, test } from 'vitest'
import { generate } from '../../generator/generate.js'
import { defineReplicas } from '../../generator/input/environments.js'

const models = defineReplicas({ staging: {}, production: { task: { mem: 4096 } } })

test('defineReplicas gives the models by their names, and shows nothing of its own', () => {
  expect(Object.keys(models)).toEqual(['staging', 'production'])
  expect(JSON.parse(JSON.stringify(models))).toEqual({ staging: {}, production: { task: { mem: 4096 } } })
  expect(models.production.task?.mem).toBe(4096)
  // @ts-expect-error: no model has this key
  defineReplicas({ staging: { tsk: {} } })
  // @ts-expect-error: there is no such model
  expect(models.test).toBeUndefined()
})

test('generate takes one of them, and says so', async () => {
  await expect(generate(models as object)).rejects.toThrow(
    new TypeError(
      'generate takes one model, and got those of defineReplicas: give it one, as models.staging',
    ),
  )
  await expect(generate((() => models.staging) as object)).rejects.toThrow(
    'a function: give it what that returns',
  )
})

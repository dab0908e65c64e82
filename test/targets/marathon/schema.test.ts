import { expect, test } from 'vitest'
import { marathonSchema } from '../../../generator/targets/marathon/schema.js'

test.each([
  [{ instances: 1 }, []],
  [{ backoff: { factor: 0.5 } }, ['backoff', 'factor']],
  [{ constraints: [['hostname']] }, ['constraints', 0]],
  [{ constraints: [['rack', 'LIKE', 'a', 'b']] }, ['constraints', 0]],
  [{ upgrade: { minimumHealthCapacity: 1 } }, ['upgrade', 'maximumOverCapacity']],
  [{ upgrade: { minimumHealthCapacity: 1.1, maximumOverCapacity: 0 } }, ['upgrade', 'minimumHealthCapacity']],
  [{ volume: { size: '5MiB' } }, ['volume']],
])('%j is refused where it is wrong', (section, path) => {
  expect(marathonSchema.safeParse(section).error?.issues.map((issue) => issue.path)).toEqual([path])
})

test('a volume may come from any disk', () => {
  expect(marathonSchema.parse({ volume: { maxSize: '5GiB' } }).volume?.type).toBe('root')
})

import { expect, test } from 'vitest'
import { showPath } from '../../../generator/diagnostics/path.js'
import { judgeBackoff } from '../../../generator/targets/marathon/limits.js'

test.each([
  [{ seconds: 30, max: 3600 }, []],
  [{ seconds: 30, max: 30 }, []],
  [{ seconds: 30, max: 29 }, ['W_APP_BACKOFF targets.marathon.backoff.max']],
  [{ seconds: 3601, max: 3600 }, ['W_APP_BACKOFF targets.marathon.backoff.seconds']],
  [{ seconds: 30, factor: 1, max: 60 }, ['W_APP_BACKOFF targets.marathon.backoff.max']],
  [{ seconds: 30, factor: 1, max: 3600 }, []],
  [{ seconds: 0, max: 3600 }, ['W_APP_BACKOFF targets.marathon.backoff.seconds']],
])('a backoff of %j', (backoff, codes) => {
  const found = judgeBackoff({ factor: 2, ...backoff })
  expect(found.map(({ code, path }) => `${code} ${showPath(path ?? [])}`)).toEqual(codes)
})

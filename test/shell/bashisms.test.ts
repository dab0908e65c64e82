import { expect, test } from 'vitest'
import { bashisms } from './bashisms.js'
import { judge } from './judge.js'

test.each(bashisms)('%s', (text, code) => {
  expect(judge(`:\n${text}`)).toContain(`E_SHELL_${code}:2`)
})

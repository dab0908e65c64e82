import { expect, test } from 'vitest'
import { readRate } from '../../generator/model/rate.js'

test.each<[number | string, number]>([
  [32, 32],
  ['32kB', 32],
  ['50MB', 51_200],
])('%j is %i kB a second', (rate, kilobytes) => {
  expect(readRate(rate)).toBe(kilobytes)
})

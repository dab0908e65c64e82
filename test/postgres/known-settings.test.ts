import { expect, test } from 'vitest'
import { printTypes, readFiles } from '../lab/catalogue.js'

// What the script holds by itself is left out of the declarations.
test('the declarations are those of the catalogue', () => {
  const { data, types } = readFiles()
  expect(types).toBe(printTypes(JSON.parse(data)))
})

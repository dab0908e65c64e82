import { describe, expect, test } from 'vitest'
import { showPath } from '../../../generator/diagnostics/path.js'
import { judgePlaces } from '../../../generator/targets/marathon/places.js'
import { appOf } from './flat.js'

const judge = (flat: object) =>
  judgePlaces(appOf(flat)).map(({ code, path }) => `${code} ${showPath(path ?? [])}`)

const unique = ['hostname', 'UNIQUE']

describe('judgePlaces', () => {
  test.each<[number, string[][], string[]]>([
    [9, [unique], []],
    [2, [unique, ['hostname', 'IS', 'agent1']], ['E_APP_CONSTRAINT targets.marathon.constraints.1']],
    [1, [unique, ['hostname', 'IS', 'agent1']], []],
    [2, [['@hostname', 'CLUSTER', 'agent1'], unique], ['E_APP_CONSTRAINT targets.marathon.constraints.1']],
    [2, [['rack', 'CLUSTER'], unique], []],
    [
      2,
      [
        ['rack', 'CLUSTER'],
        ['rack', 'UNIQUE'],
      ],
      ['E_APP_CONSTRAINT targets.marathon.constraints.1'],
    ],
    [9, [['hostname', 'CLUSTER', 'agent1']], []],
    [3, [unique, ['hostname', 'LIKE', 'agent1|agent2']], ['E_APP_CONSTRAINT targets.marathon.constraints.1']],
    [2, [unique, ['hostname', 'LIKE', 'agent1|agent2']], []],
    [3, [unique, ['hostname', 'LIKE', 'agent1\\.db']], ['E_APP_CONSTRAINT targets.marathon.constraints.1']],
    [3, [unique, ['hostname', 'LIKE', 'agent.']], []],
    [3, [unique, ['hostname', 'UNLIKE', 'agent1']], []],
    [
      5,
      [
        ['rack', 'LIKE', 'a|b'],
        ['rack', 'MAX_PER', '2'],
      ],
      ['E_APP_CONSTRAINT targets.marathon.constraints.1'],
    ],
    [
      4,
      [
        ['rack', 'LIKE', 'a|b'],
        ['rack', 'MAX_PER', '2'],
      ],
      [],
    ],
    [1, [['rack', 'MAX_PER', '0']], ['E_APP_CONSTRAINT targets.marathon.constraints.0']],
    [0, [['rack', 'MAX_PER', '0']], []],
    [
      1,
      [
        ['rack', 'IS', 'a'],
        ['rack', 'IS', 'b'],
      ],
      ['E_APP_CONSTRAINT targets.marathon.constraints.1'],
    ],
  ])('%i tasks, %j', (instances, constraints, codes) => {
    expect(judge({ release: '1.6', instances, constraints })).toEqual(codes)
  })

  test('a fixed port is given once on each host', () => {
    const constraints = [['hostname', 'IS', 'agent1']]
    const app = { release: '1.6', instances: 2, constraints }
    expect(judge(app)).toEqual([])
    expect(judge({ ...app, port: 31_000 })).toEqual(['E_APP_CONSTRAINT targets.marathon.constraints.0'])
  })
})

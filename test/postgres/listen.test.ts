import { describe, expect, test } from 'vitest'
import { showPath } from '../../generator/diagnostics/path.js'
import { judgeListen } from '../../generator/postgres/listen.js'

// Which of them a server of PostgreSQL 15 was seen to listen on stands beside each.
describe('judgeListen', () => {
  test.each<[string[], string[]]>([
    [['*'], []],
    [['localhost'], []],
    [['127.0.0.1', '10.1.1.1', 'fd00::5'], []],
    [['0.0.0.0', '::'], []],
    [['0.0.0.0', 'fd00::5'], []],
    [['::', '127.0.0.1'], []],
    // ::, and 127.0.0.1 alone
    [['127.0.0.1', '*'], ['E_RUN_LISTEN run.listen.1']],
    [['localhost', '*'], ['E_RUN_LISTEN run.listen.1']],
    // 127.0.0.1 alone
    [['127.0.0.1', '0.0.0.0'], ['E_RUN_LISTEN run.listen.1']],
    // ::1 alone, and 127.0.0.1
    [['::1', '::', '127.0.0.1'], ['E_RUN_LISTEN run.listen.1']],
    // all of them
    [['*', '127.0.0.1'], ['W_RUN_LISTEN run.listen.1']],
    [['0.0.0.0', '10.1.1.1'], ['W_RUN_LISTEN run.listen.1']],
    [['*', '::1'], ['W_RUN_LISTEN run.listen.1']],
    [['*', '0.0.0.0'], ['W_RUN_LISTEN run.listen.1']],
    [['127.0.0.1', '127.0.0.1'], ['W_RUN_LISTEN run.listen.1']],
    [['255.255.255.255', '127.1', '10.db', '999.db'], []],
    // none, since it cannot be resolved
    [['999.1.1.1'], ['E_RUN_LISTEN run.listen.0']],
    [['*', '10.0.0.256'], ['E_RUN_LISTEN run.listen.1']],
    [['10.0.0.1.5'], ['E_RUN_LISTEN run.listen.0']],
    [['fd00::12345'], ['E_RUN_LISTEN run.listen.0']],
  ])('%j', (listen, codes) => {
    expect(judgeListen(listen).map(({ code, path }) => `${code} ${showPath(path ?? [])}`)).toEqual(codes)
  })
})

import { setTimeout as sleep } from 'node:timers/promises'

/**
 * Polls `condition` until it answers something truthy and hands that on; gives up with `what` and the last error. What
 * lasts only a moment can be over between two looks, so it must be held first. The limit is for a slow machine.
 */
export async function waitFor<T>(
  what: string | (() => string),
  condition: () => Promise<T | false | undefined> | T | false | undefined,
  limit = 180_000,
): Promise<T> {
  const end = Date.now() + limit
  let last = ''
  for (;;) {
    try {
      const answer = await condition()
      if (answer) return answer
    } catch (error) {
      last = ` (last error: ${error instanceof Error ? error.message : String(error)})`
    }
    if (Date.now() > end) {
      throw new Error(`waited ${limit} ms for ${typeof what === 'string' ? what : what()}${last}`)
    }
    await sleep(50)
  }
}

import { z } from 'zod'

/** How fast a clone may come, within pg_basebackup's own limits; the result of parsing is what was written, for `readRate`. */
export const rateSchema = z
  .union([z.int(), z.string()])
  .refine(isRate, { error: "must be 32 to 1048576 kB a second as a number, or '32kB' to '1024MB'" })
  .describe(
    "How fast the copy may come at most: kB a second, or '50MB' for so much a second; the WAL that is written meanwhile comes besides",
  )

/** kB a second. */
export function readRate(rate: number | string): number {
  if (typeof rate === 'number') return rate
  return Number.parseInt(rate, 10) * (rate.endsWith('MB') ? 1024 : 1)
}

function isRate(rate: number | string): boolean {
  if (typeof rate === 'string' && !/^[1-9]\d*(kB|MB)$/.test(rate)) return false
  return readRate(rate) >= 32 && readRate(rate) <= 1_048_576
}

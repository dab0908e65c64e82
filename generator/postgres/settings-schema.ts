import { z } from 'zod'
import type { ModelPath } from '../diagnostics/path.js'
import { memoryDefaults, usualConnections } from './memory.js'
import type { SettingsInput } from './settings-input.js'

// The grammar of names in guc-file.l: an identifier, or two of them around one dot.
const settingName = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)?$/, 'not the name of a PostgreSQL setting')

const settingValue = z.union([
  z.string().refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text), {
    error: 'a value of postgresql.conf is one line: no line breaks and no control characters',
  }),
  z.number(),
  z.boolean(),
])

const settingRecord = z
  .record(settingName, settingValue)
  .describe('Lines of postgresql.conf, added to the defaults of a replica node or in place of them')

/**
 * Settings of postgresql.conf by name; `''` is an empty value, `true` prints `on`. The names and values are judged by
 * `judgeSettings`, by the majors of the model: hundreds of keys in a schema would cost 50 ms a major.
 */
export const settingsSchema: z.ZodType<z.output<typeof settingRecord>, SettingsInput> = settingRecord

export type Settings = Readonly<z.infer<typeof settingsSchema>>

/** A default with the sentence that stands beside it in the printed file. */
export interface DefaultSetting {
  readonly name: string
  readonly value: Settings[string]
  readonly why: string
  /** The part of the model that it follows from. */
  readonly from?: ModelPath
}

/**
 * What the replica's postgresql.conf says when the model says nothing, but for what follows the memory of the task.
 * Nothing here depends on what is installed on an agent (locales, certificates, time zones), and every name exists since
 * 9.5.
 */
export const steadyDefaults: readonly DefaultSetting[] = [
  {
    name: 'max_connections',
    value: usualConnections,
    why: "run_rep.sh raises it to the master's, if that is higher",
  },
  { name: 'wal_level', value: 'replica', why: 'other replicas may stream from this one' },
  { name: 'max_wal_senders', value: 10, why: "not below the usual master's" },
  { name: 'hot_standby_feedback', value: false, why: 'long queries here must not bloat the master' },
  { name: 'password_encryption', value: 'scram-sha-256', why: 'as pg_hba.conf demands' },
  { name: 'log_line_prefix', value: '%m [%p] %q%u@%d ', why: 'time, process, role and database' },
  { name: 'log_checkpoints', value: true, why: 'restart points tell how fast replay is' },
]

/**
 * The defaults that a model leaves standing, of which two follow the memory of its task (MiB): names compare without case,
 * as in PostgreSQL.
 */
export function keepDefaults(settings: Settings, mem: number): DefaultSetting[] {
  const own = new Set(Object.keys(settings).map((name) => name.toLowerCase()))
  return [...memoryDefaults(settings, mem), ...steadyDefaults].filter(({ name }) => !own.has(name))
}

/** All settings that the printed file holds: the model's own and the defaults it leaves standing. */
export function mergeSettings(settings: Settings, mem: number): Settings {
  const standing = keepDefaults(settings, mem).map(({ name, value }) => [name, value] as const)
  return { ...Object.fromEntries(standing), ...settings }
}

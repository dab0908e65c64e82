import { z } from 'zod'
import { types } from './contract/types.js'

const from = <T extends string>(name: T) =>
  z.literal(name).describe('Who keeps the archive, or how it is read')

const statuses = z.array(z.int().min(1).max(125)).min(1)

const directory = z
  .strictObject({
    from: from('directory'),
    path: types.absolute_path.schema.describe('The directory of the archive, as the agent sees it'),
  })
  .describe('An archive in a directory of the agent')

const http = z
  .strictObject({
    from: from('http'),
    url: types.url.schema
      .refine((url) => !url.includes('?'), {
        error: 'names a directory, without ?: the name of the file comes behind it',
      })
      .describe('The URL below which the archive serves its files; with wget a file has a minute to come'),
  })
  .describe('An archive that is served by HTTP')

const pgbackrest = z
  .strictObject({
    from: from('pgbackrest'),
    stanza: z
      .string()
      .regex(/^[A-Za-z0-9_][\w.-]*$/, 'the name of a stanza: letters, digits, _ . and -')
      .describe('The stanza of the master'),
    config: types.absolute_path.schema.optional().describe('The configuration of the program on the agent'),
  })
  .describe('An archive of pgBackRest')

const walG = z
  .strictObject({
    from: from('wal-g'),
    config: types.absolute_path.schema.optional().describe('The configuration of the program on the agent'),
  })
  .describe('An archive of WAL-G')

const command = z
  .strictObject({
    from: from('command'),
    command: z
      .string()
      .refine(isLine, { error: 'must be one line without control characters' })
      .superRefine((text, context) => {
        for (const message of judgePlaceholders(text)) context.addIssue({ code: 'custom', message })
      })
      .describe(
        'A command of your own, for sh: %f is the name of the file, %p the path to write it to, %r the file of the last restart point, %% a percent sign',
      ),
    missing: statuses
      .default([1])
      .describe('The exit statuses by which it says that the archive has no such file, and nothing else'),
  })
  .describe('An archive of any other kind, by a command of your own')

/** Where a replica finds WAL that its master has removed. */
export const restoreSchema = z
  .discriminatedUnion('from', [directory, http, pgbackrest, walG, command])
  .describe(
    'The archive of the WAL of the master, from which a replica takes what the master has no longer (restore_command)',
  )

export type Restore = z.infer<typeof restoreSchema>

/** What PostgreSQL makes of a percent sign: since 16 one that means nothing ends the server when it is read. */
export const placeholder = /%(.?)/gsu

function judgePlaceholders(text: string): string[] {
  const found = [...text.matchAll(placeholder)].map(([, letter = '']) => letter)
  const strange = found.find((letter) => !['f', 'p', 'r', '%'].includes(letter))
  return [
    ...(strange === undefined ? [] : [`%${strange} means nothing: write %% for a percent sign`]),
    ...['f', 'p'].filter((letter) => !found.includes(letter)).map((letter) => `lacks %${letter}`),
  ]
}

function isLine(text: string): boolean {
  return ![...text].some((character) => character < ' ' || character === '\x7f' || /\p{Cs}/u.test(character))
}

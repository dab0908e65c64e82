import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { build } from '../../generator/commands/build.js'
import { builtinSteps } from '../../generator/model/builtin-steps.js'
import type { ScriptMap } from '../../generator/script/map.js'

const embedded = { name: 'embedded', folder: '', steps: [], ...(await build(undefined)) }
const others = await Promise.all(
  [
    { name: 'rich', config: 'replica.config.ts', steps: ['steps/announce.sh'] },
    { name: 'json', config: 'replica.config.json', steps: [] },
  ].map(async ({ name, config, steps }) => {
    const folder = `test/golden/${name}`
    return { name, folder, steps, ...(await build(join(folder, config))) }
  }),
)
// The lines in it change with every line of a template: compile.test.ts looks whether they are right.
const contents = 'templates/run_rep/contents.sh.hbs'
const isUpdate = process.env.UPDATE_GOLDEN === '1'

// dist/ and marathon.json are those of the embedded model: `npm run check` compares them. Of the script only those
// tables are kept here that are not there already. UPDATE_GOLDEN=1 writes all anew, to be read as a diff.
test.each(others)(
  'the small files of the $name model, and the tables of its script',
  ({ folder, files, values }) => {
    const usual = cut(embedded.files).map(({ text }) => text)
    const isKept = (piece: Piece) =>
      isTable(piece) && piece.source !== contents && !usual.includes(piece.text)
    const tables = cut(files).filter(isKept)
    const wanted: Record<string, string | undefined> = {
      ...Object.assign({}, ...(values?.targets ?? []).map(({ print }) => print())),
      'conf/pg_hba.conf': files['conf/pg_hba.conf'],
      'conf/postgresql.conf': files['conf/postgresql.conf'],
      'master.pg_hba.conf': files['master.pg_hba.conf'],
      'master.sql': files['master.sql'],
      'tables.sh': tables.map(({ source, text }) => `### ${source}\n${text}\n`).join('\n'),
    }
    for (const [name, text = ''] of Object.entries(wanted)) {
      const path = join(folder, name)
      if (isUpdate) writeFileSync(path, text)
      expect(readFileSync(path, 'utf8'), path).toBe(text)
    }
  },
)

describe.each([embedded, ...others])('run_rep.sh of $name', ({ folder, files, steps, diagnostics }) => {
  const script = files['run_rep.sh'] ?? ''
  const pieces = cut(files)
  const rewinds = script.includes('\nrewinds=yes\n')

  test('is a head with the digest of all below it, and pieces with one blank line between two', () => {
    expect(diagnostics.filter(({ code }) => code.startsWith('E_'))).toEqual([])
    const below = pieces.map(({ text }) => `\n${text}\n`).join('')
    const digest = createHash('sha256').update(below).digest('hex')
    const head = readFileSync('templates/run_rep/head.sh.hbs', 'utf8').replace('{{digest}}', digest)
    expect(script).toBe(head + below)
    for (const { text } of pieces) expect(text.trim()).toBe(text)
  })

  test('has every file, in its order', () => {
    // Without steps of the user's there is none that runs in a process of its own; without an archive nobody asks one.
    const hasArchive = !script.includes("restore_command=''")
    const unused = [hasArchive ? 'lib/no-archive.sh' : 'lib/archive.sh']
    if (steps.length === 0) unused.push('lib/own-step.sh')
    unused.push(script.includes("\nwal_dir=''\n") ? 'lib/wal-dir.sh' : 'lib/no-wal-dir.sh')
    unused.push(rewinds ? 'lib/no-rewind.sh' : 'lib/rewind.sh')
    const filesOf = (part: string) =>
      readdirSync(`templates/run_rep/${part}`)
        .map((name) => `${part}/${name}`)
        .filter((name) => !unused.includes(name))
        .sort()
    const inside = (names: readonly string[]) => names.map((name) => `templates/run_rep/${name}`)
    expect(pieces.map(({ source }) => source)).toEqual([
      contents,
      ...inside([
        'constants.sh.hbs',
        'exits.sh.hbs',
        'supervisor.sh.hbs',
        'contract.sh.hbs',
        'recall.sh.hbs',
        'versions.sh.hbs',
        'libpq.sh.hbs',
        'log-words.sh.hbs',
        ...(hasArchive ? ['archive.sh.hbs'] : []),
      ]),
      ...inside([...filesOf('lib'), ...filesOf('types')]),
      ...inside(builtinSteps.map(({ file }) => file).filter((file) => !file.endsWith('.hbs'))),
      ...steps,
      ...inside(['health.sh', 'ready.sh', 'status.sh', 'sequence.sh.hbs', 'needed-tools.sh.hbs', 'main.sh']),
    ])
  })

  test('prints each plain file byte by byte', () => {
    for (const piece of pieces.filter((item) => !isTable(item))) {
      const isOwn = steps.includes(piece.source)
      const file = readFileSync(isOwn ? join(folder, piece.source) : piece.source, 'utf8')
      const mark = isOwn ? `# @step ${/\w+(?=\.sh$)/.exec(piece.source)}\n` : ''
      expect(`${piece.text}\n`, piece.source).toBe(mark + file)
    }
  })
})

interface Piece {
  readonly source: string
  readonly text: string
}

function isTable({ source }: Piece): boolean {
  return source.endsWith('.hbs')
}

/** The script's pieces as its map has them. */
function cut(files: Readonly<Record<string, string>>): Piece[] {
  const lines = (files['run_rep.sh'] ?? '').split('\n')
  const { sources }: ScriptMap = JSON.parse(files['run_rep.map.json'] ?? '{"sources": []}')
  return sources.map(({ source, lines: [from, to] }) => ({
    source,
    text: lines.slice(from - 1, to).join('\n'),
  }))
}

import { codes } from '../diagnostics/codes.js'
import { isError } from '../diagnostics/diagnostic.js'
import { digestOf } from '../script/print.js'
import { targets } from '../targets/all.js'
import { type Content, element } from './markup.js'
import type { Page, Section } from './page.js'
import { code, pairs, paragraph, table } from './parts.js'

/** A proof on the script, as `prove` has it. */
export interface ProofRow {
  readonly what: string
  readonly by: string
  readonly version: string
  readonly result: 'passed' | 'failed' | 'not run'
  readonly detail: string
}

/** What the compiler has to say against the model; undefined when that is nothing. */
export function findingsSection({ diagnostics, showPart }: Page): Section | undefined {
  if (diagnostics.length === 0) return undefined
  const all: Readonly<Record<string, string>> = Object.assign(
    {},
    codes,
    ...Object.values(targets).map((target) => target.codes),
  )
  return {
    id: 'findings',
    title: 'Findings',
    content: element(
      'div',
      { class: 'cards' },
      diagnostics.map((finding) =>
        element(
          'article',
          { class: isError(finding) ? 'bad' : 'wait' },
          element('h3', {}, code(finding.code)),
          paragraph(finding.message),
          pairs([
            [
              'In the model',
              finding.path === undefined || finding.path.length === 0 ? undefined : showPart(finding.path),
            ],
            ['What to do', finding.hint],
            ['Why it matters', all[finding.code]],
          ]),
        ),
      ),
    ),
  }
}

/** What was proven of the script before it was printed. */
export function proofsSection({ proofs }: Page): Section {
  const rows = proofs.map(({ what, by, version, result, detail }): Content[] => [
    what,
    element('span', { class: result === 'passed' ? 'good' : result === 'failed' ? 'bad' : 'wait' }, result),
    `${by} ${version}`.trim(),
    detail,
  ])
  return {
    id: 'proofs',
    title: 'Proofs',
    content: [
      paragraph(
        'Each is a computation on the text of the script. ',
        code('prove'),
        ' runs them again, on any machine and any run_rep.sh.',
      ),
      table('Proofs', ['What', 'Result', 'By', 'Looked at'], rows),
    ],
  }
}

/** All files with their digests, as `sha256sum -c` has them. */
export function digestsSection({ files }: Page): Section {
  const rows = Object.entries(files)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, text]): Content[] => [code(name), code(digestOf(text)), String(Buffer.byteLength(text))])
  return {
    id: 'digests',
    title: 'Files and digests',
    content: [
      paragraph('Where the files lie, ', code('sha256sum -c SHA256SUMS'), ' compares them.'),
      table('Files and digests', ['File', 'SHA-256', 'Bytes'], rows),
    ],
  }
}

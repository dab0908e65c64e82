import { posix } from 'node:path'
import { builtinSteps } from '../model/builtin-steps.js'
import { listTypeFiles } from '../model/contract/types.js'
import type { Replica } from '../model/replica.js'
import { findLasting, type Lasting } from '../steps/lasting.js'
import { renderLines, renderTemplate } from '../template.js'
import { lowerContents, lowerReplica, type View } from './lower.js'
import { type Chunk, digestOf, type PrintedScript, printScript } from './print.js'
import { type Design, type Sources, templateOf } from './sources.js'

/** The script's pieces in the order of the script, but for the two that are printed from its analysis. */
export interface Parts {
  /** Tables printed from the model, plain shell, the user's steps, the other sub-commands. */
  readonly above: readonly Chunk[]
  /** Behind the list of tools: what calls all the rest. */
  readonly end: Chunk
  /** The sources among them that are step files of the user's. */
  readonly own: ReadonlySet<string>
  readonly lasting: Lasting
}

/** Needed only where a step of the user's runs in a process of its own. */
const ownStepFile = 'run_rep/lib/own-step.sh'
/** Needed only where data is rewound. */
const rewindFile = 'run_rep/lib/rewind.sh'
const noRewindFile = 'run_rep/lib/no-rewind.sh'

/** Only one of them stands in a script: whether a replica has an archive. */
const archiveFile = 'run_rep/lib/archive.sh'
const noArchiveFile = 'run_rep/lib/no-archive.sh'

/** The same of pg_wal on another disk. */
const walDirFile = 'run_rep/lib/wal-dir.sh'
const noWalDirFile = 'run_rep/lib/no-wal-dir.sh'

/** Which files make up the script, and in which order: helpers first, then the steps in the order of the run. */
export function listParts({ model, contract }: Design, sources: Sources): Parts {
  const modelDigest = digestOf(stringifySorted(model)).slice(0, 16)
  const lasting = findLasting(model.steps, sources.stepFiles)
  const views = lowerReplica(model, contract, { modelDigest, lastingSteps: lasting.steps })
  const table = (name: string) => renderTable(sources, name, views[name] ?? {})
  const plain = (name: string): Chunk => ({
    source: `templates/${name}`,
    text: templateOf(sources, name),
  })
  const hasArchive = model.restore !== undefined
  const unused = new Set([
    hasArchive ? noArchiveFile : archiveFile,
    ...(lasting.steps.length < model.steps.length ? [] : [ownStepFile]),
    model.run.onDiverged === 'rewind' ? noRewindFile : rewindFile,
    model.clone.walDir === undefined ? walDirFile : noWalDirFile,
  ])
  const library = Object.keys(sources.templates).filter(
    (name) => /^run_rep\/lib\/.*\.sh$/.test(name) && !unused.has(name),
  )
  const types = listTypeFiles(contract.map(({ type }) => type)).map((name) => `run_rep/${name}`)
  const steps = builtinSteps.map(({ file }) => `run_rep/${file}`).filter((name) => name.endsWith('.sh'))
  const own = [...new Set(model.steps.map(({ file }) => file))].map((file) => ownChunk(file, model, sources))
  return {
    above: [
      ...[
        'constants.sh.hbs',
        'exits.sh.hbs',
        'supervisor.sh.hbs',
        'contract.sh.hbs',
        'recall.sh.hbs',
        'versions.sh.hbs',
        'libpq.sh.hbs',
        'log-words.sh.hbs',
        ...(hasArchive ? ['archive.sh.hbs'] : []),
      ].map(table),
      ...[...library, ...types, ...steps].map(plain),
      ...own,
      ...['run_rep/health.sh', 'run_rep/ready.sh', 'run_rep/status.sh'].map(plain),
      table('sequence.sh.hbs'),
    ],
    end: plain('run_rep/main.sh'),
    own: new Set(own.map(({ source }) => source)),
    lasting,
  }
}

/** The pieces without the user's: what a step file is judged against. */
export function listBuiltin({ above, end, own }: Parts, sources: Sources): readonly Chunk[] {
  return [...above, renderTools(sources, []), end].filter(({ source }) => !own.has(source))
}

/** What is printed from the analysis of the script: the list of tools, and the contents with their lines. */
export interface Late {
  readonly tools: readonly string[]
  readonly contents: View
}

/** The whole script; before its analysis with no tools, and contents that name no lines but have as many. */
export function joinParts({ above, end }: Parts, sources: Sources, { tools, contents }: Late): PrintedScript {
  const head = templateOf(sources, 'run_rep/head.sh.hbs')
  const listing = renderTable(sources, 'contents.sh.hbs', contents)
  const chunks = [listing, ...above, renderTools(sources, tools), end]
  return printScript(chunks, (digest) => renderTemplate(head, { digest }))
}

/** What `joinParts` takes before anything is known of the script. */
export function nothingLate(model: Replica): Late {
  return { tools: [], contents: lowerContents(model) }
}

function renderTools(sources: Sources, tools: readonly string[]): Chunk {
  return renderTable(sources, 'needed-tools.sh.hbs', { tools })
}

function renderTable(sources: Sources, name: string, view: View): Chunk {
  const { text, lines } = renderLines(templateOf(sources, `run_rep/${name}`), view)
  return { source: `templates/run_rep/${name}`, text, sourceLines: lines }
}

// A file of several steps marks them itself.
function ownChunk(file: string, model: Replica, { stepFiles }: Sources): Chunk {
  const text = stepFiles[file] ?? ''
  const unmarked = model.steps.find(
    (step) => step.file === file && !new RegExp(`^\\s*#\\s*@step\\s+${step.name}(\\s|$)`, 'm').test(text),
  )
  const heading = unmarked === undefined ? {} : { heading: `# @step ${unmarked.name}` }
  return { source: posix.normalize(file), text, ...heading }
}

function stringifySorted(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  )
}

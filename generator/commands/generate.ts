import type { StartedTarget } from '../compile/targets.js'
import { type Diagnostic, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { readIfThere, writeFiles } from '../write.js'
import { build } from './build.js'
import { type AddCommand, addWithArtefacts, exits, findConfig, type Options, placeFiles } from './options.js'
import { report } from './report.js'

export const addGenerate: AddCommand = (program, end) =>
  addWithArtefacts(
    program,
    ['generate', 'write the artefacts; nothing is written when anything is wrong'],
    async (config, options) => end(await generate(config, options)),
  )

/** Compiles the model and writes the artefacts; writes nothing when there is an error. Gives the exit code. */
export async function generate(config: string | undefined, options: Options): Promise<number> {
  const { files, values, diagnostics: found, placeOf } = await build(findConfig(config))
  const updates = (values?.targets ?? []).flatMap((target) => judgeUpdate(target, options))
  const placed = updates.map((fault): Diagnostic => {
    const place = placeOf(fault.path ?? [])
    return place === undefined ? fault : { ...fault, place }
  })
  const diagnostics = sortDiagnostics([...found, ...placed])
  if (Object.keys(files).length === 0) {
    report(diagnostics, options)
    return exits.refused
  }
  try {
    const changed = writeFiles(placeFiles(files, options))
    report(diagnostics, options)
    if (options.json !== true && options.github !== true) {
      process.stdout.write(changed.length === 0 ? 'nothing changed\n' : `wrote ${changed.join(', ')}\n`)
    }
    return exits.done
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error)
    const fault: Diagnostic = { code: 'E_WRITE', message, hint: 'nothing was written' }
    report([...diagnostics, fault], options)
    return exits.refused
  }
}

// The files of the last time; one that cannot be read is found when it is to be written.
function judgeUpdate({ print, judgeUpdate: judge }: StartedTarget, options: Options): readonly Diagnostic[] {
  if (judge === undefined) return []
  const before = Object.keys(print()).flatMap((name): [string, string][] => {
    const [path = ''] = Object.keys(placeFiles({ [name]: '' }, options))
    try {
      const text = readIfThere(path)
      return text === undefined ? [] : [[name, text]]
    } catch {
      return []
    }
  })
  return judge(Object.fromEntries(before))
}

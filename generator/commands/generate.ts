import { readFileSync } from 'node:fs'
import { type Diagnostic, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { judgeResize } from '../marathon/resident.js'
import { writeFiles } from '../write.js'
import { build } from './build.js'
import { exits, findConfig, type Options, placeFiles } from './options.js'
import { report } from './report.js'

/** Compiles the model and writes the artefacts; writes nothing when there is an error. Gives the exit code. */
export async function generate(config: string | undefined, options: Options): Promise<number> {
  const { files, values, diagnostics: found, placeOf } = await build(findConfig(config))
  const resized = judgeResize(readJson(options.app), values?.app).map((fault): Diagnostic => {
    const place = placeOf(fault.path ?? [])
    return place === undefined ? fault : { ...fault, place }
  })
  const diagnostics = sortDiagnostics([...found, ...resized])
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

// The app of the last time: whatever lies there and is none says nothing.
function readJson(path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}

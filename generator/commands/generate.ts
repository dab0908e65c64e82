import { writeFiles } from '../write.js'
import { build } from './build.js'
import { exits, type Options, placeFiles } from './options.js'

/** Compiles the model and writes the artefacts; writes nothing when there is an error. Gives the exit code. */
export async function generate(config: string | undefined, options: Options): Promise<number> {
  const { files } = await build(config, options)
  if (Object.keys(files).length === 0) return exits.refused
  try {
    const changed = writeFiles(placeFiles(files, options))
    if (options.json !== true) {
      process.stdout.write(changed.length === 0 ? 'nothing changed\n' : `wrote ${changed.join(', ')}\n`)
    }
    return exits.done
  } catch (error) {
    process.stderr.write(`cannot write: ${error instanceof Error ? error.message : String(error)}\n`)
    return exits.refused
  }
}

import { type Compiled, compileReplica } from '../../generator/compile/compile.js'
import type { Diagnostic } from '../../generator/diagnostics/diagnostic.js'
import { showPath } from '../../generator/diagnostics/path.js'
import type { ReplicaInput } from '../../generator/input/replica-input.js'
import { readTemplates } from '../../generator/load/templates.js'
import type { Sources } from '../../generator/script/sources.js'

const templates = readTemplates()

/** Compiles a model with the package's own templates, as the command line does. */
export function compile(model: ReplicaInput | object = {}, sources: Partial<Sources> = {}): Compiled {
  return compileReplica(model, { templates, stepFiles: {}, docs: {}, ...sources })
}

/** The findings as `code path` or `code file:line:column`. */
export function list(diagnostics: readonly Diagnostic[]): string[] {
  return diagnostics.map(({ code, path, place, line }) => {
    const part = path === undefined ? line : showPath(path)
    const at = place === undefined ? part : `${place.file}:${place.line}:${place.column}`
    return at === undefined ? code : `${code} ${at}`
  })
}

/** A step as a model names it. */
export function stepOf(name: string, file = `./${name}.sh`) {
  return { name, doc: `what ${name} is for`, file, before: 'serve' }
}

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import ts from 'typescript'

/** An object of Kubernetes as it stands in a file. */
export interface KubernetesObject {
  readonly apiVersion: string
  readonly kind: string
}

/** What Kubernetes' own schemas say of the values of an object (kubernetes-models); undefined: nothing. */
export function findWrongValue(object: KubernetesObject): string | undefined {
  const models: unknown = createRequire(import.meta.url)(moduleOf(object))
  const Model = Object(models)[object.kind]
  if (typeof Model !== 'function') return `there is no ${object.kind} in ${object.apiVersion}`
  try {
    new Model(object).validate()
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

/** The names that no schema knows: validators let those pass, as an API server of old did, but types do not. */
export function findUnknownNames(objects: readonly KubernetesObject[]): string[] {
  const texts = objects.map((object, index) => {
    const { kind } = object
    return `import type { I${kind} as T${index} } from '${moduleOf(object)}'\nexport const o${index}: T${index} = ${JSON.stringify(object)}\n`
  })
  const file = join(process.cwd(), 'objects.ts')
  const options: ts.CompilerOptions = {
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    types: [],
  }
  const host = ts.createCompilerHost(options)
  const read = host.getSourceFile.bind(host)
  host.getSourceFile = (name, version, ...rest) =>
    name === file ? ts.createSourceFile(name, texts.join(''), version) : read(name, version, ...rest)
  host.fileExists = (name) => name === file || ts.sys.fileExists(name)
  host.readFile = (name) => (name === file ? texts.join('') : readFileSync(name, 'utf8'))
  const program = ts.createProgram([file], options, host)
  return ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'))
}

function moduleOf({ apiVersion }: KubernetesObject): string {
  return `kubernetes-models/${apiVersion}`
}

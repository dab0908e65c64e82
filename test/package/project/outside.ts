import {
  type Diagnostic,
  defineReplica,
  type Generated,
  type GenerateOptions,
  generate,
  type Place,
  type ReplicaInput,
} from 'postgres-rep-marathon'
import { replica } from './model.js'

// Not Node's types: a program needs none of them to use ours.
declare const process: { readonly stdout: { write(text: string): void } }

/** A model with one step of its own. */
function withStep(name: string, file: string): ReplicaInput {
  return defineReplica({ steps: [{ name, doc: 'is tried', file, after: 'configure' }] })
}

/** Findings as `code path file:line:column`. */
async function listFindings(model: ReplicaInput, options?: GenerateOptions): Promise<string[]> {
  const { files, diagnostics }: Generated = await generate(model, options)
  const say = ({ file, line, column }: Place) => `${file}:${line}:${column}`
  const show = ({ code, path, place }: Diagnostic) =>
    [code, path?.join('.'), place && say(place)].filter(Boolean).join(' ')
  const names = Object.keys(files)
  return names.length === 0 ? diagnostics.map(show) : [...diagnostics.map(show), `${names.length} files`]
}

/** Calls that no program should make: each must be refused in words. */
async function listRefusals(): Promise<string[]> {
  const calls: (() => Promise<Generated>)[] = [
    // @ts-expect-error: a model is needed
    () => generate(),
    // @ts-expect-error: not the name of a file
    () => generate('replica.config.ts'),
    // @ts-expect-error: not a list of models
    () => generate([replica]),
    // @ts-expect-error: the model itself, not a promise of it
    () => generate(Promise.resolve({})),
    // @ts-expect-error: options are an object
    () => generate(replica, 'steps'),
    // @ts-expect-error: there is no such option
    () => generate(replica, { basedir: 'steps' }),
    // @ts-expect-error: a path is text
    () => generate(replica, { baseDir: 1 }),
  ]
  const ends = await Promise.allSettled(calls.map((call) => call()))
  return ends.map((end) => (end.status === 'rejected' ? String(end.reason) : 'taken'))
}

/** What package.test.ts looks at. */
export interface Outcome {
  readonly whole: Generated
  readonly findings: Readonly<Record<string, readonly string[]>>
  readonly refusals: readonly string[]
}

async function main(): Promise<void> {
  const outcome: Outcome = {
    whole: await generate(replica),
    findings: {
      'another folder for steps': await listFindings(withStep('quiet', './quiet.sh'), { baseDir: 'steps' }),
      'a rule that is broken': await listFindings({ task: { stopGrace: 1 } }),
      // @ts-expect-error: no model has such a key
      'a key that no model has': await listFindings({ apps: {} }),
      'a step file that is missing': await listFindings(withStep('gone', './steps/gone.sh')),
      'a step file that is a directory': await listFindings(withStep('folder', './steps/folder.sh')),
      'a step that is refused': await listFindings(withStep('bad', './bad.sh'), { baseDir: 'steps' }),
      'a folder that is not there': await listFindings(withStep('quiet', './quiet.sh'), { baseDir: 'none' }),
    },
    refusals: await listRefusals(),
  }
  process.stdout.write(JSON.stringify(outcome))
}

main()

import { resolve } from 'node:path'
import { type Diagnostic, isError, sortDiagnostics } from '../diagnostics/diagnostic.js'
import { type Built, buildAll } from './build.js'
import { findConfigs, usualNames } from './find-config.js'
import { judgeShared } from './judge-shared.js'
import { mergeFindings } from './merge-findings.js'
import { exits, isStdout, type Options } from './options.js'
import { judgePlaces, placeOf, type Where } from './place-files.js'

/** The models that a command was asked for, each with the places of its files; or with which code it ends, and why. */
export type Plan =
  | {
      readonly kind: 'plan'
      readonly models: readonly Planned[]
      /** All files that they were made from: absolute. */
      readonly dependencies: readonly string[]
    }
  | {
      readonly kind: 'refused'
      readonly diagnostics: readonly Diagnostic[]
      /** What could not be judged, and why. */
      readonly note?: string | undefined
      readonly code: number
      readonly dependencies: readonly string[]
    }

export interface Planned {
  readonly built: Built & Required<Pick<Built, 'values'>>
  readonly where: Where
}

/** Finds, loads and compiles all that is asked for. One model that is refused refuses all of them. */
export async function plan(configs: readonly string[], options: Options): Promise<Plan> {
  const found = findConfigs(configs, options.embedded)
  if (found.kind === 'fault')
    return {
      kind: 'refused',
      diagnostics: [found.fault],
      code: exits.refused,
      dependencies: usualNames.map((name) => resolve(name)),
    }
  const all = await buildAll(found.configs, options.env ?? [])
  const dependencies = [...new Set(all.flatMap((built) => built.dependencies))]
  const refuse = (diagnostics: readonly Diagnostic[], code: number): Plan => ({
    kind: 'refused',
    diagnostics,
    code,
    dependencies,
  })
  const models = all.flatMap((built) => {
    const { values } = built
    const app = options.app !== undefined && isStdout(options.app) ? '-' : options.app
    return values === undefined
      ? []
      : [
          {
            built: { ...built, values, diagnostics: withShared(built, all) },
            where: placeOf(built, { out: options.out, app }),
          },
        ]
  })
  if (models.length < all.length)
    return {
      kind: 'refused',
      diagnostics: mergeFindings(all.map((built) => [built, built.diagnostics])),
      note: all.find(({ notJudged }) => notJudged !== undefined)?.notJudged,
      code: exits.refused,
      dependencies,
    }
  const faults = judgePlanned(models, options)
  return faults.some(isError) ? refuse(faults, exits.usage) : { kind: 'plan', models, dependencies }
}

function withShared(built: Built, all: readonly Built[]): Diagnostic[] {
  return sortDiagnostics([...built.diagnostics, ...judgeShared(built, all)])
}

function judgePlanned(models: readonly Planned[], { app }: Options): Diagnostic[] {
  if (models.length > 1 && app !== undefined) {
    const message = `--app is for one model, and there are ${models.length}`
    return [{ code: 'E_OUT_TWICE', message, hint: 'choose one by --env' }]
  }
  const [first] = models
  if (app !== undefined && isStdout(app) && first?.built.files['marathon.json'] === undefined) {
    const message = `--app ${app} is for the Marathon app, which this model does not print`
    return [{ code: 'E_OUT_NONE', message, hint: 'print another file by --stdout' }]
  }
  return judgePlaces(models.map(({ built, where }) => [built, where]))
}

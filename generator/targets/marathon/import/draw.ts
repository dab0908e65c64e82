import type { Diagnostic } from '../../../diagnostics/diagnostic.js'
import type { ModelPath } from '../../../diagnostics/path.js'
import { similarTo } from '../../../similar.js'
import type { AppFile } from './app-file.js'
import type { Draft, Taking } from './draft.js'
import { takeMissing } from './missing.js'
import { keepSecretsOut } from './secrets.js'
import { answerKeys, takers } from './takers.js'

/** Makes a draft of the model from an app, with a finding for all that is not simply taken over. */
export function drawModel({ app, base }: AppFile): {
  readonly draft: Draft
  readonly findings: readonly Diagnostic[]
} {
  const draft: Draft = {}
  const findings: Diagnostic[] = []
  const takingAt = (...keys: readonly string[]): Taking => {
    const path = [...base, ...keys]
    const report = (code: Diagnostic['code']) => (message: string, hint?: string) => {
      findings.push({ code, path, message, ...(hint !== undefined && { hint }) })
    }
    return {
      app,
      draft,
      set: (to, value) => setAt(draft, to, value),
      reform: report('W_IMPORT_FORM'),
      lose: report('W_IMPORT_LOST'),
      change: report('W_IMPORT_CHANGED'),
    }
  }
  if (base.length > 0) takingAt().reform('POST and PUT take the bare app; this is what a GET answers')
  for (const [key, value] of Object.entries(app)) {
    // Old releases print every optional member, as null (FieldVisitor.scala takes it for absent).
    if (value === null || answerKeys.has(key)) continue
    const take = Object.hasOwn(takers, key) ? takers[key] : undefined
    if (take !== undefined) {
      take(value, takingAt(key))
      continue
    }
    const like = similarTo(key, Object.keys(takers))
    const hint = like === undefined ? undefined : `did you mean ${like}?`
    takingAt(key).lose(`Marathon has no ${key}, or a replica no use for it`, hint)
  }
  takeMissing(takingAt())
  keepSecretsOut(draft, (key) => takingAt(...(Object.hasOwn(app, key) ? [key] : [])))
  return { draft, findings }
}

function setAt(target: Draft, [first = '', ...rest]: ModelPath, value: unknown): void {
  if (rest.length === 0) {
    target[first] = value
    return
  }
  const inner = target[first]
  const next: Draft = typeof inner === 'object' && inner !== null ? (inner as Draft) : {}
  target[first] = next
  setAt(next, rest, value)
}

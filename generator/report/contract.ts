import { taskEnv } from '../model/replica.js'
import { listConstants } from '../script/lower.js'
import type { Content } from './markup.js'
import type { Page, Section } from './page.js'
import { code, idOf, paragraph, table } from './parts.js'

/** The environment that a task takes: who sets what, and what it is in this model. */
export function contractSection({ values, showPart }: Page): Section {
  const { model, map } = values
  const given = taskEnv(model)
  const names = Object.keys(map.variables)
  const rows = Object.entries(map.variables).map(([name, variable]): Content[] => {
    const value = given[name]
    const usual = variable.required ? 'none: a run without it ends with 78' : (variable.default ?? 'nothing')
    return [
      code(name),
      [variable.doc, variable.secret ? ' It is a secret.' : ''],
      value === undefined
        ? undefined
        : variable.secret || typeof value !== 'string'
          ? 'a secret'
          : code(value),
      variable.default === undefined ? usual : code(usual),
      variable.what,
      [setters[variable.setBy], variable.model === undefined ? '' : `: ${showPart(variable.model)}`],
    ]
  })
  return {
    id: 'contract',
    title: 'The contract: variables',
    content: [
      paragraph(
        'What the script reads from its environment. The first step looks at all of them, and names every fault at once.',
      ),
      table(
        'Variables',
        ['Variable', 'What for', 'Here', 'By default', 'Holds', 'Set by'],
        rows,
        names.map((name) => idOf('variable', name)),
      ),
    ],
  }
}

const setters = {
  operator: 'the operator',
  supervisor: 'the supervisor',
  libpq: 'the operator, for libpq',
} as const

/** What the model compiles into the script, and no environment changes. */
export function constantsSection({ values, showPart }: Page): Section {
  const rows = listConstants(values.model).map(({ name, path, value }): Content[] => [
    code(name),
    code(String(value)),
    showPart(path),
    code(`run_rep.sh:${values.map.constants[name]?.line ?? 0}`),
  ])
  return {
    id: 'constants',
    title: 'Limits and choices',
    content: [
      paragraph(
        'What the model compiles into the script. To change one, change the model and generate again.',
      ),
      table('Limits and choices', ['Name in the script', 'Value', 'In the model', 'Line'], rows),
    ],
  }
}

import type { Constant } from './script.js'

/** Constants of the script whose value is not the one that the model has, as the model has it. */
const inModel: Readonly<Record<string, (value: string) => string>> = {
  // A file of it is a quarter.
  log_file_kb: (value) => scale(value, 256),
  ready_bytes: (value) => scale(value, 1_048_576),
  sync_database: (value) => (value === '' ? '' : 'true'),
}

/**
 * What the constants of a script say, in the terms of the model. One that is empty is as good as one that an earlier
 * version did not have: nothing was asked for.
 */
export function readOptions(constants: ReadonlyMap<string, Constant>): ReadonlyMap<string, Constant> {
  const isRewound = constants.get('rewinds')?.value === 'yes'
  const options = [...constants]
    .flatMap(([name, one]) =>
      name === 'on_diverged' ? readDiverged(one, isRewound) : [[name, one] as const],
    )
    .map(([name, one]) => [name, { ...one, value: inModel[name]?.(one.value) ?? one.value }] as const)
  return new Map(options.filter(([name, { value }]) => value !== '' && name !== 'rewinds'))
}

// Data that is rewound has two of one key: whether, and what becomes of it otherwise.
function readDiverged(one: Constant, isRewound: boolean): (readonly [name: string, one: Constant])[] {
  const model = 'run.onDiverged'
  if (!isRewound) return [['on_diverged', { ...one, model }]]
  return [
    ['on_diverged', { value: 'rewind', model }],
    ['rewind_otherwise', { ...one, model: 'rewind.otherwise' }],
  ]
}

// What was edited by hand is no number, perhaps.
function scale(value: string, unit: number): string {
  return /^\d+$/.test(value) ? String(Number(value) / unit) : value
}

/** What each exit code of the command line says, for its help, its manual and `explain`. */
export const exitCodes: readonly (readonly [code: number, means: string])[] = [
  [0, 'done'],
  [1, 'refused: the model, the script, or what was to be read or written'],
  [2, 'the command line was wrong'],
  [3, 'a generated file is not what the model gives (check), or something differs (diff)'],
]

/** What each exit code of the command line says, for its help, its manual and `explain`. */
export const exitCodes: readonly (readonly [code: number, means: string])[] = [
  [0, 'done'],
  [1, 'refused: a fault in the model or the script, or a file that cannot be read or written'],
  [2, 'the command line was wrong'],
  [3, 'a generated file is not what the model gives (check), or something differs (diff)'],
]

/**
 * A part of the model, or of another file of nested objects: its keys and indexes from the outside in, as zod gives them;
 * [] is all of it. Never one text: a key may hold dots itself, as the setting `pg_stat_statements.max`.
 */
export type ModelPath = readonly (string | number)[]

/**
 * Writes a path as it reads: pathTo`task.env.${name}`. The text is split at its dots; what is filled in is one key, whatever
 * it holds, or a path.
 */
export function pathTo(
  text: TemplateStringsArray,
  ...filled: readonly (string | number | ModelPath)[]
): ModelPath {
  return text.flatMap((piece, index) => [
    ...piece.split('.').filter((key) => key !== ''),
    ...[filled[index] ?? []].flat(),
  ])
}

/** Shows a path to a person: `access.0.from`; a key that is no plain word stands in brackets, as TypeScript has it. */
export function showPath(path: ModelPath): string {
  return path
    .map((key, index) => {
      if (!/^[\w-]+$/.test(String(key))) return `[${JSON.stringify(key)}]`
      return index === 0 ? String(key) : `.${key}`
    })
    .join('')
}

import { readFileSync } from 'node:fs'
import { type ContractType, listTypeFiles } from '../../../generator/model/contract/types.js'
import { runWithBytes, type Shell } from '../../shells.js'

/** What a shell says of each value, all in one process: true where the type's check returned 0. */
export async function judgeInShell(
  shell: Shell,
  type: ContractType,
  values: readonly Uint8Array[],
  env: Readonly<Record<string, string>> = {},
): Promise<boolean[]> {
  const { stdout, stderr } = await runWithBytes([...shell.argv, '-c', printJudge(type), 'sh'], values, {
    env,
  })
  if (stderr.length > 0) throw new Error(`${shell.name}: ${stderr}`)
  return [...stdout.toString('latin1').replaceAll('\n', '')].map((verdict) => verdict === '1')
}

/** Every value to the check; a check that printed anything would spoil the row of digits. */
function printJudge(type: ContractType): string {
  return `set -eu
LC_ALL=C
export LC_ALL
${listTypeFiles([type]).map(readTemplate).join('\n')}
verdicts=
for value in "$@"; do
  if ${type.check} "$value" ${type.args.join(' ')}; then verdicts=\${verdicts}1; else verdicts=\${verdicts}0; fi
done
printf '%s\\n' "$verdicts"
`
}

export function readTemplate(file: string): string {
  return readFileSync(new URL(`../../../templates/run_rep/${file}`, import.meta.url), 'utf8')
}

import { parse as parseBySecond } from 'sh-syntax'
import { expect, test } from 'vitest'
import { parseShell, walk } from '../../generator/shell/parse.js'

function expansionsOf(text: string): string[] {
  const shell = parseShell(text)
  const found: string[] = []
  walk(shell, (node) => {
    if (node.type !== 'SimpleExpansion' && node.type !== 'ParameterExpansion') return true
    const { line, column } = shell.place(node)
    found.push(`${node.text}@${line}:${column}`)
    return true
  })
  return found
}

test('walk reaches every place that can hold an expansion', () => {
  const text = [
    'f() { a "$1"; } >"$2"',
    'case $3 in "$4") b=$5 ;; esac',
    'cat <<E',
    '$6 $(c "$7")',
    'E',
    'for x in "$8"; do :; done',
    ': "${y:-"$9"}" $((z + ${w}))',
  ].join('\n')
  expect(expansionsOf(text)).toEqual([
    '$1@1:10',
    '$2@1:19',
    '$3@2:6',
    '$4@2:13',
    '$5@2:20',
    '$6@4:1',
    '$7@4:9',
    '$8@6:11',
    '${y:-"$9"}@7:4',
    '$9@7:10',
    '${w}@7:23',
  ])
})

test('the text of a quoted here-document and of single quotes is no shell', () => {
  expect(expansionsOf("cat <<'E'\n$a\nE\necho '$b'")).toEqual([])
})

test('a quoted trap is parsed in its place', () => {
  expect(expansionsOf(':\ntrap \'rm "$x"\nls "$y"\' EXIT TERM')).toEqual(['$x@2:11', '$y@3:5'])
})

test.each(['trap - EXIT', "trap '' TERM", 'trap 1 2', 'trap "rm $x" EXIT', "trap 'a'"])(
  '%s has no body',
  (text) => {
    expect(parseShell(text).all('Script')).toHaveLength(1)
  },
)

test('a trap whose action is a bare word calls it', () => {
  const shell = parseShell('trap on_exit EXIT')
  expect(shell.all('Command').map(({ node }) => node.name?.value)).toEqual(['trap', 'on_exit'])
})

test('an escaped backtick script has the place of its backtick', () => {
  expect(expansionsOf(':\n: "`a \\`b "$x"\\``"')).toEqual(['$x@2:4'])
})

test('a fault has a line and does not throw', () => {
  const { errors } = parseShell('a\nif b; then\n')
  expect(errors.length).toBeGreaterThan(0)
  expect(errors[0]?.line).toBe(3)
})

test('a fault within a trap has its line', () => {
  expect(parseShell(":\ntrap 'if x' EXIT").errors.map(({ line }) => line)).toContain(2)
})

test('walk leaves out what the visitor refuses', () => {
  const seen: string[] = []
  walk(parseShell('f() { a; }; b'), (node) => {
    if (node.type === 'Command') seen.push(node.name?.value ?? '')
    return node.type !== 'Function'
  })
  expect(seen).toEqual(['b'])
})

test('positions, lines and their text', () => {
  const shell = parseShell('a\n  b "é$x"\n')
  expect(shell.position(0)).toEqual({ line: 1, column: 1 })
  expect(shell.position(4)).toEqual({ line: 2, column: 3 })
  expect(shell.lineText(2)).toBe('  b "é$x"')
  expect(shell.lineText(3)).toBe('')
  expect(shell.lineText(9)).toBe('')
})

const sample = `#!/bin/sh
set -eu
have() { command -v "$1" >/dev/null 2>&1; }
fetch() {
  if have curl; then curl -fsS -o "$2" -- "$1"; else wget -q -O "$2" -- "$1"; fi
}
while IFS= read -r line; do
  case $line in
    '' | '#'*) ;;
    *=*) printf '%s\\n' "\${line%%=*}" ;;
  esac
done <<EOF
a=$((1 + 2))
EOF
`

test('a second, independent parser takes what ours takes, and refuses what ours refuses', async () => {
  expect(parseShell(sample).errors).toEqual([])
  await expect(parseBySecond(sample, { variant: 1 })).resolves.toBeDefined()
  const broken = sample.replace('\n}\n', '\n')
  expect(parseShell(broken).errors).not.toEqual([])
  await expect(parseBySecond(broken, { variant: 1 })).rejects.toBeDefined()
})

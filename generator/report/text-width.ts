/**
 * Breaks a text into lines that are no wider than that, in units of the height of the font. Fonts differ: the widths are
 * those of a wide one, so that a line of another is rather too short than too long.
 */
export function breakText(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(/\s+/).flatMap((one) => breakWord(one, width))) {
    const longer = line === '' ? word : `${line} ${word}`
    if (line !== '' && widthOf(longer) > width) {
      lines.push(line)
      line = word
    } else line = longer
  }
  return line === '' ? lines : [...lines, line]
}

// A word that is too long for a line by itself.
function breakWord(word: string, width: number): string[] {
  if (widthOf(word) <= width) return [word]
  const parts: string[] = []
  let part = ''
  for (const character of word) {
    if (part !== '' && widthOf(part + character) > width) {
      parts.push(part)
      part = ''
    }
    part += character
  }
  return [...parts, part]
}

function widthOf(text: string): number {
  return [...text].reduce((sum, character) => sum + characterWidth(character), 0)
}

function characterWidth(character: string): number {
  if (/[ilj.,:;'|!’]/.test(character)) return 0.31
  if (/[ frt()/-]/.test(character)) return 0.39
  if (/[mwMW]/.test(character)) return 0.9
  if (/[A-Z_]/.test(character)) return 0.71
  return character <= '\u024f' ? 0.6 : 1.1
}

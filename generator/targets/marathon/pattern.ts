/**
 * Is it a regular expression of java.util.regex.Pattern, with which Marathon judges LIKE and UNLIKE? What Java has and
 * JavaScript does not is put into plainer words first; the rest is judged by JavaScript's strict mode, which refuses a
 * lone brace and the escape of a letter that means nothing, as Java does.
 */
export function isJavaPattern(text: string): boolean {
  // In JavaScript [] is a class that holds nothing, and [^] one that holds all; in Java the bracket is a member.
  if (/(^|[^\\])(\\\\)*\[\^?\]/.test(text)) return false
  const plain = text
    .replace(/\\Q.*?(\\E|$)/gs, 'q')
    .replace(/\\([pP]\{\w+\}|x\{[0-9A-Fa-f]+\}|0[0-7]{1,3}|[AzZGhHRXae]|[^A-Za-z0-9])/g, 'e')
    .replace(/\(\?>/g, '(?:')
    .replace(/\(\?[idmsuxU]*(-[idmsuxU]+)?(:|\))/g, (flags) => (flags.endsWith(':') ? '(?:' : ''))
    .replace(/([*+?}])\+/g, '$1')
  try {
    new RegExp(plain, 'u')
    return true
  } catch {
    return false
  }
}

/**
 * By which words the log of a server tells an error of its own, in the languages that PostgreSQL speaks (lc_messages):
 * from the catalogues of 15 (src/backend/po), and of majors before for those that 15 has no longer.
 */
export const errorWords: readonly string[] = [
  ...['ERROR', 'FATAL', 'PANIC'],
  ...['FEHLER', 'PANIK'],
  'ERREUR',
  ...['ERRORE', 'FATALE', 'PANICO'],
  ...['შეცდომა', 'ფატალური', 'პანიკა'],
  ...['오류', '치명적오류', '손상'],
  ...['ОШИБКА', 'ВАЖНО', 'ПАНИКА'],
  ...['FEL', 'FATALT'],
  ...['ПОМИЛКА', 'ФАТАЛЬНО', 'ПАНІКА'],
  ...['错误', '致命错误', '比致命错误还过分的错误'],
  ...['BŁĄD', 'KATASTROFALNY', 'PANIKA'],
  ...['ERRO', 'PÂNICO'],
  ...['HATA', 'CHYBA'],
]

/** What stands before the statement of a client that met an error. */
export const statementWords: readonly string[] = [
  ...['STATEMENT', 'ANWEISUNG', 'SENTENCIA', 'INSTRUCTION', 'ISTRUZIONE', '文', 'ოპერატორი'],
  ...['구문', 'ОПЕРАТОР', 'SATS', 'ІНСТРУКЦІЯ', '语句'],
  ...['WYRAŻENIE', 'COMANDO', 'İFADE', 'PŘÍKAZ'],
]

/** Words as awk reads them behind -v, in ASCII: a script with other bytes is not read by every shell in the C locale. */
export function joinWords(words: readonly string[]): string {
  return words.map(escapeBytes).join('|')
}

function escapeBytes(word: string): string {
  const bytes = [...new TextEncoder().encode(word)]
  return bytes
    .map((byte) => (byte < 128 ? String.fromCharCode(byte) : `\\${byte.toString(8).padStart(3, '0')}`))
    .join('')
}

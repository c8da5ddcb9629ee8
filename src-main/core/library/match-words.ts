const WORD = /[\p{L}\p{N}\p{Co}\p{M}]+/gu
const MOST_WORDS = 20

/**
 * What was typed as an expression of SQLite's FTS5: every word must be there, the last one as a beginning. Null when
 * there is no word in it. Words are quoted, so that nothing typed is read as an operator.
 */
export function matchWords(text: string): string | null {
  const words = (text.normalize('NFC').match(WORD) ?? []).slice(0, MOST_WORDS)
  if (words.length === 0) return null
  return words.map((word, index) => `"${word}"${index === words.length - 1 ? '*' : ''}`).join(' AND ')
}

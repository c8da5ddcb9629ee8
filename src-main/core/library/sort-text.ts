const DIGITS = /\d+/g
/** Longer runs of digits are ids; comparing them as numbers says nothing. */
const LONGEST_NUMBER = 12

/**
 * A key by which plain byte order sorts titles as people do: case and accents do not count, and "take 9" comes before
 * "take 10".
 */
export function sortText(title: string): string {
  return title
    .normalize('NFKD')
    .replaceAll(/\p{M}/gu, '')
    .toLowerCase()
    .trim()
    .replaceAll(DIGITS, (digits) =>
      digits.length > LONGEST_NUMBER ? digits : digits.padStart(LONGEST_NUMBER, '0'),
    )
    .slice(0, 300)
}

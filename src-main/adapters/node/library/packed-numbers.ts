/**
 * Numbers from SQLite's group_concat, "12,7,40". One string crosses from SQLite at once, which is many times faster than
 * a million rows.
 */
export function parsePacked(packed: unknown): Int32Array {
  if (typeof packed !== 'string' || packed === '') return new Int32Array(0)
  // At least two characters each, but for the last.
  const numbers = new Int32Array((packed.length >>> 1) + 1)
  let index = 0
  let value = 0
  for (let at = 0; at < packed.length; at += 1) {
    const digit = packed.charCodeAt(at) - 48
    if (digit >= 0) value = value * 10 + digit
    else {
      numbers[index] = value
      index += 1
      value = 0
    }
  }
  numbers[index] = value
  return numbers.slice(0, index + 1)
}

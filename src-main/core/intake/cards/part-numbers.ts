/** Numbers from 1 to the greatest that are not there. */
export function gapsBelow(numbers: readonly number[]): number[] {
  const there = new Set(numbers)
  const lost: number[] = []
  for (let number = 1; number < Math.max(0, ...numbers); number++) if (!there.has(number)) lost.push(number)
  return lost
}

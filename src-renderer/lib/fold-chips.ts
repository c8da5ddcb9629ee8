/**
 * Which of a row of chips have room, by their place; the others are folded away. Those that must stay come first, then the
 * others from the left.
 * @param widthsPx of the chips, in their order
 */
export function chipsThatFit(
  widthsPx: readonly number[],
  mustStay: (place: number) => boolean,
  roomPx: number,
  gapPx: number,
): ReadonlySet<number> {
  const places = [...widthsPx.keys()]
  const kept = new Set(places.filter(mustStay))
  let usedPx = [...kept].reduce((sum, place) => sum + (widthsPx[place] ?? 0) + gapPx, 0)
  for (const place of places.filter((other) => !mustStay(other))) {
    usedPx += (widthsPx[place] ?? 0) + gapPx
    // The last chip has no gap behind it. What comes after one that does not fit is folded too: the order stays.
    if (usedPx - gapPx > roomPx) break
    kept.add(place)
  }
  return kept
}

/** Contrast by WCAG 2.2 and an accent colour that keeps it. */

export type Rgb = readonly [red: number, green: number, blue: number]

export function parseHex(hex: string): Rgb | null {
  const match = /^#?([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(hex.trim())
  if (!match) return null
  return [match[1], match[2], match[3]].map((part) => Number.parseInt(part as string, 16)) as unknown as Rgb
}

export function toHex(color: Rgb): string {
  return `#${color.map((part) => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}

/** Relative luminance, 0 to 1. */
export function luminance(color: Rgb): number {
  const [red, green, blue] = color.map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as [number, number, number]
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

/** 1 to 21. */
export function contrast(one: Rgb, other: Rgb): number {
  const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b) as [number, number]
  return (high + 0.05) / (low + 0.05)
}

/** `share` of `to` over `from`. */
export function mix(from: Rgb, to: Rgb, share: number): Rgb {
  return from.map((part, index) => part + ((to[index] as number) - part) * share) as unknown as Rgb
}

/** The nearest colour on the way to `towards` that has at least `least` contrast on every ground. */
export function clampContrast(color: Rgb, towards: Rgb, grounds: readonly Rgb[], least: number): Rgb {
  for (let share = 0; share < 1; share += 0.02) {
    const tried = parseHex(toHex(mix(color, towards, share))) as Rgb
    if (grounds.every((ground) => contrast(tried, ground) >= least)) return tried
  }
  return towards
}

const BLACK: Rgb = [0, 0, 0]
const WHITE: Rgb = [255, 255, 255]

/** The accent tokens for one theme from a system colour. `surfaces` are the grounds that its text and lines stand on. */
export function accentTokens(
  accent: Rgb,
  surfaces: readonly Rgb[],
  sheet: Rgb,
  quietText: Rgb,
  theme: 'dark' | 'light',
): Readonly<Record<string, string>> {
  const front = theme === 'dark' ? WHITE : BLACK
  const hover = clampContrast(mix(accent, theme === 'dark' ? WHITE : BLACK, 0.08), BLACK, [WHITE], 4.5)
  // As much of the accent as quiet text on it allows.
  let share = theme === 'dark' ? 0.24 : 0.1
  while (share > 0.02 && contrast(quietText, mix(sheet, accent, share)) < 4.5) share -= 0.01
  const soft = mix(sheet, accent, share)
  return {
    '--accent': toHex(clampContrast(accent, BLACK, [WHITE], 4.5)),
    '--accent-hover': toHex(hover),
    '--accent-soft': toHex(soft),
    '--accent-softer': toHex(mix(sheet, accent, share / 2)),
    '--accent-text': toHex(clampContrast(accent, front, [...surfaces, soft], 4.5)),
    '--accent-line': toHex(clampContrast(accent, front, [...surfaces, soft], 3)),
  }
}

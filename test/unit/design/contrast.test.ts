import fs from 'node:fs'
import { describe, expect, it } from 'vitest'
import { accentTokens, contrast, mix, parseHex, type Rgb } from '@renderer/lib/accent.ts'

const css = fs.readFileSync(new URL('../../../src-renderer/styles/tokens.css', import.meta.url), 'utf8')

type Theme = 'light' | 'dark'

/** A colour token of a theme, with its share of opacity. */
function token(name: string, theme: Theme): { color: Rgb; share: number } {
  const pattern = new RegExp(`--${name}:\\s*(?:light-dark\\((#\\w+),\\s*(#\\w+)\\)|(#\\w+))`)
  const match = pattern.exec(css)
  if (!match) throw new Error(`tokens.css has no colour --${name}`)
  const hex = match[3] ?? (theme === 'light' ? match[1] : match[2]) ?? ''
  return {
    color: parseHex(hex.slice(0, 7)) as Rgb,
    share: hex.length === 9 ? Number.parseInt(hex.slice(7), 16) / 255 : 1,
  }
}
const solid = (name: string, theme: Theme) => token(name, theme).color
const surfaces = ['bg-window', 'bg-sheet', 'bg-raised', 'bg-overlay']

/** Every surface, plain and under the pointer. */
function grounds(theme: Theme): Rgb[] {
  const hover = token('bg-hover', theme)
  return surfaces.flatMap((name) => {
    const plain = solid(name, theme)
    return [plain, mix(plain, hover.color, hover.share)]
  })
}
const lowest = (front: Rgb, backs: readonly Rgb[]) => Math.min(...backs.map((back) => contrast(front, back)))

describe.each(['dark', 'light'] as const)('contrast of the tokens, %s', (theme) => {
  it.each(['text', 'text-2', 'text-3', 'accent-text', 'done', 'progress', 'warn', 'error', 'paused'])(
    '%s reads on every surface, also under the pointer',
    (name) => {
      expect(lowest(solid(name, theme), grounds(theme))).toBeGreaterThanOrEqual(4.5)
    },
  )
  it.each(['text', 'text-2', 'text-3', 'accent-text'])('%s reads on a selected row', (name) => {
    expect(contrast(solid(name, theme), solid('accent-soft', theme))).toBeGreaterThanOrEqual(4.5)
  })
  it.each(['done', 'progress', 'warn', 'error', 'paused'])('%s reads on its own soft ground', (name) => {
    expect(contrast(solid(name, theme), solid(`${name}-soft`, theme))).toBeGreaterThanOrEqual(4.5)
  })
  it.each([
    ['on-accent', 'accent'],
    ['on-accent', 'accent-hover'],
    ['text-on-pic', 'error-fill'],
  ])('%s reads on %s', (front, back) => {
    expect(contrast(solid(front, theme), solid(back, theme))).toBeGreaterThanOrEqual(4.5)
  })
  it('accent-line shows on every surface, also under the pointer', () => {
    expect(lowest(solid('accent-line', theme), grounds(theme))).toBeGreaterThanOrEqual(3)
  })
  it('line-strong shows around controls, which stand on plain surfaces', () => {
    const plain = surfaces.map((name) => solid(name, theme))
    expect(lowest(solid('line-strong', theme), plain)).toBeGreaterThanOrEqual(3)
  })
  it.each(['progress', 'paused', 'warn', 'done'])('a %s bar shows on its track', (name) => {
    expect(contrast(solid(name, theme), solid('progress-track', theme))).toBeGreaterThanOrEqual(3)
  })
  it('white reads on the ground of badges over the brightest picture', () => {
    const ground = mix([255, 255, 255], [0, 0, 0], 0xb8 / 255)
    expect(contrast([255, 255, 255], ground)).toBeGreaterThanOrEqual(4.5)
  })
  it.each(['#ffcc00', '#ff2d55', '#0a84ff', '#34c759', '#f5f5f5', '#101010', '#8e8e93'])(
    'a system accent of %s is clamped until it reads',
    (accent) => {
      const sheet = solid('bg-sheet', theme)
      const tokens = accentTokens(
        parseHex(accent) as Rgb,
        grounds(theme),
        sheet,
        solid('text-3', theme),
        theme,
      )
      const of = (name: string) => parseHex(tokens[name] ?? '') as Rgb
      expect(contrast([255, 255, 255], of('--accent'))).toBeGreaterThanOrEqual(4.5)
      expect(contrast([255, 255, 255], of('--accent-hover'))).toBeGreaterThanOrEqual(4.5)
      expect(lowest(of('--accent-text'), [...grounds(theme), of('--accent-soft')])).toBeGreaterThanOrEqual(
        4.5,
      )
      expect(lowest(of('--accent-line'), [...grounds(theme), of('--accent-soft')])).toBeGreaterThanOrEqual(3)
      expect(contrast(solid('text', theme), of('--accent-soft'))).toBeGreaterThanOrEqual(4.5)
      expect(contrast(solid('text-3', theme), of('--accent-soft'))).toBeGreaterThanOrEqual(4.5)
    },
  )
})

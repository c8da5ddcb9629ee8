/** A drawn landscape: every value is part of a picture that a person recognises again in a grid of thumbnails. */
export interface Scene {
  /** From the top of the sky to the horizon. */
  sky: [string, string, string]
  /** From the farthest ridge to the nearest. */
  ridges: string[]
  water: [string, string]
  sun: { x: number; y: number; radius: number; colour: string } | null
  /** Seed of the ridges' outline. */
  seed: number
}

export const SCENE_WIDTH = 1600
export const SCENE_HEIGHT = 900
const HORIZON = 560

/** The scene as SVG, SCENE_WIDTH × SCENE_HEIGHT. Colours are our own constants: nothing from outside gets in. */
export function drawScene(scene: Scene): string {
  const [top, middle, low] = scene.sky
  const ridges = scene.ridges.map((colour, index) => ridge(scene.seed + index, index, colour)).join('')
  const { sun } = scene
  const disc = sun
    ? `<circle cx="${sun.x}" cy="${sun.y}" r="${sun.radius * 4}" fill="url(#glow)"/>
       <circle cx="${sun.x}" cy="${sun.y}" r="${sun.radius}" fill="${sun.colour}"/>`
    : stars(scene.seed)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${SCENE_WIDTH}" height="${SCENE_HEIGHT}">
  <defs>
    <linearGradient id="sky" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="${top}"/><stop offset=".6" stop-color="${middle}"/><stop offset="1" stop-color="${low}"/>
    </linearGradient>
    <linearGradient id="water" x1="0" y1="0" x2="0" y2="1">
      <stop offset="0" stop-color="${scene.water[0]}"/><stop offset="1" stop-color="${scene.water[1]}"/>
    </linearGradient>
    <radialGradient id="glow">
      <stop offset="0" stop-color="${sun?.colour ?? low}" stop-opacity=".55"/><stop offset="1" stop-color="${low}" stop-opacity="0"/>
    </radialGradient>
  </defs>
  <rect width="${SCENE_WIDTH}" height="${HORIZON + 40}" fill="url(#sky)"/>
  ${disc}
  ${ridges}
  <rect y="${HORIZON}" width="${SCENE_WIDTH}" height="${SCENE_HEIGHT - HORIZON}" fill="url(#water)"/>
  ${ripples(scene)}
</svg>`
}

/** One mountain ridge: three waves of different length, higher and calmer the farther away it is. */
function ridge(seed: number, index: number, colour: string): string {
  const random = randomFrom(seed * 7919 + 13)
  const [a, b, c] = [random() * 6.28, random() * 6.28, random() * 6.28]
  const base = HORIZON - 130 + index * 48
  const points: string[] = []
  for (let x = 0; x <= SCENE_WIDTH; x += 20) {
    const wave = 46 * Math.sin(x / 260 + a) + 26 * Math.sin(x / 97 + b) + 9 * Math.sin(x / 31 + c)
    points.push(`${x},${Math.min(HORIZON + 2, base - wave * (1 - index * 0.2)).toFixed(1)}`)
  }
  return `<polygon fill="${colour}" points="0,${HORIZON + 2} ${points.join(' ')} ${SCENE_WIDTH},${HORIZON + 2}"/>`
}

function ripples({ seed, sun, water }: Scene): string {
  const random = randomFrom(seed + 101)
  const middle = sun?.x ?? SCENE_WIDTH / 2
  const colour = sun?.colour ?? water[0]
  const lines = Array.from({ length: 46 }, (_, index) => {
    const y = HORIZON + 10 + index * 7
    const width = 30 + random() * (40 + index * 5)
    const x = middle - width / 2 + (random() - 0.5) * (60 + index * 9)
    return `<rect x="${x.toFixed(0)}" y="${y}" width="${width.toFixed(0)}" height="2.4" rx="1.2" fill="${colour}" opacity="${(0.5 - index * 0.009).toFixed(2)}"/>`
  })
  return lines.join('')
}

function stars(seed: number): string {
  const random = randomFrom(seed + 5)
  return Array.from({ length: 130 }, () => {
    const [x, y, radius] = [random() * SCENE_WIDTH, random() * 400, 0.5 + random() * 1.4]
    return `<circle cx="${x.toFixed(0)}" cy="${y.toFixed(0)}" r="${radius.toFixed(1)}" fill="#fff" opacity="${(0.3 + random() * 0.6).toFixed(2)}"/>`
  }).join('')
}

/** The same numbers for the same seed: xorshift32. */
function randomFrom(seed: number): () => number {
  let state = seed | 0 || 1
  return () => {
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    return (state >>> 0) / 2 ** 32
  }
}

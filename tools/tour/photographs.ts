import fs from 'node:fs'
import sharp from 'sharp'

/** What a scene of the tour looks like: a photograph of an installed package, else a drawing. */
interface Scene {
  /** Where Debian's packages plasma-workspace-wallpapers, mate-backgrounds and lomiri-wallpapers put it. */
  file: string
  credit: string
  /** Hue of the drawing that stands in for it. */
  hue: number
}

const plasma = (name: string, hue: number): Scene => ({
  file: `/usr/share/wallpapers/${name}/contents/images/2560x1600.jpg`,
  credit: 'plasma-workspace-wallpapers (KDE Visual Design Group and contributors, GPL-2+)',
  hue,
})
const mate = (name: string, hue: number): Scene => ({
  file: `/usr/share/backgrounds/mate/nature/${name}.jpg`,
  credit: 'mate-backgrounds (GPL-2+)',
  hue,
})
const lomiri = (name: string, author: string, licence: string, hue: number): Scene => ({
  file: `/usr/share/backgrounds/${name}.jpg`,
  credit: `lomiri-wallpapers (${author}, ${licence})`,
  hue,
})

export const scenes = {
  jetty: plasma('ColdRipple', 220),
  boats: plasma('EveningGlow', 28),
  deck: plasma('BytheWater', 40),
  dusk: plasma('DarkestHour', 215),
  forest: plasma('Path', 130),
  leaf: plasma('FallenLeaf', 30),
  lake: { ...plasma('summer_1am', 290) },
  water: mate('Aqua', 205),
  dune: mate('Dune', 45),
  road: mate('Storm', 212),
  seeds: mate('TwoWings', 30),
  ridge: lomiri('picosdeeuropa_by_Aitzol_Berasategi', 'Aitzol Berasategi', 'CC BY 4.0', 200),
  sun: lomiri('sunset_by_Aitzol_Berasategi', 'Aitzol Berasategi', 'CC BY 4.0', 35),
  creek: lomiri('life_by_Aitzol_Berasategi', 'Aitzol Berasategi', 'CC BY 4.0', 110),
  dogs: lomiri('friends_by_Aitzol_Berasategi', 'Aitzol Berasategi', 'CC BY 4.0', 25),
  cable: lomiri('Bridge_by_Sander_Klootwijk', 'Sander Klootwijk', 'CC BY-SA 4.0', 210),
  room: lomiri('Wine_by_Jakkub_Mede', 'Jakub Mede', 'CC BY 4.0', 30),
  bird: lomiri('Kleiber_by_Lukas_Baubkus', 'Lukas Baubkus', 'CC BY-SA 3.0', 90),
  dandelion: lomiri('seeding_by_Clements_Engelhardt', 'Clemens Engelhardt', 'CC0', 70),
} satisfies Record<string, Scene>
export type SceneName = keyof typeof scenes

/** Writes the picture of a scene, 1920 × 1080. */
export async function writeScene(name: SceneName, target: string): Promise<void> {
  const scene: Scene = scenes[name]
  const picture = sharp(fs.existsSync(scene.file) ? scene.file : Buffer.from(drawing(scene.hue)))
  await picture
    .resize(1920, 1080, { fit: 'cover', position: 'attention' })
    .jpeg({ quality: 88 })
    .toFile(target)
}

/** Whose photographs are to be seen; empty where none is installed. */
export function credits(): string[] {
  const shown: Scene[] = Object.values(scenes).filter(({ file }) => fs.existsSync(file))
  return [...new Set(shown.map(({ credit }) => credit))].sort()
}

function drawing(hue: number): string {
  const colour = (lightness: number, turn = 0) => `hsl(${(hue + turn) % 360},38%,${lightness}%)`
  return `<svg xmlns="http://www.w3.org/2000/svg" width="1920" height="1080"><defs><linearGradient id="sky" x2="0" y2="1"><stop stop-color="${colour(24)}"/><stop offset="1" stop-color="${colour(74, 20)}"/></linearGradient></defs><rect width="1920" height="1080" fill="url(#sky)"/><circle cx="${400 + hue * 3}" cy="380" r="70" fill="${colour(88, 30)}"/><path d="M0 560 L380 420 L760 580 L1180 400 L1540 560 L1920 460 V1080 H0 Z" fill="${colour(30)}"/><path d="M0 700 L520 610 L1100 720 L1920 620 V1080 H0 Z" fill="${colour(18)}"/></svg>`
}

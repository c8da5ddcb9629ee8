// Draws the icons of the app and its tray from one shape: `node tools/package/icons.mjs`. The results are kept in the tree,
// so that a build needs no drawing.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import sharp from 'sharp'

const here = path.dirname(fileURLToPath(import.meta.url))
const tray = path.join(here, '../../src-main/shell/icons')

const hull = 'M3 20.5h26l-4 5.6a3.4 3.4 0 0 1-2.8 1.4H9.8A3.4 3.4 0 0 1 7 26.1zM9 18v-4.6a1 1 0 0 1 1-1h2.6'
const arrow = 'M16 17V4.5m-4.6 4.6L16 4.5l4.6 4.6'
const mark = (colour) =>
  `<path d="${hull}" fill="${colour}"/><path d="${arrow}" fill="none" stroke="${colour}" stroke-width="2.4" stroke-linecap="round" stroke-linejoin="round"/>`
const svg = (content) =>
  Buffer.from(
    `<svg xmlns="http://www.w3.org/2000/svg" width="512" height="512" viewBox="0 0 32 32">${content}</svg>`,
  )

/** The mark alone in one colour: what a bar beside the clock shows. */
const bare = (colour) => svg(mark(colour))
/** The mark on a rounded ground: what a dock or a start menu shows. */
const framed = svg(
  `<defs><linearGradient id="g" x1="0" y1="0" x2="0" y2="1"><stop offset="0" stop-color="#3d8bfd"/><stop offset="1" stop-color="#1f5fd0"/></linearGradient></defs><rect x="1.5" y="1.5" width="29" height="29" rx="7" fill="url(#g)"/><g transform="translate(6.1 5.7) scale(.62)">${mark('#fff')}</g>`,
)

const draw = (source, sizePx, file) =>
  sharp(source, { density: 288 }).resize(sizePx, sizePx).png({ compressionLevel: 9 }).toFile(file)

await Promise.all([
  draw(framed, 1024, path.join(here, 'icon.png')),
  draw(framed, 16, path.join(tray, 'tray.png')),
  draw(framed, 32, path.join(tray, 'tray@2x.png')),
  draw(bare('#000'), 16, path.join(tray, 'trayTemplate.png')),
  draw(bare('#000'), 32, path.join(tray, 'trayTemplate@2x.png')),
])

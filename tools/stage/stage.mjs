// Opens the built stage in Chromium without a server: requests are answered from the build folder, under the content
// security policy of the app. Pictures come from FERRY_STAGE_PICTURES (a folder of JPEGs) or are made here.
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'
import sharp from 'sharp'

const ORIGIN = 'http://stage.test'
export const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; font-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css', '.woff2': 'font/woff2' }
const root = fileURLToPath(new URL('../..', import.meta.url))
export const buildFolder = process.env.FERRY_STAGE_OUT ?? path.join(root, 'out/stage')

const made = new Map()
async function drawn(name, width, height, hue) {
  const key = `${name}${width}`
  if (!made.has(key)) {
    const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="g" x2="0" y2="1"><stop stop-color="hsl(${hue} 35% 52%)"/><stop offset=".55" stop-color="hsl(${hue + 20} 45% 30%)"/><stop offset=".56" stop-color="hsl(${hue + 200} 18% 18%)"/><stop offset="1" stop-color="hsl(${hue + 200} 20% 9%)"/></linearGradient></defs><rect width="100%" height="100%" fill="url(#g)"/></svg>`
    made.set(key, await sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer())
  }
  return made.get(key)
}
const photos = () => {
  const folder = process.env.FERRY_STAGE_PICTURES
  if (!folder) return []
  return fs
    .readdirSync(folder)
    .filter((name) => name.endsWith('.jpg'))
    .map((name) => path.join(folder, name))
}

async function picture(pathname) {
  const number = Number(/(\d+)\.jpg$/.exec(pathname)?.[1] ?? 0)
  const all = photos()
  const photo = all[number % Math.max(1, all.length)]
  if (pathname.includes('/map/')) {
    const key = `map${number}`
    if (!made.has(key)) {
      const tile = photo
        ? await sharp(photo).resize(192, 108, { fit: 'contain', background: '#000' }).toBuffer()
        : await drawn(`t${number}`, 192, 108, number * 37)
      const composite = Array.from({ length: 20 }, (_, at) => ({
        input: tile,
        left: (at % 5) * 192,
        top: Math.floor(at / 5) * 108,
      }))
      const sheet = sharp({ create: { width: 960, height: 432, channels: 3, background: '#000' } })
      made.set(key, await sheet.composite(composite).jpeg().toBuffer())
    }
    return made.get(key)
  }
  return photo ? fs.readFileSync(photo) : drawn(`p${number}`, 480, 200 + (number % 3) * 35, number * 37)
}

async function answer(route) {
  const { pathname } = new URL(route.request().url())
  if (pathname.startsWith('/media/') && pathname.endsWith('.jpg'))
    return route.fulfill({ contentType: 'image/jpeg', body: await picture(pathname) })
  const proxy = process.env.FERRY_STAGE_PROXY
  if (pathname === '/media/proxy.webm' && proxy)
    return route.fulfill({
      contentType: 'video/webm',
      body: fs.readFileSync(proxy),
      headers: { 'accept-ranges': 'bytes' },
    })
  const file = path.join(buildFolder, pathname === '/' ? 'index.html' : pathname)
  if (!file.startsWith(buildFolder) || !fs.existsSync(file)) return route.fulfill({ status: 404, body: '' })
  return route.fulfill({
    contentType: TYPES[path.extname(file)] ?? 'application/octet-stream',
    headers: { 'content-security-policy': CSP },
    body: fs.readFileSync(file),
  })
}

/** A page of the stage. `problems` collects console errors and broken rules of the policy. */
export async function openStage(browser, { width = 1440, height = 900, query = '' } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, reducedMotion: 'reduce' })
  const page = await context.newPage()
  const problems = []
  page.on('console', (message) => {
    if (['error', 'warning'].includes(message.type())) problems.push(message.text())
  })
  page.on('pageerror', (error) => problems.push(String(error)))
  await page.route('**/*', answer)
  await page.goto(`${ORIGIN}/?${query}`)
  return { page, problems, close: () => context.close() }
}

export const launch = () =>
  chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
  })

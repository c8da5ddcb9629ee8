// Starts the machine's Chromium once, over a pipe, with a profile inside the app's data folder.
import path from 'node:path'
import { chromium } from 'playwright-core'
import { findChromium } from './find-chromium.mjs'
import { helperEnvironment, options } from './options.mjs'

const quiet = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--test-type',
]

let launching
let context

function launchArguments(widthPx, heightPx) {
  const args = [...quiet]
  if (options.debugPort !== undefined) args.push(`--remote-debugging-port=${options.debugPort}`)
  if (!options.headless) args.push('--app=data:text/html,', `--window-size=${widthPx},${heightPx}`)
  return args
}

async function launch(profile, widthPx, heightPx) {
  const executablePath = findChromium()
  if (!executablePath) throw new Error('No Chromium was found on this machine; set CHROMIUM_PATH to one')
  const settings = {
    executablePath,
    headless: options.headless,
    viewport: options.headless ? { width: widthPx, height: heightPx } : null,
    args: launchArguments(widthPx, heightPx),
    ignoreDefaultArgs: ['--enable-automation'],
    env: helperEnvironment(),
    // The app handles signals itself: first it quits in order, then it closes the browser.
    handleSIGINT: false,
    handleSIGTERM: false,
    handleSIGHUP: false,
  }
  const isRoot = process.getuid?.() === 0
  try {
    return await chromium.launchPersistentContext(profile, { ...settings, chromiumSandbox: !isRoot })
  } catch (error) {
    if (isRoot || !/sandbox/i.test(String(error))) throw error
    console.error('Chromium cannot use its sandbox on this machine; starting it without.')
    return chromium.launchPersistentContext(profile, { ...settings, chromiumSandbox: false })
  }
}

/** The one browser of this run; started at the first call, whose size counts. */
export async function browserContext(userData, widthPx, heightPx) {
  launching ??= launch(path.join(userData, 'chromium-host'), widthPx, heightPx)
  context = await launching
  return context
}

// A browser that went away with its last window never answers a close; when this process ends, the pipe closes and
// any browser that is left ends with it.
const closeTimeoutMs = 3000

/** Ends the browser if it was started. */
export async function closeBrowser() {
  await launching?.catch(() => {})
  if (!context || context.pages().length === 0) return
  const timeout = new Promise((resolve) => {
    setTimeout(resolve, closeTimeoutMs)
  })
  await Promise.race([context.close().catch(() => {}), timeout])
}

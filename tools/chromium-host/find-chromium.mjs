// Finds the machine's own Chromium, or a browser built on it.
import fs from 'node:fs'
import path from 'node:path'

const names = [
  'chromium',
  'chromium-browser',
  'google-chrome',
  'google-chrome-stable',
  'microsoft-edge',
  'brave-browser',
]

const fixedPlaces = {
  darwin: [
    '/Applications/Chromium.app/Contents/MacOS/Chromium',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  ],
  win32: ['ProgramFiles', 'ProgramFiles(x86)', 'LocalAppData'].flatMap((variable) => {
    const base = process.env[variable]
    if (!base) return []
    return [
      path.join(base, 'Google/Chrome/Application/chrome.exe'),
      path.join(base, 'Chromium/Application/chrome.exe'),
      path.join(base, 'Microsoft/Edge/Application/msedge.exe'),
    ]
  }),
}

/** @returns {string | undefined} path of an executable; CHROMIUM_PATH comes first, then the PATH, then usual places */
export function findChromium() {
  const fromPath = (process.env.PATH ?? '')
    .split(path.delimiter)
    .filter(Boolean)
    .flatMap((folder) => names.map((name) => path.join(folder, name)))
  const candidates = [process.env.CHROMIUM_PATH, ...fromPath, ...(fixedPlaces[process.platform] ?? [])]
  return candidates.find((file) => file && canRun(file))
}

function canRun(file) {
  try {
    fs.accessSync(file, fs.constants.X_OK)
    return true
  } catch {
    return false
  }
}

import { clipboard, shell, systemPreferences } from 'electron'
import { AppError } from '../../core/errors.ts'
import type { Desktop } from '../../ports/desktop.ts'

/** The desktop as Electron reaches it. */
export const systemDesktop: Desktop = {
  reveal: (path) => shell.showItemInFolder(path),

  async openInBrowser(url) {
    // Anything else could start a program: a file, another protocol.
    if (URL.parse(url)?.protocol !== 'https:')
      throw new AppError('api.unexpected', 'Only https addresses are opened in a browser.')
    await shell.openExternal(url)
  },

  copy: (text) => clipboard.writeText(text),

  accent() {
    // Linux has no such setting that Electron could read, and older systems answer with nothing.
    const text = process.platform === 'linux' ? '' : systemPreferences.getAccentColor()
    return /^[0-9a-f]{6}/i.test(text) ? `#${text.slice(0, 6).toLowerCase()}` : null
  },
}

import { Menu, nativeImage, Tray } from 'electron'
import icon from './icons/tray.png?inline'
import largeIcon from './icons/tray@2x.png?inline'
import macIcon from './icons/trayTemplate.png?inline'
import largeMacIcon from './icons/trayTemplate@2x.png?inline'

export interface TrayDeeds {
  show: () => void
  pauseAll: () => void
  resumeAll: () => void
  quit: () => void
}

export interface TrayState {
  /** One line on what goes on, such as "12 of 80 uploaded". */
  text: string
  /** What the middle command does; null when there is nothing to hold or to go on with. */
  command: 'pause' | 'resume' | null
}

/** Ferry's icon beside the clock. */
export interface FerryTray {
  update(state: TrayState): void
  remove(): void
}

/** Puts the icon there. @returns null where the desktop has no place for it */
export function createTray(deeds: TrayDeeds): FerryTray | null {
  const tray = openTray()
  if (!tray) return null
  tray.on('click', deeds.show)
  let shown = ''
  const update = (state: TrayState) => {
    const next = JSON.stringify(state)
    if (next === shown) return
    shown = next
    tray.setToolTip(`Ferry: ${state.text}`)
    tray.setContextMenu(
      Menu.buildFromTemplate([
        { label: state.text, enabled: false },
        { type: 'separator' },
        { label: 'Open Ferry', click: deeds.show },
        ...(state.command === 'pause' ? [{ label: 'Pause all uploads', click: deeds.pauseAll }] : []),
        ...(state.command === 'resume' ? [{ label: 'Resume all uploads', click: deeds.resumeAll }] : []),
        { type: 'separator' },
        { label: 'Quit Ferry', click: deeds.quit },
      ]),
    )
  }
  update({ text: 'nothing to upload', command: null })
  return { update, remove: () => tray.destroy() }
}

function openTray(): Tray | null {
  const isMac = process.platform === 'darwin'
  const image = nativeImage.createFromDataURL(isMac ? macIcon : icon)
  image.addRepresentation({ scaleFactor: 2, dataURL: isMac ? largeMacIcon : largeIcon })
  // macOS colours a template image as the bar needs it.
  if (isMac) image.setTemplateImage(true)
  try {
    return new Tray(image)
  } catch {
    return null
  }
}

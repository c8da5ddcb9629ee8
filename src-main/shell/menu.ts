import { app, Menu, type MenuItemConstructorOptions } from 'electron'

/** Commands that the menu sends to the page; the page owns what they do. */
export type MenuCommand = 'add-files' | 'add-folder' | 'settings' | 'search' | 'command-palette' | 'about'

/**
 * The application menu: on macOS what its users expect at the top of the screen, elsewhere the same behind Alt.
 * @param send hands a command to the page that is in front
 */
export function setApplicationMenu(send: (command: MenuCommand) => void): void {
  const command = (label: string, accelerator: string, name: MenuCommand): MenuItemConstructorOptions => ({
    label,
    accelerator,
    click: () => send(name),
  })
  const isMac = process.platform === 'darwin'
  const settings = command('Settings…', 'CmdOrCtrl+,', 'settings')
  const template: MenuItemConstructorOptions[] = [
    ...(isMac ? [macMenu(settings)] : []),
    {
      label: 'File',
      submenu: [
        command('Add files…', 'CmdOrCtrl+O', 'add-files'),
        command('Add a folder…', 'CmdOrCtrl+Shift+O', 'add-folder'),
        { type: 'separator' },
        ...(isMac ? [] : [settings, { type: 'separator' } as const]),
        { role: isMac ? 'close' : 'quit' },
      ],
    },
    { role: 'editMenu' },
    {
      label: 'Go',
      submenu: [
        command('Search', 'CmdOrCtrl+F', 'search'),
        command('Command palette', 'CmdOrCtrl+K', 'command-palette'),
      ],
    },
    { role: 'windowMenu' },
    ...(isMac ? [] : [{ label: 'Help', submenu: [{ label: 'About Ferry', click: () => send('about') }] }]),
  ]
  Menu.setApplicationMenu(Menu.buildFromTemplate(template))
}

function macMenu(settings: MenuItemConstructorOptions): MenuItemConstructorOptions {
  return {
    label: app.name,
    submenu: [
      { role: 'about' },
      { type: 'separator' },
      settings,
      { type: 'separator' },
      { role: 'services' },
      { type: 'separator' },
      { role: 'hide' },
      { role: 'hideOthers' },
      { role: 'unhide' },
      { type: 'separator' },
      { role: 'quit' },
    ],
  }
}

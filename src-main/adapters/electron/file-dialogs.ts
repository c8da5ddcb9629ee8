import { dialog } from 'electron'
import type { Dialogs } from '../../ports/dialogs.ts'

/** The system's own file dialogs, in front of the window that has the focus. */
export const fileDialogs: Dialogs = {
  async pickFiles() {
    const { canceled, filePaths } = await dialog.showOpenDialog({
      title: 'Add files',
      properties: ['openFile', 'multiSelections'],
    })
    return canceled ? [] : filePaths
  },
  async pickFolder(title = 'Choose a folder') {
    const { canceled, filePaths } = await dialog.showOpenDialog({
      title,
      properties: ['openDirectory', 'createDirectory'],
    })
    return canceled ? null : (filePaths[0] ?? null)
  },
}

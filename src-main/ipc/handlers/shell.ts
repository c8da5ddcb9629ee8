import type { AssetId } from '@contract/ids.ts'
import type { Handlers } from '@contract/index.ts'
import type { AppInfo } from '@contract/shell.ts'
import { AppError } from '../../core/errors.ts'
import type { Desktop } from '../../ports/desktop.ts'
import type { Dialogs } from '../../ports/dialogs.ts'
import type { FileSystem } from '../../ports/file-system.ts'
import type { HandOver } from '../../services/desktop/hand-over.ts'

export interface ShellParts {
  desktop: Desktop
  dialogs: Dialogs
  files: Pick<FileSystem, 'stat'>
  info: Omit<AppInfo, 'accent'>
  handOver: Pick<HandOver, 'take'>
  /** Address of an asset in iconik's web interface; null for a local workspace. */
  webUrlOf: (id: AssetId) => Promise<string | null>
}

export function shellHandlers({ desktop, dialogs, files, info, handOver, webUrlOf }: ShellParts) {
  return {
    'shell.info': async () => ({ ...info, accent: desktop.accent() }),
    'shell.pickFiles': () => dialogs.pickFiles(),
    'shell.pickFolder': ({ title }) => dialogs.pickFolder(title),
    'shell.reveal': async ({ path }) => {
      await files.stat(path)
      desktop.reveal(path)
      return null
    },
    'shell.openAsset': async ({ id }) => {
      const url = await webUrlOf(id)
      if (url === null) throw new AppError('api.not-found', 'A local workspace has no web interface.')
      await desktop.openInBrowser(url)
      return null
    },
    'shell.takeHandedOver': async () => handOver.take(),
    'shell.copy': async ({ text }) => {
      desktop.copy(text)
      return null
    },
  } satisfies Partial<Handlers>
}

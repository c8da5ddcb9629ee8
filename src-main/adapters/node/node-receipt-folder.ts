import { mkdir, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { ReceiptFolder } from '../../ports/receipt-folder.ts'

export const nodeReceiptFolder: ReceiptFolder = {
  async write(folder, files) {
    try {
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, ...name.split('/'))
        await mkdir(path.dirname(file), { recursive: true })
        // Whole or not at all: a half-written receipt would look like one.
        await writeFile(`${file}.part`, text)
        await rename(`${file}.part`, file)
      }
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'ENOSPC')
        throw new AppError('store.full', `There is no room for a receipt in ${folder}.`, { cause: error })
      throw new AppError('file.unreadable', `The receipt cannot be written to ${folder}.`, {
        cause: error,
        details: { reason: code ?? 'unknown' },
      })
    }
  },
}

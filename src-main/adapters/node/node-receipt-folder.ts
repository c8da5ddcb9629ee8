import { mkdir, open, readdir, readFile, rename } from 'node:fs/promises'
import path from 'node:path'
import { AppError } from '../../core/errors.ts'
import type { MhlFiles, ReceiptFolder } from '../../ports/receipt-folder.ts'

const CHAIN = 'ascmhl_chain.xml'

export const nodeReceiptFolder: ReceiptFolder = {
  async write(folder, files) {
    try {
      for (const [name, text] of Object.entries(files)) {
        const file = path.join(folder, ...name.split('/'))
        await mkdir(path.dirname(file), { recursive: true })
        await replace(file, text)
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
  async history(folder) {
    for (let root = folder; ; root = path.dirname(root)) {
      const found = await historyIn(root)
      if (found || path.dirname(root) === root) return found
    }
  },
}

/** Whole or not at all, and on the disk before its name is: a half-written receipt would look like one. */
async function replace(file: string, text: string): Promise<void> {
  const handle = await open(`${file}.part`, 'w')
  try {
    await handle.writeFile(text)
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(`${file}.part`, file)
}

async function historyIn(root: string): Promise<MhlFiles | null> {
  const folder = path.join(root, 'ascmhl')
  try {
    // A manifest without a number is one of another use (ASC MHL specification 1.0, section 5.2).
    const names = (await readdir(folder)).filter((name) => /^\d{4,}.*\.mhl$/i.test(name)).sort()
    const manifests: MhlFiles['manifests'] = []
    for (const name of names) manifests.push({ name, text: await readFile(path.join(folder, name), 'utf8') })
    const chain = await readFile(path.join(folder, CHAIN), 'utf8').catch(absent)
    return manifests.length === 0 && chain === null ? null : { root, manifests, chain }
  } catch (error) {
    if (absent(error) === null) return null
    throw error
  }
}

/** null for what is not there. @throws AppError file.unreadable for anything else */
function absent(error: unknown): null {
  const { code, path: file } = error as NodeJS.ErrnoException
  if (code === 'ENOENT' || code === 'ENOTDIR') return null
  throw error instanceof AppError
    ? error
    : new AppError('file.unreadable', `${file ?? 'The ASC-MHL history'} cannot be read.`, {
        cause: error,
        details: { reason: code ?? 'unknown' },
      })
}

import fs from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { describe, expect, it } from 'vitest'
import { findRows } from '../../../tools/bench/find-rows.mjs'
import { tempFolder } from '@test/support/temp-folder.ts'

describe('the rows of the bench', () => {
  it('are the files of the folder, by their names', async () => {
    const folder = await tempFolder()
    await fs.writeFile(path.join(folder, 'upload-odd.mjs'), 'export default () => 3')
    await fs.writeFile(path.join(folder, 'notes.md'), 'no row')
    const rows = await findRows(pathToFileURL(`${folder}/`))
    expect([...rows.keys()]).toEqual(['upload-odd'])
    expect(rows.get('upload-odd')?.({ folder: '', quick: true })).toBe(3)
  })

  it('are refused by name when they measure nothing', async () => {
    const folder = await tempFolder()
    await fs.writeFile(path.join(folder, 'empty.mjs'), 'export const nothing = 1')
    await expect(findRows(pathToFileURL(`${folder}/`))).rejects.toThrow('empty.mjs')
  })

  it('that this project has can all be loaded', async () => {
    const rows = await findRows(new URL('../../../tools/bench/rows/', import.meta.url))
    expect([...rows.keys()]).toEqual(expect.arrayContaining(['upload-large', 'upload-small', 'watch-scan']))
  })
})

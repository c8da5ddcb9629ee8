import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeMountCheck } from '@main/adapters/node/node-mount-check.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

describe('a folder into which a storage is to be written', () => {
  it('is good when a file can be written there, and nothing of the trial stays', async () => {
    const folder = await tempFolder()
    expect(await nodeMountCheck.tryOut(folder)).toBeNull()
    expect(await nodeMountCheck.look(folder)).toBeNull()
    expect(readdirSync(folder)).toEqual([])
  })

  it('is named with the reason when it is not there, or is no folder', async () => {
    const folder = await tempFolder()
    const missing = path.join(folder, 'missing')
    expect(await nodeMountCheck.tryOut(missing)).toBe(`${missing} is not there. Mount it.`)
    expect(await nodeMountCheck.look(missing)).toBe(`${missing} is not there. Mount it.`)
    const file = path.join(folder, 'file')
    writeFileSync(file, '')
    expect(await nodeMountCheck.tryOut(file)).toBe(`${file} is not a folder.`)
    mkdirSync(missing)
    expect(await nodeMountCheck.look(missing)).toBeNull()
  })
})

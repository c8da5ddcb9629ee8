import { existsSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { createLogFile } from '@main/adapters/node/pino-logger.ts'
import { tempFolder } from '@test/support/temp-folder.ts'

const logIn = async () => path.join(await tempFolder(), 'logs', 'ferry.log')
const linesOf = (file: string) => readFileSync(file, 'utf8').trimEnd().split('\n')

describe('the log file', () => {
  it('begins anew when it is full, and keeps the one before', async () => {
    const file = await logIn()
    const log = createLogFile(file, 10)
    for (const line of ['first\n', 'second\n', 'third\n']) log.write(line)
    log.close()
    expect(linesOf(file)).toEqual(['third'])
    expect(linesOf(`${file}.old`)).toEqual(['second'])
  })

  it('goes on in the file that it has while that cannot be renamed, and asks seldom', async () => {
    const file = await logIn()
    mkdirSync(path.join(`${file}.old`, 'in the way'), { recursive: true })
    const log = createLogFile(file, 16)
    for (let line = 1; line <= 4; line++) log.write(`line ${line}\n`)
    expect(linesOf(file)).toEqual(['line 1', 'line 2', 'line 3', 'line 4'])
    rmSync(`${file}.old`, { recursive: true })
    log.write('line 5\n')
    log.close()
    expect(linesOf(file)).toEqual(['line 5'])
    expect(linesOf(`${file}.old`)).toHaveLength(4)
  })

  it.skipIf(!existsSync('/dev/full'))(
    'throws nothing on a full disk, and says once how many lines are lost when there is room again',
    async () => {
      const file = await logIn()
      mkdirSync(path.dirname(file))
      symlinkSync('/dev/full', file)
      const log = createLogFile(file)
      for (const line of ['one\n', 'two\n']) expect(() => log.write(line)).not.toThrow()
      rmSync(file)
      for (const line of ['three\n', 'four\n']) log.write(line)
      log.close()
      expect(() => log.close()).not.toThrow()
      const [notice, ...others] = linesOf(file)
      expect(JSON.parse(notice ?? '')).toMatchObject({ level: 40, msg: expect.stringMatching(/^2 lines/) })
      expect(others).toEqual(['three', 'four'])
    },
  )

  it('throws nothing where it cannot be made, and is made once it can', async () => {
    const file = await logIn()
    writeFileSync(path.dirname(file), 'a file where the folder belongs')
    const log = createLogFile(file)
    log.write('lost\n')
    rmSync(path.dirname(file))
    log.write('kept\n')
    log.close()
    expect(linesOf(file).at(-1)).toBe('kept')
  })
})

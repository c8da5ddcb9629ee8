import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { placeWindow, readWindowState, writeWindowState } from '@main/shell/window-state.ts'

const screens = [{ x: 0, y: 0, width: 1920, height: 1080 }]
const saved = { bounds: { x: 100, y: 50, width: 1200, height: 800 }, isMaximized: false }

describe('the place of the window', () => {
  it('is where it was', () => {
    expect(placeWindow(saved, screens)).toEqual(saved)
  })

  it('is in the middle, in its usual size, at first', () => {
    expect(placeWindow(null, screens)).toEqual({ bounds: { width: 1440, height: 900 }, isMaximized: false })
  })

  it('is never larger than the screen', () => {
    const { bounds } = placeWindow(null, [{ x: 0, y: 0, width: 1280, height: 720 }])
    expect(bounds).toEqual({ width: 1280, height: 720 })
  })

  it('is on a screen that is there', () => {
    const away = { ...saved, bounds: { ...saved.bounds, x: 5000 }, isMaximized: true }
    expect(placeWindow(away, screens)).toEqual({ bounds: { width: 1440, height: 900 }, isMaximized: true })
    expect(placeWindow(away, [...screens, { x: 4800, y: 0, width: 1920, height: 1080 }])).toEqual(away)
  })

  it.each([
    ['no size', { bounds: { x: 1, y: 1 }, isMaximized: false }],
    ['words', 'large'],
    ['a window too small to use', { ...saved, bounds: { x: 0, y: 0, width: 10, height: 10 } }],
    ['no number', { ...saved, bounds: { ...saved.bounds, width: Number.NaN } }],
  ])('is the usual one for %s', (_name, value) => {
    expect(placeWindow(value, screens).bounds).toEqual({ width: 1440, height: 900 })
  })

  it('is written as a whole and read back; a damaged file reads as nothing', () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'window-'))
    const file = path.join(folder, 'window-state.json')
    expect(readWindowState(file)).toBeNull()
    writeWindowState(file, saved)
    expect(readWindowState(file)).toEqual(saved)
    expect(fs.readdirSync(folder)).toEqual(['window-state.json'])
    fs.writeFileSync(file, '{"bounds":')
    expect(readWindowState(file)).toBeNull()
    expect(() => writeWindowState(path.join(folder, 'not-there', 'x.json'), saved)).not.toThrow()
    fs.rmSync(folder, { recursive: true })
  })
})

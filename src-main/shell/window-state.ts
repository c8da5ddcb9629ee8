import fs from 'node:fs'
import { z } from 'zod'

/** Smallest window that the interface is made for, in CSS pixels. */
export const MIN_SIZE = { width: 900, height: 600 } as const
const DEFAULT_SIZE = { width: 1440, height: 900 } as const

const Rectangle = z.object({ x: z.number(), y: z.number(), width: z.number(), height: z.number() })
export type Rectangle = z.infer<typeof Rectangle>

const Saved = z.object({ bounds: Rectangle, isMaximized: z.boolean() })
export type WindowState = {
  bounds: Partial<Rectangle> & { width: number; height: number }
  isMaximized: boolean
}

const overlap = (a: Rectangle, b: Rectangle) =>
  Math.max(0, Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x)) *
  Math.max(0, Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y))

/**
 * Where the window opens: where it was, if enough of it is on a screen that is still there, else in the middle of the
 * first one, never larger than that.
 * @param saved what was read from disk, of any shape
 * @param screens work areas, the first one being the primary; never empty
 */
export function placeWindow(saved: unknown, screens: readonly Rectangle[]): WindowState {
  const { width, height } = screens[0] ?? { ...DEFAULT_SIZE }
  const fallback: WindowState = {
    bounds: { width: Math.min(DEFAULT_SIZE.width, width), height: Math.min(DEFAULT_SIZE.height, height) },
    isMaximized: false,
  }
  const parsed = Saved.safeParse(saved)
  if (!parsed.success) return fallback
  const { bounds, isMaximized } = parsed.data
  const area = bounds.width * bounds.height
  const isLargeEnough = bounds.width >= MIN_SIZE.width && bounds.height >= MIN_SIZE.height
  const isSeen = screens.some((screen) => overlap(bounds, screen) >= area / 4)
  return isLargeEnough && isSeen ? { bounds, isMaximized } : { ...fallback, isMaximized }
}

/** What was saved, of any shape; null when there is nothing readable. */
export function readWindowState(file: string): unknown {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8'))
  } catch {
    return null
  }
}

/** Replaces the file as a whole, so that a crash leaves the old one. A disk that refuses costs nothing but the place of the window. */
export function writeWindowState(file: string, state: { bounds: Rectangle; isMaximized: boolean }): void {
  try {
    fs.writeFileSync(`${file}.new`, JSON.stringify(state))
    fs.renameSync(`${file}.new`, file)
  } catch {
    // The next start opens the window in its usual place.
  }
}

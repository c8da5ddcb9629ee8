import { InvalidArgumentError } from 'commander'
import { AssetId } from '@contract/ids.ts'
import { UsageError } from './exit-codes.ts'

const UNITS: Record<string, number> = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3 }

/** "10M" as bytes a second: MiB with M, KiB with K, GiB with G, bytes without. */
export function parseRate(text: string): number {
  const match = /^(\d+(?:\.\d+)?)([KMG]?)$/i.exec(text.trim())
  const bytes = match ? Number(match[1]) * (UNITS[(match[2] ?? '').toUpperCase()] ?? Number.NaN) : Number.NaN
  if (!(bytes >= 1)) throw new InvalidArgumentError('Give a rate such as 10M (MiB a second) or 500K.')
  return bytes
}

/** A whole number within bounds, both included. */
export function parseCount(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN
    if (!(value >= least && value <= most))
      throw new InvalidArgumentError(`Give a whole number from ${least} to ${most}.`)
    return value
  }
}

/** A number that may have a fraction and is not negative. */
export function parseAmount(text: string): number {
  const value = /^\d+(\.\d+)?$/.test(text.trim()) ? Number(text) : Number.NaN
  if (!Number.isFinite(value)) throw new InvalidArgumentError('Give a number that is not negative.')
  return value
}

/** FIELD=VALUE, collected over repeated options: the same field again adds a value. */
export function collectField(text: string, before: Record<string, string[]> = {}): Record<string, string[]> {
  const equals = text.indexOf('=')
  if (equals < 1) throw new InvalidArgumentError('Give FIELD=VALUE.')
  const field = text.slice(0, equals).trim()
  return { ...before, [field]: [...(before[field] ?? []), text.slice(equals + 1)] }
}

/** STORAGE=DIR, collected over repeated options. */
export function collectMount(text: string, before: Record<string, string> = {}): Record<string, string> {
  const equals = text.indexOf('=')
  if (equals < 1 || equals === text.length - 1) throw new InvalidArgumentError('Give STORAGE=DIR.')
  return { ...before, [text.slice(0, equals).trim()]: text.slice(equals + 1) }
}

/** "Project/Day 1" as titles from the top. */
export function parseCollectionPath(text: string): string[] {
  const titles = text
    .split('/')
    .map((title) => title.trim())
    .filter((title) => title !== '')
  if (titles.length === 0) throw new InvalidArgumentError('Give the collection as NAME or NAME/NAME.')
  return titles
}

/** @throws UsageError when it is no id of iconik */
export function parseAssetId(text: string): AssetId {
  const id = AssetId.safeParse(text)
  if (!id.success) throw new UsageError(`“${text.slice(0, 80)}” is not the id of an asset.`)
  return id.data
}

import path from 'node:path'
import type { Command } from 'commander'
import type { BatchId, UploadId } from '@contract/ids.ts'
import { findAppError } from '../core/errors.ts'
import type { CliServices, CliWorld } from './cli-world.ts'

export interface ReceiptOptions {
  receipt?: string
  mhlInPlace?: true
}

export function addReceiptOptions(command: Command): Command {
  return command
    .option('--receipt <dir>', 'write a receipt of each batch there: a page, a table and an ASC-MHL manifest')
    .option('--mhl-in-place', 'write the ASC-MHL manifest into the source itself')
}

/**
 * Receipts of the batches that uploads belong to, after they came to their end.
 * @returns false when one could not be written; the reason is told then
 */
export async function writeReceipts(
  world: CliWorld,
  services: CliServices,
  uploadIds: Iterable<UploadId>,
  options: ReceiptOptions,
): Promise<boolean> {
  if (options.receipt === undefined && !options.mhlInPlace) return true
  const batches = new Set<BatchId>()
  for (const id of uploadIds) {
    const upload = services.journal.get(id)
    if (upload) batches.add(upload.batchId)
  }
  if (batches.size === 0) world.output.say('No receipt: nothing new was uploaded.')
  try {
    for (const batchId of batches) await writeReceipt(world, services, batchId, options)
    return true
  } catch (error) {
    const known = findAppError(error)
    if (!known) throw error
    world.output.warn(known.message)
    return false
  }
}

async function writeReceipt(
  { output }: CliWorld,
  { receipts }: CliServices,
  batchId: BatchId,
  options: ReceiptOptions,
): Promise<void> {
  const tell = (file: string) => {
    output.event('receipt', { batchId, path: file })
    output.say(`receipt  ${file}`)
  }
  if (options.receipt !== undefined) tell(await receipts.write(batchId, path.resolve(options.receipt)))
  if (!options.mhlInPlace) return
  const { written, warnings } = await receipts.writeInPlace(batchId)
  written.forEach(tell)
  for (const warning of warnings) output.warn(warning)
}

import { AppError } from '../../core/errors.ts'
import type { UploadTicket } from '../../ports/storage-transfer.ts'

/** @throws AppError storage.unsupported when iconik named no address to send to */
export function uploadUrlOf(ticket: UploadTicket): string {
  if (ticket.uploadUrl) return ticket.uploadUrl
  throw new AppError(
    'storage.unsupported',
    `iconik named no address to send the file to (${ticket.method} storage).`,
    {
      details: { method: ticket.method },
    },
  )
}

import { randomUUID } from 'node:crypto'

/** Fields, then one file. */
export interface MultipartForm {
  fields: Record<string, string>
  file: { name: string; fileName: string; contentType: string; bytes: Uint8Array }
}

/**
 * A form as multipart/form-data (RFC 7578) in one piece of memory: small files only. Names are escaped as browsers do it
 * (WHATWG HTML, multipart/form-data encoding algorithm), and every control character too, which servers refuse in a header: file names
 * hold any character.
 */
export function encodeForm({ fields, file }: MultipartForm): { contentType: string; data: Buffer } {
  const boundary = `ferry-${randomUUID()}`
  const head = Object.entries(fields).map(
    ([name, value]) =>
      `--${boundary}\r\ncontent-disposition: form-data; name="${escapeName(name)}"\r\n\r\n${value}\r\n`,
  )
  head.push(
    `--${boundary}\r\ncontent-disposition: form-data; name="${escapeName(file.name)}"; filename="${escapeName(file.fileName)}"\r\n`,
    `content-type: ${file.contentType}\r\n\r\n`,
  )
  const data = Buffer.concat([Buffer.from(head.join('')), file.bytes, Buffer.from(`\r\n--${boundary}--\r\n`)])
  return { contentType: `multipart/form-data; boundary=${boundary}`, data }
}

const escapeName = (name: string): string =>
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  name.replace(/["\u0000-\u001f\u007f]/g, (character) => encodeURIComponent(character))

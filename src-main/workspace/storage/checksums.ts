import { crc32c } from '@node-rs/crc32'

export type ChecksumName = 'md5' | 'sha1' | 'sha256' | 'crc32c'

/** CRC32C with the interface of node's hashes; the digest is the big-endian value, as GCS encodes it. */
export class Crc32c {
  #value = 0

  constructor(start = 0) {
    this.#value = start
  }

  update(chunk: Uint8Array): this {
    this.#value = crc32c(chunk, this.#value)
    return this
  }

  digest(_encoding: 'hex'): string {
    return (this.#value >>> 0).toString(16).padStart(8, '0')
  }
}

export const hexToBase64 = (hex: string): string => Buffer.from(hex, 'hex').toString('base64')
export const base64ToHex = (text: string): string => Buffer.from(text, 'base64').toString('hex')

import { statfs } from 'node:fs/promises'

/** FAT and exFAT (the kernel's, and exFAT through FUSE): Linux numbers their files anew at each mount. Numbers from statfs(2) and the drivers. */
const NUMBERED_AT_MOUNT = new Set([0x4d44, 0x2011bab0])

/** Whether files of a volume keep their numbers when it is mounted again; where they do not, the numbers tell nothing. */
export class VolumeInodes {
  readonly #lasting = new Map<bigint, boolean>()
  readonly #typeOf: (file: string) => Promise<number>

  /** @param typeOf the kind of file system that a path is on, as statfs(2) numbers them */
  constructor(typeOf: (file: string) => Promise<number> = async (file) => (await statfs(file)).type) {
    this.#typeOf = typeOf
  }

  /** undefined until the volume was asked. */
  known(device: bigint): boolean | undefined {
    return this.#lasting.get(device)
  }

  async ask(file: string, device: bigint): Promise<boolean> {
    const lasts = await this.#typeOf(file).then(
      (type) => !NUMBERED_AT_MOUNT.has(type),
      () => null,
    )
    // A path that went meanwhile says nothing about its volume.
    if (lasts !== null) this.#lasting.set(device, lasts)
    return lasts ?? true
  }
}

const MIB = 1024 * 1024

export interface PartRules {
  /** Smallest size of all parts but the last. */
  smallestBytes: number
  /** Most parts that one upload may have. */
  most: number
  /** Sizes are multiples of this. */
  stepBytes: number
}

/** S3: 5 MiB … 5 GiB a part, at most 10,000 of them. */
export const S3_PARTS: PartRules = { smallestBytes: 5 * MIB, most: 10_000, stepBytes: MIB }
/** Azure: at most 50,000 blocks of up to 4,000 MiB. */
export const AZURE_BLOCKS: PartRules = { smallestBytes: MIB, most: 50_000, stepBytes: MIB }
/** B2: 5 MB … 5 GB a part, at most 10,000 of them. */
export const B2_PARTS: PartRules = { smallestBytes: 5 * MIB, most: 10_000, stepBytes: MIB }

export interface Part {
  /** 1-based, as storages count. */
  number: number
  offset: number
  sizeBytes: number
}

/** Small enough that a broken connection costs little and several fit in memory, large enough for requests to be few. */
const COMFORTABLE_BYTES = 8 * MIB

/** Size of the parts of one file: larger only where the storage would otherwise get more parts than it takes. */
export function choosePartSize(fileSizeBytes: number, rules: PartRules): number {
  const needed = Math.ceil(fileSizeBytes / rules.most)
  const atLeast = Math.max(rules.smallestBytes, COMFORTABLE_BYTES, needed)
  return Math.ceil(atLeast / rules.stepBytes) * rules.stepBytes
}

/** The parts of a file in order. An empty file has one empty part. */
export function planParts(fileSizeBytes: number, partSizeBytes: number): Part[] {
  const count = Math.max(1, Math.ceil(fileSizeBytes / partSizeBytes))
  return Array.from({ length: count }, (_, index) => {
    const offset = index * partSizeBytes
    return { number: index + 1, offset, sizeBytes: Math.min(partSizeBytes, fileSizeBytes - offset) }
  })
}

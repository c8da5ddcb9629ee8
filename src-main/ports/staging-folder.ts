/** What a path of the staging folder stands for. */
export interface StagedPlace {
  /** The account that the file comes from. */
  accountId: string
  assetId: string
  fileId: string
}

/** A folder of Ferry's own in which files of another account lie while they are sent on. */
export interface StagingFolder {
  /** Where a file is to lie. @param fileName any; made safe for this machine's disks */
  pathOf(place: StagedPlace, fileName: string): string
  /** What a path stands for; null when it is not in this folder. */
  placeOf(path: string): StagedPlace | null
  /** What lies there; null when nothing does. */
  look(path: string): Promise<{ sizeBytes: number; mtimeMs: number } | null>
  /** Removes a file and the folders that it was alone in. */
  remove(place: StagedPlace): Promise<void>
  /** Everything that lies here. */
  kept(): Promise<StagedPlace[]>
  /** Free bytes on its disk. */
  freeBytes(): Promise<number>
}

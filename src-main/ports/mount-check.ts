/** Looks at a folder of this machine into which a FILE storage is to be written. */
export interface MountCheck {
  /**
   * Writes a small file there and removes it again.
   *
   * @returns why nothing can be written there, as a sentence; null when all is well
   */
  tryOut(directory: string): Promise<string | null>
  /** Whether it is a folder now, without writing into it. Null as above. */
  look(directory: string): Promise<string | null>
}

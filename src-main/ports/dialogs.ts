export interface Dialogs {
  /** Absolute paths, [] when the person closed the dialog. */
  pickFiles(): Promise<string[]>
  pickFolder(title?: string): Promise<string | null>
}

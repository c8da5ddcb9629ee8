/** The desktop around the app. */
export interface Desktop {
  /** Shows a file in the system's file manager. */
  reveal(path: string): void
  /** Opens an https address in the browser of the system. @throws AppError api.unexpected for any other address */
  openInBrowser(url: string): Promise<void>
  copy(text: string): void
  /** The system's accent colour as #rrggbb, or null. */
  accent(): string | null
}

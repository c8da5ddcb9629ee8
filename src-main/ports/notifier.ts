/** Notifications of the operating system. Titles and bodies are plain text. */
export interface Notifier {
  notify(notification: { title: string; body: string; onClick?: () => void }): void
}

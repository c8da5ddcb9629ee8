import { Notification } from 'electron'
import type { Notifier } from '../../ports/notifier.ts'

/** Notifications of the operating system; silent where it has none. */
export const systemNotifier: Notifier = {
  notify({ title, body, onClick }) {
    if (!Notification.isSupported()) return
    const notification = new Notification({ title, body })
    if (onClick) notification.on('click', onClick)
    notification.show()
  },
}

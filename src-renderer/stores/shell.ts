import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { AppInfo } from '@contract/shell.ts'
import { ferry } from '../client/index.ts'

/** The app around the page: version, platform, and commands of its menu. */
export const useShell = defineStore('shell', () => {
  const info = shallowRef<AppInfo | null>(null)
  return {
    info,
    async start(): Promise<void> {
      info.value = await ferry().call('shell.info', {})
    },
    /** Hears commands of the application menu until the returned function is called. */
    onCommand: (run: (command: string) => void) =>
      ferry().on('shell.commanded', ({ command }) => run(command)),
    pickFiles: () => ferry().call('shell.pickFiles', {}),
    pickFolder: (title?: string) => ferry().call('shell.pickFolder', title ? { title } : {}),
    copy: (text: string) => ferry().call('shell.copy', { text }),
  }
})

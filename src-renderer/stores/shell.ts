import { defineStore } from 'pinia'
import { shallowRef } from 'vue'
import type { AppInfo, HandedOver } from '@contract/shell.ts'
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
    /** Runs with what the system handed over, now and whenever more comes, until the returned function is called. */
    onHandedOver(run: (handed: HandedOver) => void): () => void {
      const take = async () => run(await ferry().call('shell.takeHandedOver', {}))
      const stop = ferry().on('shell.handedOver', () => void take())
      void take()
      return stop
    },
    pickFiles: () => ferry().call('shell.pickFiles', {}),
    pickFolder: (title?: string) => ferry().call('shell.pickFolder', title ? { title } : {}),
    copy: (text: string) => ferry().call('shell.copy', { text }),
  }
})

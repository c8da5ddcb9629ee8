import { contextBridge, ipcRenderer, webUtils } from 'electron'
import { CALL_CHANNEL, EVENT_CHANNEL } from './contract/channels.ts'
import type { Bridge, EventFrame } from './contract/envelope.ts'

const bridge: Bridge = {
  call: (frame) => ipcRenderer.invoke(CALL_CHANNEL, frame),
  subscribe(listener) {
    const hear = (_event: unknown, frame: EventFrame) => listener(frame)
    ipcRenderer.on(EVENT_CHANNEL, hear)
    return () => ipcRenderer.off(EVENT_CHANNEL, hear)
  },
  // Electron answers at once, a stand-in may have to ask first.
  pathForFile: async (file) => webUtils.getPathForFile(file as Parameters<typeof webUtils.getPathForFile>[0]),
}

contextBridge.exposeInMainWorld('ferry', bridge)

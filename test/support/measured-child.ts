// Runs a workspace in a process of its own that says, when it is asked, what it has used.
import { startWorkspace } from '../../src-main/workspace/index.ts'

const before = process.cpuUsage()
const workspace = await startWorkspace({ dataDir: process.argv[2] ?? '', previews: false })
const started = process.cpuUsage(before)
const { url, appId, authToken } = workspace
process.on('message', () => {
  const { user, system } = process.cpuUsage()
  process.send?.({ cpuMs: (user + system) / 1000, rssBytes: process.memoryUsage.rss() })
})
process.on('disconnect', () => void workspace.close().then(() => process.exit()))
process.send?.({ url, appId, authToken, startCpuMs: (started.user + started.system) / 1000 })

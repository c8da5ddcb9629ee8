// Runs a workspace in a process of its own, so that a test can end it as a power cut would.
import { startWorkspace } from '../../../src-main/workspace/index.ts'

const workspace = await startWorkspace({ dataDir: process.argv[2] ?? '', previews: false })
process.stdout.write(
  `${JSON.stringify({ url: workspace.url, appId: workspace.appId, authToken: workspace.authToken })}\n`,
)

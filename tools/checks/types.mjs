// Type-checks the three environments of the project side by side: Node (main and preload), page (renderer), tests.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../..', import.meta.url))
const projects = ['src-main', 'src-renderer', 'test']
// What did not change since the last run is not checked again.
const infoFile = (project) => `${root}node_modules/.cache/types/${project}.tsbuildinfo`

const codes = await Promise.all(
  projects.map(
    (project) =>
      new Promise((resolve) => {
        const bin = `${root}node_modules/vue-tsc/bin/vue-tsc.js`
        spawn(
          process.execPath,
          [bin, '--noEmit', '--incremental', '--tsBuildInfoFile', infoFile(project), '-p', project],
          { cwd: root, stdio: 'inherit' },
        ).on('exit', resolve)
      }),
  ),
)
process.exitCode = codes.every((code) => code === 0) ? 0 : 1

// The `ferry` command of a package, run without a display. Where the package has the project's own Electron, that runs the
// command line itself; an old Electron cannot load modules as its program, so that there a script stands in that says what
// reached it, and only the way to it is proven.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'

const runTimeoutMs = 60_000

function run(command, args, cwd) {
  const env = { ...process.env, HOME: cwd }
  for (const name of ['DISPLAY', 'WAYLAND_DISPLAY']) delete env[name]
  const { status, stdout, stderr } = spawnSync(command, args, {
    cwd,
    env,
    encoding: 'utf8',
    timeout: runTimeoutMs,
  })
  return { status, stdout, stderr: stderr.slice(-1000) }
}

/** As the command in /usr/bin would be: a link to the one in the package. */
function linkTo(packed, folder) {
  const link = path.join(folder, 'linked ferry')
  fs.symlinkSync(path.join(packed, 'resources/bin/ferry'), link)
  return link
}

/** @returns {string[]} what is wrong with the command line of a package that has the project's own Electron */
export function ownCommandProblems(packed, folder, version) {
  const ferry = linkTo(packed, folder)
  const asked = run(ferry, ['--version'], folder)
  const wrong = run(ferry, ['upload'], folder)
  return [
    ...(asked.status === 0 && asked.stdout.trim() === version ? [] : [`--version: ${JSON.stringify(asked)}`]),
    ...(wrong.status === 2 ? [] : [`upload without a path: ${JSON.stringify(wrong)}`]),
  ]
}

/** @returns {string[]} what is wrong with the way from the command of a package to the program in an old Electron */
export function commandWayProblems(packed, oldElectron, folder) {
  const place = path.join(folder, 'a package')
  fs.cpSync(oldElectron, place, { recursive: true })
  fs.renameSync(path.join(place, 'electron'), path.join(place, 'ferry-desktop'))
  fs.cpSync(path.join(packed, 'resources/bin'), path.join(place, 'resources/bin'), { recursive: true })
  const app = path.join(place, 'resources/app')
  fs.mkdirSync(app, { recursive: true })
  fs.writeFileSync(path.join(app, 'package.json'), JSON.stringify({ name: 'ferry', main: 'main.cjs' }))
  fs.writeFileSync(
    path.join(app, 'main.cjs'),
    `const { argv, env } = process
     require('node:fs').writeSync(1, JSON.stringify({ args: argv.slice(argv.indexOf('--') + 1), run: env.FERRY_RUN }))
     process.exit(3)`,
  )
  const args = ['upload', '--proxy-server=not-for-chromium', '--', '-a "clip".mov', '$HOME']
  const { status, stdout, stderr } = run(linkTo(place, folder), args, folder)
  const expected = JSON.stringify({ args, run: 'command' })
  return status === 3 && stdout === expected ? [] : [`${status}: ${stdout} instead of ${expected}; ${stderr}`]
}

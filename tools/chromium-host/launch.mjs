#!/usr/bin/env node
// Takes the place of Electron's executable: launch.mjs [SWITCHES] [APP FOLDER] [FILES AND LINKS]
// Needs a Node as new as the one inside Electron; an older one is replaced by the Node that npm installed.
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))
const folder = path.resolve(process.argv.slice(2).find((argument) => !argument.startsWith('-')) ?? '.')

function relaunch(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(signal ? 1 : (code ?? 1)))
}

if (Number(process.versions.node.split('.')[0]) < 24) {
  const node = path.join(here, '../../node_modules/.bin/node')
  if (!fs.existsSync(node)) {
    console.error(`This host needs Node 24 or newer; this is ${process.version}.`)
    process.exit(1)
  }
  relaunch(node)
} else {
  process.env.CHROMIUM_HOST_APP = folder
  // As in Electron, the app's folder is the first argument after the program.
  process.argv.splice(1, 1)
  const { main } = JSON.parse(fs.readFileSync(path.join(folder, 'package.json'), 'utf8'))
  await import('./register.mjs')
  await import(pathToFileURL(path.resolve(folder, main)).href)
}

// The line to a test that runs in another process: a folder with two files of JSON lines.
//   dialogs.jsonl   written by the test: {"method":"showOpenDialog","result":{"canceled":false,"filePaths":["/a.mov"]}}
//                   the first line of the asked method is taken out and answers the dialog
//   calls.jsonl     written by the host: {"name":"shell.openExternal","args":["https://…"]} for everything that has
//                   no stand-in on this host (tray, notifications, …) and for every dialog
import fs from 'node:fs'
import path from 'node:path'
import { options } from './options.mjs'

/** What was called on parts that only record, newest last; bounded so that weeks of uptime cost nothing. */
export const calls = []
const keptCalls = 500

const inFolder = (name) => options.controlFolder && path.join(options.controlFolder, name)

function plain(value) {
  try {
    return (
      JSON.parse(JSON.stringify(value, (_key, part) => (typeof part === 'function' ? '[function]' : part))) ??
      null
    )
  } catch {
    return String(value)
  }
}

/** Notes that `name` (such as `tray.setToolTip`) was called. */
export function record(name, ...args) {
  const call = { name, args: args.map(plain) }
  calls.push(call)
  if (calls.length > keptCalls) calls.shift()
  const file = inFolder('calls.jsonl')
  if (file) fs.appendFileSync(file, `${JSON.stringify(call)}\n`)
}

/** Returns a function that does nothing but be recorded under `name`, and returns `result`. */
export const recorder =
  (name, result) =>
  (...args) => {
    record(name, ...args)
    return result
  }

/** Takes the next scripted answer for a dialog method; undefined when there is none. */
export function takeScriptedAnswer(method) {
  const file = inFolder('dialogs.jsonl')
  if (!file || !fs.existsSync(file)) return undefined
  const lines = fs.readFileSync(file, 'utf8').split('\n').filter(Boolean)
  const at = lines.findIndex((line) => JSON.parse(line).method === method)
  if (at < 0) return undefined
  const [line] = lines.splice(at, 1)
  fs.writeFileSync(file, lines.map((rest) => `${rest}\n`).join(''))
  return JSON.parse(line).result
}

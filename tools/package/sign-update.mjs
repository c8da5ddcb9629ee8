// sign-update.mjs VERSION BASE_URL FOLDER: writes ferry-update.json for the packages in FOLDER, and its signature beside it.
// The private key (Ed25519, PKCS 8, PEM) is read from the file that FERRY_UPDATE_SIGNING_KEY names; it is in no package and no
// repository. `sign-update.mjs --new-key FILE` makes one and prints the public half, for FERRY_UPDATE_KEY.
import { createHash, generateKeyPairSync, sign } from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const platforms = { '.exe': 'win32', '.dmg': 'darwin', '.AppImage': 'linux' }

/** What the name of a package says of the system it is for; null for a file that updates nothing. */
export function targetOf(name) {
  const platform = platforms[path.extname(name)]
  if (!platform || !/^[\w][\w. -]{0,150}$/.test(name)) return null
  return { platform, arch: /arm64|aarch64/.test(name) ? 'arm64' : 'x64' }
}

/**
 * @param {{ version: string, baseUrl: string, folder: string, privateKey: import('node:crypto').KeyObject | string }} options
 * @returns {{ manifest: string, signature: string }} the two files' content
 */
export function signUpdate({ version, baseUrl, folder, privateKey }) {
  const files = fs.readdirSync(folder).flatMap((name) => {
    const target = targetOf(name)
    if (!target) return []
    const content = fs.readFileSync(path.join(folder, name))
    const sha512 = createHash('sha512').update(content).digest('hex')
    return [
      {
        ...target,
        name,
        url: new URL(encodeURIComponent(name), baseUrl).href,
        sizeBytes: content.length,
        sha512,
      },
    ]
  })
  if (files.length === 0) throw new Error(`there is no package in ${folder}`)
  const manifest = `${JSON.stringify({ format: 1, version, files }, null, 2)}\n`
  return { manifest, signature: sign(null, Buffer.from(manifest), privateKey).toString('base64') }
}

/** @returns {string} the public half, as base64 of its SPKI form */
export function makeKey(file) {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  fs.writeFileSync(file, privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600, flag: 'wx' })
  return publicKey.export({ type: 'spki', format: 'der' }).toString('base64')
}

function main([version, baseUrl, folder]) {
  if (version === '--new-key' && baseUrl) return console.log(makeKey(baseUrl))
  const keyFile = process.env.FERRY_UPDATE_SIGNING_KEY
  if (!version || !baseUrl || !folder || !keyFile) {
    console.error(
      'usage: FERRY_UPDATE_SIGNING_KEY=FILE sign-update.mjs VERSION BASE_URL FOLDER | --new-key FILE',
    )
    process.exitCode = 2
    return
  }
  const made = signUpdate({ version, baseUrl, folder, privateKey: fs.readFileSync(keyFile, 'utf8') })
  fs.writeFileSync(path.join(folder, 'ferry-update.json'), made.manifest)
  fs.writeFileSync(path.join(folder, 'ferry-update.json.sig'), made.signature)
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.slice(2))

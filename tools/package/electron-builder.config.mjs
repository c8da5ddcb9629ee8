// How Ferry is packed: `npm run package`. Signing keys come by electron-builder's own environment variables (CSC_LINK and
// others); without them a package is unsigned and says so.
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const here = path.dirname(fileURLToPath(import.meta.url))

/** What runs, and nothing else: what is bundled into `out`, and the packages that cannot be, without addons of other systems. */
const filesWithoutAddonsOf = (...systems) => [
  'out/**',
  'package.json',
  '!**/*.map',
  '!**/node_modules/**/{test,tests,__tests__,docs,doc,example,examples,bench,benchmark,benchmarks,.github}/**',
  '!**/node_modules/**/*.{md,markdown,ts,mts,cts,flow,c,cc,cpp,h,gyp,tgz}',
  '!**/node_modules/node-{linux,win}-*/**',
  `!**/node_modules/keytar/prebuilds/{${systems.join(',')}}*/**`,
]

/** The `ferry` command, beside the archive in `resources/bin`. */
const command = (file) => [{ from: path.join(here, 'command', file), to: path.join('bin', file) }]

/** @type {import('electron-builder').Configuration} */
export default {
  appId: 'io.ferry.desktop',
  productName: 'Ferry',
  copyright: 'MIT licence',
  directories: { output: 'dist', buildResources: here },
  asar: true,
  // Addons are loaded by the system, which cannot look into an archive; a worker's file is opened by path.
  asarUnpack: ['**/*.node', '**/node_modules/{sharp,@img}/**', '**/*.wasm'],
  electronFuses: {
    runAsNode: false,
    enableNodeOptionsEnvironmentVariable: false,
    enableNodeCliInspectArguments: false,
    enableCookieEncryption: true,
    onlyLoadAppFromAsar: true,
    enableEmbeddedAsarIntegrityValidation: true,
    loadBrowserProcessSpecificV8Snapshot: false,
    grantFileProtocolExtraPrivileges: false,
  },
  npmRebuild: false,
  protocols: [{ name: 'Ferry', schemes: ['ferry'] }],
  // No update feed is built in: an update is installed as the first package was.
  publish: null,
  win: {
    target: [{ target: 'nsis', arch: ['x64', 'arm64'] }],
    icon: 'icon.png',
    files: filesWithoutAddonsOf('darwin', 'linux'),
    extraResources: command('ferry.cmd'),
    verifyUpdateCodeSignature: true,
  },
  nsis: { oneClick: false, perMachine: false, allowToChangeInstallationDirectory: true },
  mac: {
    target: [{ target: 'dmg', arch: ['x64', 'arm64'] }],
    category: 'public.app-category.video',
    icon: 'icon.png',
    files: filesWithoutAddonsOf('win32', 'linux'),
    extraResources: command('ferry'),
    hardenedRuntime: true,
    gatekeeperAssess: false,
    entitlements: path.join(here, 'entitlements.plist'),
    entitlementsInherit: path.join(here, 'entitlements.plist'),
  },
  linux: {
    target: ['AppImage', 'deb'],
    category: 'AudioVideo',
    icon: 'icon.png',
    files: filesWithoutAddonsOf('win32', 'darwin', 'linuxmusl'),
    extraResources: command('ferry'),
    executableName: 'ferry-desktop',
    synopsis: 'Brings clips to iconik and shows what is there',
    mimeTypes: ['x-scheme-handler/ferry'],
  },
  deb: {
    depends: ['libsecret-1-0', 'libgtk-3-0', 'libnss3', 'libnotify4'],
    recommends: ['ffmpeg'],
    fpm: [`${path.join(here, 'command/ferry-in-path')}=/usr/bin/ferry`],
  },
}

// What may be in a package and what must be.

const mayBe = [/^package\.json$/, /^out\//, /^node_modules\//]
const mustNotBe = [
  [/(^|\/)(tests?|__tests__|spec)\//, 'tests'],
  [/\.(test|e2e|spec)\.[cm]?[jt]s$/, 'a test'],
  [/\.(map|tsx?|mts|cts|vue)$/, 'source'],
  [/^(tools|test|docs|src-[a-z]+|\.ci)\//, 'a folder of the source tree'],
  [/\.(db|sqlite)(-wal|-shm)?$/, 'data of somebody'],
  [/(^|\/)\.env|\.(pem|p12|key)$/, 'a secret'],
  [
    /^node_modules\/(electron|electron-builder|vite|vitest|typescript|playwright[^/]*)\//,
    'a tool of development',
  ],
]
const mustBe = [
  'package.json',
  'out/main/start.js',
  'out/main/index.js',
  'out/main/cli.js',
  'out/main/workspace-worker.js',
  'out/main/library-worker.js',
  'out/main/hash-worker.js',
  'out/main/disk-worker.js',
  'out/preload/index.cjs',
  'out/renderer/index.html',
]

/**
 * Checks the names of the files in a package.
 * @param {readonly string[]} files relative, `/` between names
 * @returns {string[]} what is wrong, in plain words; empty when nothing is
 */
export function problemsOf(files) {
  const there = new Set(files)
  const missing = mustBe.filter((file) => !there.has(file)).map((file) => `${file} is missing`)
  const wrong = files.flatMap((file) => {
    if (!mayBe.some((pattern) => pattern.test(file))) return [`${file} does not belong into a package`]
    return mustNotBe.filter(([pattern]) => pattern.test(file)).map(([, what]) => `${file} is ${what}`)
  })
  return [...missing, ...wrong]
}

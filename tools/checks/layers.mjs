// Checks that imports point down the layers of layer-rules.mjs and that no files import each other in a circle.
// Usage: layers.mjs [ROOT]; ROOT defaults to this project. Imports are parsed, dynamic ones included; a layer whose
// folder is missing is an error, so that a renamed folder cannot pass unseen.
import fs from 'node:fs'
import { builtinModules } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import ts from 'typescript'
import { parse as parseVue } from 'vue/compiler-sfc'
import { layers } from './layer-rules.mjs'

const projectRoot = fileURLToPath(new URL('../..', import.meta.url))
const root = path.resolve(process.argv[2] ?? projectRoot)
const aliases = { '@contract': 'src-preload/contract', '@main': 'src-main', '@renderer': 'src-renderer' }
const builtins = new Set(builtinModules)

const problems = []
const imports = new Map()

const isUnder = (file, folder) => file === folder || file.startsWith(`${folder}/`)
const layerOf = (file) => layers.find((layer) => isUnder(file, layer.path))

function sourceFiles(folder) {
  const full = path.join(root, folder)
  if (!fs.existsSync(full)) return []
  return fs
    .readdirSync(full, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|vue)$/.test(entry.name) && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).split(path.sep).join('/'))
}

function scriptOf(file) {
  const text = fs.readFileSync(path.join(root, file), 'utf8')
  if (!file.endsWith('.vue')) return text
  const { descriptor } = parseVue(text)
  return `${descriptor.script?.content ?? ''}\n${descriptor.scriptSetup?.content ?? ''}`
}

/** Every module name that a file mentions: static, re-exported, dynamic, type-only, and `new URL('./x', import.meta.url)`. */
function importedNames(file) {
  const source = ts.createSourceFile(file, scriptOf(file), ts.ScriptTarget.Latest, true)
  const names = []
  const visit = (node) => {
    if ((ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) && node.moduleSpecifier) {
      const clause = node.importClause
      const typeOnly =
        node.isTypeOnly || clause?.isTypeOnly || clause?.phaseModifier === ts.SyntaxKind.TypeKeyword
      names.push({ name: node.moduleSpecifier.text, typeOnly: Boolean(typeOnly) })
    } else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) {
      names.push({ name: node.argument.literal.text, typeOnly: true })
    } else if (ts.isCallExpression(node)) {
      const [first] = node.arguments
      const dynamic =
        node.expression.kind === ts.SyntaxKind.ImportKeyword || node.expression.getText() === 'require'
      if (dynamic && first && ts.isStringLiteralLike(first)) names.push({ name: first.text, typeOnly: false })
      else if (dynamic) problems.push(`${file}: a computed import cannot be checked; name the module`)
    }
    ts.forEachChild(node, visit)
  }
  visit(source)
  return names
}

function resolveInside(file, name) {
  const clean = name.replace(/\?.*$/, '')
  const alias = Object.keys(aliases).find((key) => isUnder(clean, key))
  let target
  if (alias) target = aliases[alias] + clean.slice(alias.length)
  else if (clean.startsWith('.')) target = path.posix.join(path.posix.dirname(file), clean)
  else return undefined
  const candidates = [target, `${target}.ts`, target.replace(/\.js$/, '.ts'), `${target}/index.ts`]
  return (
    candidates.find((name) => fs.statSync(path.join(root, name), { throwIfNoEntry: false })?.isFile()) ??
    target
  )
}

function check(file, layer, { name, typeOnly }) {
  const inside = resolveInside(file, name)
  if (inside === undefined) {
    const bare = name.replace(/^node:/, '').replace(/\?.*$/, '')
    if (/^electron(\/|$)/.test(bare)) {
      if (!layer.electron) problems.push(`${file}: ${layer.path} may not use Electron`)
    } else if (name.startsWith('node:') || builtins.has(bare)) {
      if (layer.builtins !== 'all' && !layer.builtins.includes(bare))
        problems.push(`${file}: ${layer.path} may not use node:${bare}`)
    } else if (layer.packages && layer.packages !== 'all') {
      const ok = layer.packages.some((allowed) => isUnder(bare, allowed))
      if (!ok) problems.push(`${file}: ${layer.path} may not use the package ${bare}`)
    }
    return
  }
  if (!typeOnly && /\.(ts|vue)$/.test(inside)) imports.get(file).push(inside)
  const target = layerOf(inside)
  if (target === layer) {
    if (layer.self !== 'folder') return
    const sub = (name) => name.slice(layer.path.length + 1).split('/')[0]
    if (sub(inside) !== sub(file))
      problems.push(`${file}: imports its sibling ${inside}; meet in a lower layer`)
    return
  }
  if (layer.may === 'all') return
  if (!layer.may.some((folder) => isUnder(inside, folder)))
    problems.push(`${file}: ${layer.path} may not import ${inside}`)
}

function findCircles() {
  const state = new Map()
  const trail = []
  const walk = (file) => {
    if (state.get(file) === 'done') return
    if (state.get(file) === 'open') {
      problems.push(`circle: ${[...trail.slice(trail.indexOf(file)), file].join(' -> ')}`)
      return
    }
    state.set(file, 'open')
    trail.push(file)
    for (const next of imports.get(file) ?? []) walk(next)
    trail.pop()
    state.set(file, 'done')
  }
  for (const file of imports.keys()) walk(file)
}

const files = ['src-main', 'src-preload', 'src-renderer'].flatMap(sourceFiles)
for (const layer of layers)
  if (!files.some((file) => layerOf(file) === layer))
    problems.push(`no file belongs to the layer ${layer.path}`)
for (const file of files) {
  imports.set(file, [])
  const layer = layerOf(file)
  if (!layer) problems.push(`${file}: belongs to no layer`)
  else for (const imported of importedNames(file)) check(file, layer, imported)
}
findCircles()

for (const problem of problems) console.error(problem)
console.log(`layers: ${files.length} files, ${problems.length} problems`)
process.exitCode = problems.length === 0 ? 0 : 1

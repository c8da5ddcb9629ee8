import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

const checks = path.join(import.meta.dirname, '../../tools/checks')

interface Layer {
  path: string
}

/** A small project with one empty file in each layer, on which the layer check is run. */
export class LayerFixture {
  readonly root: string

  private constructor(root: string) {
    this.root = root
  }

  static async create(): Promise<LayerFixture> {
    const root = fs.mkdtempSync(path.join(os.tmpdir(), 'layers-'))
    const fixture = new LayerFixture(root)
    const rules = (await import(pathToFileURL(path.join(checks, 'layer-rules.mjs')).href)) as {
      layers: Layer[]
    }
    for (const layer of rules.layers) {
      const isFile = layer.path.endsWith('.ts')
      fixture.write(isFile ? layer.path : `${layer.path}/first.ts`, 'export const first = 1\n')
    }
    return fixture
  }

  write(file: string, text: string): void {
    const full = path.join(this.root, file)
    fs.mkdirSync(path.dirname(full), { recursive: true })
    fs.writeFileSync(full, text)
  }

  remove(name: string): void {
    fs.rmSync(path.join(this.root, name), { recursive: true })
  }

  check(): { status: number | null; problems: string[] } {
    const { status, stderr } = spawnSync(process.execPath, [path.join(checks, 'layers.mjs'), this.root], {
      encoding: 'utf8',
    })
    return { status, problems: stderr.split('\n').filter(Boolean) }
  }

  dispose(): void {
    fs.rmSync(this.root, { recursive: true, force: true })
  }
}

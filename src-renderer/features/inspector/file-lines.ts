import type { FormatView } from '@contract/assets.ts'
import { formatBytes } from '../../lib/format.ts'
import { strings } from '../../lib/strings/index.ts'

export interface FileLineView {
  readonly key: string
  readonly kind: 'format' | 'component' | 'fact' | 'fileSet' | 'file'
  /** 0 for formats. */
  readonly depth: number
  readonly name: string
  /** Quiet words after the name. */
  readonly note: string
  /** Stands at the right. */
  readonly end: string
  readonly expanded: boolean | undefined
  readonly tip: string
  /** Of a file: the storage's evidence, where it was proven here. */
  readonly proof?: string | null
}

/** Bytes of all files of a format that are known. */
export function sizeOf(format: FormatView): number {
  const files = format.fileSets.flatMap((set) => set.files)
  return files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0)
}

/** What proves the files of the first format, where every one of them was proven here; null where one was not. */
export function proofOf(formats: readonly FormatView[]): string | null {
  const files = formats[0]?.fileSets.flatMap((set) => set.files) ?? []
  return files.length > 0 && files.every((file) => file.proof !== null) ? (files[0]?.proof ?? null) : null
}

/** Technical facts in a few words: "ARRIRAW, 4608 × 1920, 24 fps". */
function factsOf(metadata: FormatView['metadata']): string {
  const { Format, Width, Height, FrameRate } = metadata
  const size = Width && Height ? `${Width} × ${Height}` : ''
  const rate = FrameRate ? `${Math.round(Number(FrameRate) * 1000) / 1000} fps` : ''
  return [Format, size, rate].filter(Boolean).join(', ')
}

/** The visible lines of formats → components and file sets → files. `turned` holds what a person opened or closed. */
export function fileLines(formats: readonly FormatView[], turned: ReadonlySet<string>): FileLineView[] {
  const lines: FileLineView[] = []
  const isOpen = (key: string, byDefault: boolean) => turned.has(key) !== byDefault
  for (const [place, format] of formats.entries()) {
    const key = `format ${format.id}`
    const open = isOpen(key, place === 0)
    const size = sizeOf(format)
    const facts = factsOf(format.metadata)
    const note = format.isOnline ? facts : [strings.inspector.files.offline, facts].filter(Boolean).join(', ')
    lines.push({
      key,
      kind: 'format',
      depth: 0,
      name: format.name,
      note,
      end: size > 0 ? formatBytes(size) : '',
      expanded: open,
      tip: [format.name, note].filter(Boolean).join(': '),
    })
    if (open) lines.push(...setLines(format, isOpen), ...componentLines(format, isOpen))
  }
  return lines
}

function setLines(format: FormatView, isOpen: (key: string, byDefault: boolean) => boolean): FileLineView[] {
  return format.fileSets.flatMap((set) => {
    const key = `set ${set.id}`
    const open = isOpen(key, set.files.length <= 12)
    const head: FileLineView = {
      key,
      kind: 'fileSet',
      depth: 1,
      name: set.storageName || strings.inspector.files.noStorage,
      note: set.status === 'ACTIVE' ? '' : set.status,
      end: strings.inspector.files.count(set.fileCount),
      expanded: open,
      tip: set.name,
    }
    const files = set.files.map<FileLineView>((file) => ({
      key: `file ${set.id} ${file.id}`,
      kind: 'file',
      depth: 2,
      name: file.name,
      note: file.status === 'CLOSED' ? '' : file.status,
      end: file.sizeBytes === null ? '' : formatBytes(file.sizeBytes),
      expanded: undefined,
      proof: file.proof,
      tip: [
        [file.directoryPath, file.name].filter(Boolean).join('/'),
        file.checksum && strings.inspector.files.checksum(file.checksum),
        file.proof && strings.inspector.files.proven(file.proof),
      ]
        .filter(Boolean)
        .join('\n'),
    }))
    return open ? [head, ...files] : [head]
  })
}

function componentLines(
  format: FormatView,
  isOpen: (key: string, byDefault: boolean) => boolean,
): FileLineView[] {
  return format.components.flatMap((component) => {
    const key = `component ${format.id} ${component.id}`
    const facts = Object.entries(component.metadata)
    const open = isOpen(key, false)
    const head: FileLineView = {
      key,
      kind: 'component',
      depth: 1,
      name: component.name || strings.inspector.files.component(component.type),
      note: factsOf(component.metadata),
      end: component.type,
      expanded: facts.length > 0 ? open : undefined,
      tip: component.name,
    }
    const lines = facts.map<FileLineView>(([name, value]) => ({
      key: `${key} ${name}`,
      kind: 'fact',
      depth: 2,
      name,
      note: '',
      end: value,
      expanded: undefined,
      tip: `${name}: ${value}`,
    }))
    return open ? [head, ...lines] : [head]
  })
}

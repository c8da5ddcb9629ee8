import { appendFileSync, chmodSync, mkdirSync, renameSync, writeFileSync } from 'node:fs'
import { createHash, randomBytes } from 'node:crypto'
import path from 'node:path'
import { age } from '../ferry-command.ts'

/** Names that programs stumble over; all of them are allowed here, and each has to come through as it is. */
export const HOSTILE_NAMES = [
  '-rf.mov',
  '--help.mov',
  'two\nlines.mov',
  'tab\there.mov',
  `quotes ' " \` $(whoami) ;.mov`,
  '%2e%2e%2fetc%2fpasswd.mov',
  '100%.mov',
  '<script>alert(1)</script>.mov',
  '\u202Egnp.mov',
  'ends with a space .mov ',
  'Übung'.normalize('NFD') + '.mov',
  'Übung'.normalize('NFC') + ' too.mov',
  '片🎬.mov',
  `${'long '.repeat(49)}.mov`.slice(-250),
  '{folder[1]} {nothing}.mov',
  'a.mov?x=1&y=2#z.mov',
]

export interface BadKind {
  /** Begins the names of its files. */
  name: string
  /** What the report has to give as its code. */
  code: string
  /** Bytes of each file. */
  sizeBytes: number
  /** Rules of the workspace for these files. */
  faults: unknown[]
  /** Once everything was planned. */
  spoil(file: string): void
  mend(file: string): void
}

const nothing = () => undefined
const away = (file: string) => `${file}.away`
const timers = new Map<string, ReturnType<typeof setInterval>>()

export const badKinds: readonly BadKind[] = [
  {
    name: 'locked',
    code: 'file.unreadable',
    sizeBytes: 4000,
    faults: [],
    spoil: (file) => chmodSync(file, 0),
    mend: (file) => chmodSync(file, 0o644),
  },
  {
    name: 'vanishing',
    code: 'file.missing',
    sizeBytes: 4000,
    faults: [],
    spoil: (file) => renameSync(file, away(file)),
    mend: (file) => renameSync(away(file), file),
  },
  {
    name: 'growing',
    code: 'file.changed',
    sizeBytes: 4000,
    faults: [],
    spoil: (file) => {
      timers.set(
        file,
        setInterval(() => appendFileSync(file, 'x'), 5),
      )
    },
    mend: (file) => {
      clearInterval(timers.get(file))
      age(file)
    },
  },
  {
    name: 'refused',
    code: 'storage.refused',
    sizeBytes: 4000,
    faults: [{ match: '* /_storage/*refused*', action: 'status', status: 409 }],
    spoil: nothing,
    mend: nothing,
  },
  {
    name: 'altered',
    code: 'storage.mismatch',
    // Too large to go in one call, after which the bytes themselves are read back.
    sizeBytes: 1_100_000,
    faults: [{ match: '* /_storage/*altered*', action: 'wrong-etag' }],
    spoil: nothing,
    mend: nothing,
  },
]

export interface ManyFiles {
  folder: string
  /** MD5 of each file by its path below the folder. */
  sums: Map<string, string>
  bad: { kind: BadKind; file: string }[]
}

/** A folder of so many small files, one in a hundred of which is going to fail, and each of them unlike the others. */
export function writeManyFiles(folder: string, count: number): ManyFiles {
  const sums = new Map<string, string>()
  const bad: ManyFiles['bad'] = []
  const write = (relativePath: string, sizeBytes: number) => {
    const file = path.join(folder, relativePath)
    const bytes = randomBytes(sizeBytes)
    mkdirSync(path.dirname(file), { recursive: true })
    writeFileSync(file, bytes)
    age(file)
    sums.set(relativePath, createHash('md5').update(bytes).digest('hex'))
    return file
  }
  for (const name of HOSTILE_NAMES) write(name, 2000)
  for (let index = 0; index < count / 100; index++) {
    const kind = badKinds[index % badKinds.length] as BadKind
    const name = `${kind.name} ${index}.mov`
    bad.push({ kind, file: write(name, kind.sizeBytes) })
  }
  // A look at media takes longer than everything else about a file so small: one in ten has a name that asks for it.
  for (let index = 0; sums.size < count; index++)
    write(`clip ${index}.${index % 10 === 0 ? 'mov' : 'dat'}`, 1000 + (index % 5000))
  return { folder, sums, bad }
}

/** Sums as the files are now, which some of them did not stay. */
export function rereadSums(many: ManyFiles, read: (file: string) => Buffer): void {
  for (const { file } of many.bad)
    many.sums.set(path.relative(many.folder, file), createHash('md5').update(read(file)).digest('hex'))
}

export function endAllMeddling(): void {
  for (const timer of timers.values()) clearInterval(timer)
}

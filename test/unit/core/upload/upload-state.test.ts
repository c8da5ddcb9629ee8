import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type {
  CreateKind,
  FileStep,
  PendingKind,
  UploadStep,
  UploadWay,
} from '@main/core/upload/upload-record.ts'
import type { FoundInOne } from '@main/core/upload/upload-state.ts'
import {
  afterCreate,
  afterOneShot,
  beforeCreate,
  endOf,
  sweepFor,
  nextAction,
  nextFileAction,
} from '@main/core/upload/upload-state.ts'

/** What may become of one request. Late: the connection is cut, and the effect comes when nobody waits for it any more. */
type Fate = 'answered' | 'lost-before' | 'lost-after' | 'late' | 'refused'
/** How far a call that makes three things got when the server broke down in it: format, file set, file row, all of it. */
type Reach = 1 | 2 | 3 | 4
type Turn = {
  fate: Fate
  crashBefore: boolean
  crashAfter: boolean
  reach: Reach
  indexed: boolean
  cancel: boolean
}

interface FileRow {
  step: FileStep
  fileId: string | null
  proven: boolean
}

interface Row {
  step: UploadStep
  hold: 'none' | 'cancelling'
  pending: PendingKind | null
  way: UploadWay
  assetId: string | null
  versionId: string | null
  formatId: string | null
  fileSetId: string | null
  decision: { do: 'upload' }
}

/** iconik and its storage, as far as an upload sees them. */
class ModelServer {
  #next = 1
  assets: { id: string; indexed: boolean; deleted: boolean }[] = []
  formats: { id: string; assetId: string }[] = []
  fileSets: { id: string; formatId: string }[] = []
  files: { id: string; assetId: string; index: number; status: 'OPEN' | 'CLOSED'; bytes: boolean }[] = []
  late: (() => void)[] = []

  id(): string {
    return `id-${this.#next++}`
  }

  liveAssets() {
    return this.assets.filter((asset) => !asset.deleted)
  }

  filesOf(assetId: string) {
    return this.files.filter((file) => file.assetId === assetId)
  }

  /** Late effects of creates come true only before anything was looked for twice: an asset may come at any time. */
  settleLate(): void {
    for (const effect of this.late.splice(0)) effect()
  }
}

class Crash extends Error {}
class Lost extends Error {}
class Refused extends Error {}

/** Carries one upload by the pure decisions; everything that it knows is in the row, as after a restart. */
class Interpreter {
  readonly server = new ModelServer()
  row: Row = {
    step: 'planned',
    hold: 'none',
    pending: null,
    way: 'long',
    assetId: null,
    versionId: null,
    formatId: null,
    fileSetId: null,
    decision: { do: 'upload' },
  }
  files: FileRow[]
  sweeps = 0
  sent = 0
  readonly #turns: Iterator<Turn>
  #turn: Turn | undefined

  constructor(turns: Turn[], fileCount: number, way: UploadWay) {
    this.#turns = turns[Symbol.iterator]()
    this.row.way = way
    this.files = Array.from({ length: fileCount }, () => ({ step: 'planned', fileId: null, proven: false }))
  }

  /** One decision and its effect. @returns whether there is more to do */
  step(): boolean {
    this.#turn = this.#turns.next().value
    if (this.#turn?.cancel && this.row.step !== 'verified' && this.row.step !== 'cancelled')
      this.row.hold = 'cancelling'
    try {
      return this.#act()
    } catch (error) {
      if (error instanceof Crash || error instanceof Lost || error instanceof Refused) return true
      throw error
    } finally {
      if (this.#turn?.indexed ?? true) for (const asset of this.server.assets) asset.indexed = true
    }
  }

  #act(): boolean {
    const action = nextAction(this.row)
    switch (action.do) {
      case 'rest':
        return false
      case 'create':
        this.#write(beforeCreate(action.what))
        try {
          this.#write(
            afterCreate(action.what, { id: this.#request(() => this.#create(action.what), action.what) }),
          )
        } catch (error) {
          if (error instanceof Refused) this.#write({ pending: null })
          throw error
        }
        return true
      case 'send-in-one':
        this.#write(beforeCreate('one-shot'))
        try {
          const ids = this.#request(() => this.#createInOne(), 'one-shot').split(' ')
          const [formatId = '', fileSetId = '', id = ''] = ids
          this.#writeOneShot({ formatId, fileSetId, file: { id, isWhole: true } })
        } catch (error) {
          // Refused: the server does not take it, so the upload goes step by step.
          if (error instanceof Refused) this.#write({ pending: null, way: 'long' })
          throw error
        }
        return true
      case 'find': {
        if (action.what === 'one-shot') {
          this.#writeOneShot(this.#findInOne())
          return true
        }
        const found = this.#find(action.what)
        if (found) this.#write(afterCreate(action.what, { id: found }))
        else {
          if (sweepFor(action.what) === 'asset') this.sweeps++
          this.#write({ pending: null })
        }
        return true
      }
      case 'send-files':
        return this.#sendFiles()
      case 'verify': {
        const end = endOf(this.files)
        this.#write({ step: end ?? 'bytes' })
        return true
      }
      case 'clean-up':
        return this.#cleanUp()
      case 'join':
        throw new Error('nothing to join here')
    }
  }

  #sendFiles(): boolean {
    this.#write({ step: 'bytes' })
    const index = this.files.findIndex((file) => nextFileAction(file.step).do !== 'none')
    const file = this.files[index]
    if (!file) {
      this.#write({ step: 'closed' })
      return true
    }
    switch (nextFileAction(file.step).do) {
      case 'create':
        this.#writeFile(index, { step: 'creating' })
        try {
          this.#writeFile(index, {
            step: 'open',
            fileId: this.#request(() => this.#createFile(index), 'file'),
          })
        } catch (error) {
          if (error instanceof Refused) this.#writeFile(index, { step: 'planned' })
          throw error
        }
        break
      case 'find': {
        const found = this.server.files.find(
          (made) => made.assetId === this.row.assetId && made.index === index,
        )
        this.#writeFile(index, found ? { step: 'open', fileId: found.id } : { step: 'planned' })
        break
      }
      case 'send':
        this.#request(() => {
          this.#serverFile(file).bytes = true
          this.sent++
          return ''
        }, 'bytes')
        this.#writeFile(index, { step: 'sent', proven: true })
        break
      case 'close':
        this.#request(() => {
          this.#serverFile(file).status = 'CLOSED'
          return ''
        }, 'close')
        this.#writeFile(index, { step: 'closed' })
        break
      case 'prove':
        this.#request(() => '', 'prove')
        if (!this.#serverFile(file).bytes) throw new Error('proved what has no bytes')
        this.#writeFile(index, { step: 'closed', proven: true })
        break
      case 'none':
        break
    }
    return true
  }

  #cleanUp(): boolean {
    if (this.row.pending === 'asset') {
      this.sweeps++
      const found = this.#find('asset')
      this.#write({ pending: null, ...(found ? { assetId: found } : {}) })
    }
    const { assetId } = this.row
    if (assetId)
      this.#request(() => {
        for (const asset of this.server.assets) if (asset.id === assetId) asset.deleted = true
        return ''
      }, 'delete')
    this.#write({ step: 'cancelled', hold: 'none' })
    return true
  }

  /** Deletes second assets of ours that hold no files, once the index shows them. */
  sweep(): void {
    this.server.settleLate()
    if (this.sweeps === 0) return
    const keepId = this.row.step === 'cancelled' ? null : this.row.assetId
    for (const asset of this.server.liveAssets())
      if (asset.id !== keepId && this.server.filesOf(asset.id).length === 0) asset.deleted = true
  }

  #request(effect: () => string, what: string): string {
    const fate = this.#turn?.fate ?? 'answered'
    if (fate === 'refused') throw new Refused()
    if (fate === 'lost-before') throw new Lost()
    if (fate === 'late') {
      // Only the making of an asset has no other trace than the index: what is below it is listed before it is made again.
      if (what === 'asset') this.server.late.push(() => void effect())
      throw new Lost()
    }
    const answer = effect()
    if (fate === 'lost-after') throw new Lost()
    return answer
  }

  #create(what: CreateKind): string {
    const id = this.server.id()
    if (what === 'asset') this.server.assets.push({ id, indexed: false, deleted: false })
    if (what === 'format') this.server.formats.push({ id, assetId: this.row.assetId ?? '' })
    if (what === 'file-set') this.server.fileSets.push({ id, formatId: this.row.formatId ?? '' })
    return id
  }

  /** The server makes the three in one transaction, or as far as it gets: what is there in part must be taken over. */
  #createInOne(): string {
    const [formatId, fileSetId, id] = [this.server.id(), this.server.id(), this.server.id()]
    const assetId = this.row.assetId ?? ''
    const { reach } = this.#turn ?? { reach: 4 }
    this.server.formats.push({ id: formatId, assetId })
    if (reach > 1) this.server.fileSets.push({ id: fileSetId, formatId })
    const status = reach > 3 ? 'CLOSED' : 'OPEN'
    if (reach > 2) this.server.files.push({ id, assetId, index: 0, status, bytes: reach > 3 })
    if (reach < 4) throw new Lost()
    return `${formatId} ${fileSetId} ${id}`
  }

  #findInOne(): FoundInOne {
    const formatId = this.#find('format')
    const fileSetId = this.server.fileSets.find((set) => set.formatId === formatId)?.id ?? null
    const made = this.server.filesOf(this.row.assetId ?? '')[0]
    return {
      formatId,
      fileSetId,
      file: made ? { id: made.id, isWhole: made.status === 'CLOSED' && made.bytes } : null,
    }
  }

  /** Both rows in one transaction. */
  #writeOneShot(found: FoundInOne): void {
    const { upload, file } = afterOneShot(found)
    if (this.#turn?.crashBefore) throw new Crash()
    Object.assign(this.row, upload)
    Object.assign(this.files[0] ?? {}, file)
    if (this.#turn?.crashAfter) throw new Crash()
  }

  #createFile(index: number): string {
    const id = this.server.id()
    this.server.files.push({ id, assetId: this.row.assetId ?? '', index, status: 'OPEN', bytes: false })
    return id
  }

  #find(what: CreateKind): string | null {
    if (what === 'asset') return this.server.liveAssets().find((asset) => asset.indexed)?.id ?? null
    if (what === 'format')
      return this.server.formats.find((format) => format.assetId === this.row.assetId)?.id ?? null
    return this.server.fileSets.find((set) => set.formatId === this.row.formatId)?.id ?? null
  }

  #serverFile(row: FileRow) {
    const file = this.server.files.find((made) => made.id === row.fileId)
    if (!file) throw new Error('the row names a file that the server does not have')
    return file
  }

  /** A crash may come right before or right after any write. */
  #write(changes: Partial<Record<keyof Row, unknown>>): void {
    if (this.#turn?.crashBefore) throw new Crash()
    Object.assign(this.row, changes)
    if (this.#turn?.crashAfter) throw new Crash()
  }

  #writeFile(index: number, changes: Partial<FileRow>): void {
    if (this.#turn?.crashBefore) throw new Crash()
    Object.assign(this.files[index] ?? {}, changes)
    if (this.#turn?.crashAfter) throw new Crash()
  }
}

const turn = fc.record({
  fate: fc.constantFrom<Fate>('answered', 'answered', 'lost-before', 'lost-after', 'late', 'refused'),
  crashBefore: fc.boolean(),
  crashAfter: fc.boolean(),
  reach: fc.constantFrom<Reach>(4, 4, 4, 3, 2, 1),
  indexed: fc.boolean(),
  cancel: fc.constant(false),
})

function carry(turns: Turn[], fileCount: number, way: UploadWay = 'long'): Interpreter {
  const upload = new Interpreter(turns, fileCount, way)
  for (let i = 0; i < turns.length + 200; i++) if (!upload.step()) break
  upload.server.settleLate()
  for (const asset of upload.server.assets) asset.indexed = true
  upload.sweep()
  return upload
}

describe('one upload under any order of crashes, lost answers, late effects and refusals', () => {
  it('ends as exactly one asset with one format, one file set and each file once', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 60 }), fc.integer({ min: 1, max: 3 }), (turns, fileCount) => {
        const { row, files, server } = carry(turns, fileCount)
        expect(row.step).toBe('verified')
        const [asset, ...twins] = server.liveAssets()
        expect(twins).toEqual([])
        expect(asset?.id).toBe(row.assetId)
        expect(server.formats.filter((format) => format.assetId === asset?.id)).toHaveLength(1)
        expect(server.fileSets.filter((set) => set.formatId === row.formatId)).toHaveLength(1)
        const made = server.filesOf(asset?.id ?? '')
        expect(made.map((file) => file.index).sort()).toEqual(files.map((_file, index) => index))
        for (const file of made) expect(file).toMatchObject({ status: 'CLOSED', bytes: true })
      }),
      { numRuns: 3000 },
    )
  })

  it('in one call ends the same, also when the server broke down in the middle of that call', () => {
    fc.assert(
      fc.property(fc.array(turn, { maxLength: 40 }), (turns) => {
        const { row, files, server } = carry(turns, 1, 'one-shot')
        expect(row.step).toBe('verified')
        expect(files).toMatchObject([{ step: 'closed', proven: true }])
        expect(server.liveAssets().map((asset) => asset.id)).toEqual([row.assetId])
        expect(server.formats.map((format) => format.id)).toEqual([row.formatId])
        expect(server.fileSets.map((set) => set.id)).toEqual([row.fileSetId])
        expect(server.files).toMatchObject([{ id: files[0]?.fileId, status: 'CLOSED', bytes: true }])
      }),
      { numRuns: 3000 },
    )
  })

  it('cancelled at any moment, leaves nothing behind', () => {
    fc.assert(
      fc.property(
        fc.array(turn, { minLength: 1, maxLength: 40 }),
        fc.nat({ max: 39 }),
        fc.integer({ min: 1, max: 3 }),
        fc.constantFrom<UploadWay>('long', 'one-shot'),
        (turns, when, count, way) => {
          const fileCount = way === 'one-shot' ? 1 : count
          const at = when % turns.length
          const asked = turns.map((given, index) => ({ ...given, cancel: index === at }))
          const { row, server } = carry(asked, fileCount, way)
          expect(['cancelled', 'verified']).toContain(row.step)
          expect(server.liveAssets()).toHaveLength(row.step === 'verified' ? 1 : 0)
        },
      ),
      { numRuns: 3000 },
    )
  })
})

describe('the end', () => {
  it('is green only when every file is closed and proven', () => {
    const closed = { step: 'closed', proven: true } as const
    expect(endOf([closed, closed])).toBe('verified')
    expect(endOf([closed, { step: 'closed', proven: false }])).toBe('unproven')
    expect(endOf([closed, { step: 'sent', proven: true }])).toBeNull()
  })
})

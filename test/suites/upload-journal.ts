import { beforeEach, describe, expect, it } from 'vitest'
import type { AssetId, StorageId, ViewId } from '@contract/ids.ts'
import type { CommittedPlan, PlannedClip } from '@main/core/clip.ts'
import type { UploadJournal } from '@main/ports/upload-journal.ts'

const ACCOUNT = 'account-1'
const VIEW = '00000000-0000-1000-8000-0000000000aa' as ViewId
const ASSET_ID = '00000000-0000-1000-8000-0000000000bb' as AssetId

export function plannedFile(path: string, sizeBytes = 10, mtimeMs = 1000): PlannedClip {
  const name = path.split('/').at(-1) ?? path
  return {
    clip: {
      kind: 'file',
      title: name,
      rootPath: '/clips',
      directory: '',
      files: [{ path, relativePath: name, role: 'essence', sizeBytes, mtimeMs, inode: `1:${path}` }],
      metadataSidecars: [],
    },
    target: {
      collectionId: null,
      collectionPath: [],
      storageId: null,
      access: 'default',
      viewId: null,
      metadata: {},
    },
    decision: { do: 'upload' },
  }
}

export function planOf(...clips: PlannedClip[]): CommittedPlan {
  return { title: 'A batch', source: 'command', watchFolderId: null, after: { do: 'leave' }, clips }
}

/** What every journal promises. */
export function uploadJournalSuite(open: () => UploadJournal): void {
  let journal: UploadJournal
  beforeEach(() => {
    journal = open()
  })
  const commit = (...clips: PlannedClip[]) => journal.commit(ACCOUNT, planOf(...clips), 5000)
  const only = (...clips: PlannedClip[]) => {
    const id = commit(...clips).uploadIds[0]
    if (!id) throw new Error('nothing was queued')
    return id
  }

  describe('committing', () => {
    it('gives one id for each clip, null for those that are not uploaded', () => {
      const skipped = {
        ...plannedFile('/clips/b.mov'),
        decision: { do: 'skip', reason: 'duplicate', assetId: null } as const,
      }
      const result = commit(plannedFile('/clips/a.mov'), skipped)
      expect(result.queued).toBe(1)
      expect(result.uploadIds.map((id) => id !== null)).toEqual([true, false])
    })

    it('does not queue the same file for the same place twice', () => {
      const first = commit(plannedFile('/clips/a.mov'))
      const second = commit(plannedFile('/clips/a.mov'))
      expect(second.uploadIds).toEqual(first.uploadIds)
      expect(second.queued).toBe(0)
      expect(journal.batches(ACCOUNT, 10)).toHaveLength(1)
    })

    it('queues a file again once it changed, or for another place', () => {
      commit(plannedFile('/clips/a.mov'))
      expect(commit(plannedFile('/clips/a.mov', 11)).queued).toBe(1)
      const elsewhere = plannedFile('/clips/a.mov')
      elsewhere.target.storageId = '00000000-0000-1000-8000-000000000001' as StorageId
      expect(commit(elsewhere).queued).toBe(1)
    })

    it('tries a failed upload again when it is handed over again', () => {
      const id = only(plannedFile('/clips/a.mov'))
      journal.update(id, { step: 'failed', finishedMs: 6000, attempts: 8 })
      expect(commit(plannedFile('/clips/a.mov')).uploadIds).toEqual([id])
      expect(journal.get(id)).toMatchObject({ step: 'planned', attempts: 0, finishedMs: null })
    })

    it('gives each upload an external id of its own', () => {
      const { uploadIds } = commit(plannedFile('/clips/a.mov'), plannedFile('/clips/b.mov'))
      const ids = uploadIds.map((id) => id && journal.get(id)?.externalId)
      expect(new Set(ids).size).toBe(2)
      for (const id of ids) expect(id).toMatch(/^[a-z0-9]+$/)
    })
  })

  it('remembers for which account and storage files do not go in one call', () => {
    journal.refuseOneShot(ACCOUNT, 'storage-1', 5000)
    journal.refuseOneShot(ACCOUNT, 'storage-1', 6000)
    expect(journal.isOneShotRefused(ACCOUNT, 'storage-1')).toBe(true)
    expect(journal.isOneShotRefused(ACCOUNT, 'storage-2')).toBe(false)
    expect(journal.isOneShotRefused('account-2', 'storage-1')).toBe(false)
  })

  describe('running', () => {
    it('hands out what was begun before what is new, and the rest in order', () => {
      const { uploadIds } = commit(
        plannedFile('/clips/a.mov'),
        plannedFile('/clips/b.mov'),
        plannedFile('/clips/c.mov'),
      )
      const [a, b, c] = uploadIds
      journal.update(c!, { step: 'asset' })
      expect(journal.runnable(ACCOUNT, 9000, 'any', 10).map((row) => row.id)).toEqual([c, a, b])
      journal.prioritize(ACCOUNT, { ids: [b!] })
      expect(journal.runnable(ACCOUNT, 9000, 'any', 10).map((row) => row.id)).toEqual([c, b, a])
    })

    it('leaves out what runs already, and gives as many others', () => {
      const { uploadIds } = commit(...['a', 'b', 'c'].map((name) => plannedFile(`/clips/${name}.mov`)))
      const [a, b, c] = uploadIds
      expect(journal.runnable(ACCOUNT, 9000, 'any', 2, new Set([a!])).map((row) => row.id)).toEqual([b, c])
      expect(journal.runnable(ACCOUNT, 9000, 'small', 0)).toEqual([])
    })

    it('ends several uploads at once, each with its files; one that cannot be written keeps no other back', async () => {
      const { uploadIds } = commit(...['a', 'b'].map((name) => plannedFile(`/clips/${name}.mov`)))
      const [a, b] = uploadIds
      const files = [{ index: 0, changes: { step: 'closed' as const, proven: true } }]
      const end = { step: 'verified' as const, finishedMs: 7000 }
      const ends = [a!, 'no-such-upload' as never, b!].map((id) => journal.settle(id, end, files))
      expect((await Promise.allSettled(ends)).map(({ status }) => status)).toEqual([
        'fulfilled',
        'rejected',
        'fulfilled',
      ])
      for (const id of [a!, b!]) {
        expect(journal.get(id)).toMatchObject({ step: 'verified', finishedMs: 7000 })
        expect(journal.files(id)).toMatchObject([{ step: 'closed', proven: true }])
      }
      expect(journal.totals(ACCOUNT).find((row) => row.state === 'done')?.count).toBe(2)
    })

    it('says what a person asked for', () => {
      const id = only(plannedFile('/clips/a.mov'))
      expect(journal.holdOf(id)).toBe('none')
      journal.hold(ACCOUNT, { ids: [id] }, 'paused')
      expect(journal.holdOf(id)).toBe('paused')
      expect(journal.holdOf('no-such-upload' as never)).toBeNull()
    })

    it('keeps small uploads in a lane of their own', () => {
      const { uploadIds } = commit(plannedFile('/clips/big.mov', 1e9), plannedFile('/clips/small.mov'))
      expect(journal.runnable(ACCOUNT, 9000, 'small', 10).map((row) => row.id)).toEqual([uploadIds[1]])
      expect(journal.runnable(ACCOUNT, 9000, 'large', 10).map((row) => row.id)).toEqual([uploadIds[0]])
    })

    it('leaves out what waits for a time, is held, active or over', () => {
      const { uploadIds } = commit(...['a', 'b', 'c', 'd'].map((name) => plannedFile(`/clips/${name}.mov`)))
      const [a, b, c, d] = uploadIds
      journal.update(a!, { notBeforeMs: 9001 })
      journal.hold(ACCOUNT, { ids: [b!] }, 'paused')
      journal.update(c!, { active: true })
      journal.update(d!, { step: 'verified', finishedMs: 9000 })
      expect(journal.runnable(ACCOUNT, 9000, 'any', 10)).toEqual([])
      expect(journal.nextDueMs(ACCOUNT)).toBe(9001)
      journal.clearActive()
      expect(journal.runnable(ACCOUNT, 9000, 'any', 10).map((row) => row.id)).toEqual([c])
    })

    it('keeps ids, checkpoints and sums', () => {
      const id = only(plannedFile('/clips/a.mov'))
      journal.updateBoth(id, { step: 'bytes', sentBytes: 4 }, 0, {
        step: 'open',
        fileId: 'f-1',
        checkpoint: { method: 'S3', uploadId: 'u', parts: [{ n: 1 }] },
        md5: 'aa',
      })
      expect(journal.get(id)).toMatchObject({ step: 'bytes', sentBytes: 4 })
      expect(journal.files(id)).toMatchObject([
        {
          step: 'open',
          fileId: 'f-1',
          checkpoint: { method: 'S3', uploadId: 'u', parts: [{ n: 1 }] },
          md5: 'aa',
        },
      ])
      journal.resetFiles(id)
      expect(journal.files(id)).toMatchObject([
        { step: 'planned', fileId: null, checkpoint: null, md5: null },
      ])
    })

    it('lets one runner at a time hold the lock, until it is let go or stale', () => {
      const me = { ownerId: 'me', pid: process.pid }
      const other = { ownerId: 'other', pid: process.ppid }
      expect(journal.acquireRunner(me, 1000, 5000)).toBe(true)
      expect(journal.acquireRunner(other, 2000, 5000)).toBe(false)
      expect(journal.heartbeat('me', 3000)).toBe(true)
      expect(journal.acquireRunner(other, 7999, 5000)).toBe(false)
      expect(journal.acquireRunner(other, 8000, 5000)).toBe(true)
      expect(journal.heartbeat('me', 8100)).toBe(false)
      journal.releaseRunner('other')
      expect(journal.runner(9000, 5000)).toBeNull()
    })

    it('gives the lock of a dead process away at once', () => {
      expect(journal.acquireRunner({ ownerId: 'dead', pid: 2 ** 30 }, 1000, 60_000)).toBe(true)
      expect(journal.runner(1001, 60_000)).toBeNull()
      expect(journal.acquireRunner({ ownerId: 'me', pid: process.pid }, 1001, 60_000)).toBe(true)
    })
  })

  describe('a person', () => {
    it('pauses and resumes', () => {
      const id = only(plannedFile('/clips/a.mov'))
      expect(journal.hold(ACCOUNT, { all: true }, 'paused')).toBe(1)
      expect(journal.list(ACCOUNT, { states: ['paused'], text: '' }, 0, 10).total).toBe(1)
      expect(journal.hold(ACCOUNT, { ids: [id] }, 'none')).toBe(1)
      expect(journal.get(id)?.hold).toBe('none')
    })

    it('cannot cancel what is over, but what failed', () => {
      const { uploadIds } = commit(plannedFile('/clips/a.mov'), plannedFile('/clips/b.mov'))
      journal.update(uploadIds[0]!, { step: 'verified', finishedMs: 1 })
      journal.update(uploadIds[1]!, { step: 'failed', finishedMs: 1 })
      expect(journal.hold(ACCOUNT, { all: true }, 'cancelling')).toBe(1)
      expect(journal.cancelling(ACCOUNT).map((row) => row.id)).toEqual([uploadIds[1]])
    })

    it('retries from where the upload got to', () => {
      const id = only(plannedFile('/clips/a.mov'))
      journal.update(id, {
        step: 'failed',
        assetId: '00000000-0000-1000-8000-000000000001' as never,
        formatId: 'f',
        finishedMs: 1,
      })
      expect(journal.retry(ACCOUNT, { all: true })).toBe(1)
      expect(journal.get(id)?.step).toBe('format')
    })

    it('clears finished rows from the list and keeps their records', () => {
      const id = only(plannedFile('/clips/a.mov'))
      journal.update(id, { step: 'verified', finishedMs: 1 })
      journal.clearFinished(ACCOUNT)
      expect(journal.list(ACCOUNT, { text: '' }, 0, 10)).toEqual({ total: 0, rows: [] })
      expect(journal.filesAtPath(ACCOUNT, '/clips/a.mov')).toMatchObject([{ state: 'done', uploadId: id }])
    })
  })

  describe('what is known of assets', () => {
    const ASSET = '00000000-0000-1000-8000-000000000001' as never
    const OTHER = '00000000-0000-1000-8000-000000000002' as never

    it('names those whose latest upload was proven, of this account', () => {
      const first = only(plannedFile('/clips/a.mov'))
      journal.update(first, { step: 'verified', assetId: ASSET, finishedMs: 1 })
      expect(journal.provenAssets(ACCOUNT, [OTHER, ASSET])).toEqual([ASSET])
      expect(journal.provenAssets('another', [ASSET])).toEqual([])
      expect(journal.provenAssets(ACCOUNT, [])).toEqual([])
      const second = only(plannedFile('/clips/a-2.mov'))
      journal.update(second, { step: 'unproven', assetId: ASSET, finishedMs: 2 })
      expect(journal.provenAssets(ACCOUNT, [ASSET])).toEqual([])
      journal.update(second, { step: 'cancelled' })
      expect(journal.provenAssets(ACCOUNT, [ASSET])).toEqual([ASSET])
    })
  })

  describe('describing what is there', () => {
    const describing = (uploadId: string, metadata: Record<string, string[]>): PlannedClip => {
      const planned = plannedFile('/clips/a.mov')
      return {
        clip: { ...planned.clip, files: [], metadataSidecars: ['/clips/a.json'] },
        target: { ...planned.target, viewId: VIEW, metadata },
        decision: { do: 'join', uploadId },
      }
    }

    it('takes an upload without files, once for the same values, and knows what was sent', () => {
      const first = plannedFile('/clips/a.mov')
      const id = only({
        ...first,
        target: { ...first.target, viewId: VIEW, metadata: { A: ['1'], B: ['2'] } },
      })
      journal.update(id, { assetId: ASSET_ID, step: 'verified' })
      const late = only(describing(id, { B: ['3'] }))
      expect(commit(describing(id, { B: ['3'] })).uploadIds).toEqual([late])
      expect(commit(describing(id, { B: ['4'] })).uploadIds).not.toEqual([late])
      journal.update(late, { assetId: ASSET_ID, step: 'verified' })
      expect(journal.get(late)).toMatchObject({ path: '/clips/a.json', fileCount: 0, metadata: 'waiting' })
      expect(journal.files(late)).toEqual([])
      expect(journal.valuesSent(id)).toEqual({ A: ['1'], B: ['3'] })
    })

    it('finds files by the beginning of their path', () => {
      commit(
        plannedFile('/clips/a.mov'),
        plannedFile('/clips/a.wav'),
        plannedFile('/clips/ab.mov'),
        plannedFile('/clips/b.mov'),
      )
      const found = journal.filesStartingWith(ACCOUNT, '/clips/a.').map(({ path }) => path)
      expect(found.sort()).toEqual(['/clips/a.mov', '/clips/a.wav'])
      expect(journal.filesStartingWith('another', '/clips/a.')).toEqual([])
    })
  })

  describe('reading', () => {
    it('lists what needs a person, what moves, what waits, and what is over, latest first', () => {
      const { uploadIds } = commit(
        ...['a', 'b', 'c', 'd', 'e'].map((name) => plannedFile(`/clips/${name}.mov`)),
      )
      const [a, b, c, d, e] = uploadIds
      journal.update(a!, { step: 'verified', finishedMs: 10 })
      journal.update(b!, { step: 'verified', finishedMs: 20 })
      journal.update(d!, { step: 'bytes', active: true })
      journal.update(e!, { step: 'failed', finishedMs: 15 })
      const { total, rows } = journal.list(ACCOUNT, { text: '' }, 0, 10)
      expect(total).toBe(5)
      expect(rows.map((row) => row.id)).toEqual([e, d, c, b, a])
      expect(journal.list(ACCOUNT, { text: 'C.mov' }, 0, 10).rows.map((row) => row.id)).toEqual([c])
      expect(journal.list(ACCOUNT, { text: '%' }, 0, 10).total).toBe(0)
    })

    it('counts by state without reading rows', () => {
      const { uploadIds, batchId } = commit(plannedFile('/clips/a.mov', 10), plannedFile('/clips/b.mov', 30))
      journal.update(uploadIds[0]!, { step: 'bytes', active: true })
      journal.saveProgress([{ id: uploadIds[0]!, sentBytes: 7 }])
      const totals = journal.totals(ACCOUNT, batchId).filter((row) => row.count > 0)
      expect(totals).toEqual([
        { state: 'uploading', count: 1, sizeBytes: 10, sentBytes: 7 },
        { state: 'waiting', count: 1, sizeBytes: 30, sentBytes: 0 },
      ])
    })

    it('adds up what came of a watch folder and of an account, over all their batches', () => {
      const ofFolder = (watchFolderId: string | null, ...clips: PlannedClip[]) =>
        journal.commit(
          ACCOUNT,
          { ...planOf(...clips), source: 'watch', watchFolderId: watchFolderId as never },
          5000,
        )
      const [a] = ofFolder('inbox', plannedFile('/in/a.mov', 10), plannedFile('/in/b.mov', 20)).uploadIds
      const [c] = ofFolder('inbox', plannedFile('/in/c.mov', 40)).uploadIds
      ofFolder('other', plannedFile('/other/d.mov', 80))
      const [e] = ofFolder(null, plannedFile('/e.mov', 160)).uploadIds
      journal.update(a!, { step: 'bytes', active: true })
      journal.saveProgress([{ id: a!, sentBytes: 7 }])
      for (const id of [c!, e!]) journal.update(id, { step: 'verified', finishedMs: 1 })
      const present = (totals: ReturnType<UploadJournal['totals']>) => totals.filter((row) => row.count > 0)
      expect(present(journal.totalsOfWatchFolder('inbox'))).toEqual([
        { state: 'done', count: 1, sizeBytes: 40, sentBytes: 0 },
        { state: 'uploading', count: 1, sizeBytes: 10, sentBytes: 7 },
        { state: 'waiting', count: 1, sizeBytes: 20, sentBytes: 0 },
      ])
      expect(present(journal.totalsOfWatchFolder('other'))).toEqual([
        { state: 'waiting', count: 1, sizeBytes: 80, sentBytes: 0 },
      ])
      expect(present(journal.totals(ACCOUNT))).toEqual([
        { state: 'done', count: 2, sizeBytes: 200, sentBytes: 0 },
        { state: 'uploading', count: 1, sizeBytes: 10, sentBytes: 7 },
        { state: 'waiting', count: 2, sizeBytes: 100, sentBytes: 0 },
      ])
      journal.clearFinished(ACCOUNT)
      expect(present(journal.totals(ACCOUNT)).map(({ state }) => state)).toEqual(['uploading', 'waiting'])
      expect(present(journal.totalsOfWatchFolder('inbox')).find(({ state }) => state === 'done')?.count).toBe(
        1,
      )
      expect(journal.totals('account-2')).toEqual([])
    })

    it('tells what changed since a revision', () => {
      const { uploadIds } = commit(plannedFile('/clips/a.mov'), plannedFile('/clips/b.mov'))
      const revision = journal.revision()
      journal.update(uploadIds[1]!, { step: 'asset' })
      expect(journal.changedSince(ACCOUNT, revision, 10).map((row) => row.id)).toEqual([uploadIds[1]])
      expect(journal.changedSince(ACCOUNT, journal.revision(), 10)).toEqual([])
    })

    it('knows files by path, size and content, of this account only', () => {
      const id = only(plannedFile('/clips/a.mov', 77))
      expect(journal.isSizeRead(ACCOUNT, 77)).toBe(false)
      expect(journal.unreadOfSize(ACCOUNT, 77)).toMatchObject({ uploadId: id })
      expect(journal.unreadOfSize('account-2', 77)).toBeNull()
      journal.updateFile(id, 0, { xxh128: 'cafe' })
      expect(journal.filesAtPath(ACCOUNT, '/clips/a.mov')).toMatchObject([
        { state: 'active', xxh128: 'cafe' },
      ])
      expect(journal.isSizeRead(ACCOUNT, 77)).toBe(true)
      expect(journal.unreadOfSize(ACCOUNT, 77)).toBeNull()
      expect(journal.filesWithXxh128(ACCOUNT, 'cafe', 77)).toHaveLength(1)
      expect(journal.filesWithXxh128(ACCOUNT, 'beef', 77)).toEqual([])
      expect(journal.isSizeRead('account-2', 77)).toBe(false)
    })
  })

  describe('asked for many files at once', () => {
    it('knows those at their paths, latest first, but for cancelled ones', () => {
      const [a, b, c] = commit(
        plannedFile('/clips/a.mov'),
        plannedFile('/clips/b.mov'),
        plannedFile('/clips/c.mov'),
      ).uploadIds
      journal.update(a!, { step: 'failed' })
      journal.update(c!, { step: 'cancelled' })
      const again = only(plannedFile('/clips/a.mov', 99, 2000))
      const later = only(plannedFile('/clips/b.mov', 10, 3000))
      const paths = ['/clips/b.mov', '/clips/none.mov', '/clips/c.mov', '/clips/a.mov']
      const found = journal.filesAtPaths(ACCOUNT, paths)
      expect(found.filter(({ path }) => path === '/clips/b.mov').map(({ uploadId }) => uploadId)).toEqual([
        later,
        b,
      ])
      const alone = paths.flatMap((path) => journal.filesAtPath(ACCOUNT, path))
      expect(new Set(found.map(({ uploadId }) => uploadId))).toEqual(
        new Set(alone.map(({ uploadId }) => uploadId)),
      )
      expect(again).toBe(a)
      expect(journal.filesAtPaths('account-2', paths)).toEqual([])
    })

    it('knows sizes, and whether their content was read', () => {
      const { uploadIds } = commit(
        plannedFile('/clips/a.mov', 10),
        plannedFile('/clips/b.mov', 20),
        plannedFile('/clips/c.mov', 10),
      )
      journal.updateFile(uploadIds[0]!, 0, { xxh128: 'cafe' })
      expect(journal.knownSizes(ACCOUNT, [10, 20, 30])).toEqual([
        { sizeBytes: 10, isRead: true, isUnread: true },
        { sizeBytes: 20, isRead: false, isUnread: true },
      ])
      journal.updateFile(uploadIds[2]!, 0, { xxh128: 'beef' })
      expect(journal.knownSizes(ACCOUNT, [10])).toEqual([{ sizeBytes: 10, isRead: true, isUnread: false }])
      expect(journal.knownSizes('account-2', [10])).toEqual([])
    })

    it('queues what stands twice in one plan once, and sets a failed one going again', () => {
      const failed = only(plannedFile('/clips/a.mov'))
      journal.update(failed, { step: 'failed' })
      const changed = plannedFile('/clips/a.mov', 11, 2000)
      const fresh = plannedFile('/clips/b.mov')
      const { uploadIds, queued } = commit(changed, changed, fresh, fresh)
      expect(uploadIds.slice(0, 2)).toEqual([failed, failed])
      expect(uploadIds[2]).toBe(uploadIds[3])
      expect(queued).toBe(1)
      expect(journal.get(failed)).toMatchObject({ step: expect.not.stringMatching('failed') })
    })
  })

  describe('collections and twins', () => {
    it('keeps one row for each collection, also while it is being made', () => {
      const record = {
        accountId: ACCOUNT,
        externalId: 'x',
        title: 'Rushes',
        parentId: null,
        collectionId: null,
      }
      journal.saveCollection(record)
      expect(journal.collection(ACCOUNT, 'x')).toEqual(record)
      journal.forgetCollection(ACCOUNT, 'x')
      expect(journal.collection(ACCOUNT, 'x')).toBeNull()
    })

    it('hands out sweeps when they are due and puts them off', () => {
      journal.addSweep({ accountId: ACCOUNT, kind: 'asset', externalId: 'x', ownerId: 'k', dueMs: 100 })
      expect(journal.dueSweeps(ACCOUNT, 99)).toEqual([])
      const [sweep] = journal.dueSweeps(ACCOUNT, 100)
      journal.finishSweep(sweep!.id, 500)
      expect(journal.dueSweeps(ACCOUNT, 499)).toEqual([])
      expect(journal.dueSweeps(ACCOUNT, 500)).toMatchObject([{ round: 1 }])
      journal.finishSweep(sweep!.id, null)
      expect(journal.dueSweeps(ACCOUNT, 1e9)).toEqual([])
    })
  })

  describe('work beside the bytes', () => {
    it('is found kind by kind: previews that are being made hide none that are to be asked for', () => {
      const { uploadIds } = commit(...Array.from({ length: 300 }, (_, i) => plannedFile(`/clips/${i}.mov`)))
      for (const id of uploadIds) if (id) journal.update(id, { step: 'verified', preview: 'running' })
      const last = uploadIds.at(-1)
      if (last) journal.update(last, { preview: 'waiting' })
      expect(journal.tracks(ACCOUNT, 'preview-waiting', 200).map(({ id }) => id)).toEqual([last])
      expect(journal.tracks(ACCOUNT, 'preview-running', 1000)).toHaveLength(299)
      expect(journal.tracks(ACCOUNT, 'metadata', 10)).toEqual([])
    })
  })
}

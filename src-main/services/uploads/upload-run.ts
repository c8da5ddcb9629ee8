import type { ScannedFile } from '../../core/clip.ts'
import { AppError, findAppError } from '../../core/errors.ts'
import { sameSighting } from '../../core/intake/settle.ts'
import { samePlace } from '../../core/upload/identity.ts'
import { verdictFor } from '../../core/upload/retry-policy.ts'
import { isEnd } from '../../core/upload/upload-record.ts'
import type { UploadFileRecord, UploadRecord } from '../../core/upload/upload-record.ts'
import { endOf, nextAction } from '../../core/upload/upload-state.ts'
import { cleanUp, forgetServerFiles } from './clean-up.ts'
import { createObject, findObject, looksFitForOneCall } from './create-steps.ts'
import { contentType } from './content-type.ts'
import { sendFiles } from './file-steps.ts'
import type { FileEnd } from './file-steps.ts'
import { findInOne, sendInOne } from './one-shot-steps.ts'
import type { UploadContext } from './upload-context.ts'

/** How a run ended, as the queue needs to know. */
export type RunOutcome = 'rested' | 'later' | 'offline' | 'signed-out'

/** How long a changed source is left alone before it is read again; it is still being written, as like as not. */
const SETTLE_MS = 3000

/** Carries one upload as far as it goes. Every failure ends in the journal, with its reason; only bugs of ours get out. */
export async function runUpload(context: UploadContext, begun: UploadRecord): Promise<RunOutcome> {
  const { journal, id } = context
  let rested = false
  try {
    // A new one is marked as active by the first thing that is written about it.
    if (begun.step !== 'planned') journal.update(id, { active: true })
    await bringSource(context)
    await checkSource(context, begun)
    for (let upload = begun; ; upload = mustGet(context)) {
      context.signal.throwIfAborted()
      const action = nextAction(upload)
      switch (action.do) {
        case 'find':
          if (action.what === 'one-shot') await findInOne(context, upload)
          else await findObject(context, upload, action.what)
          break
        case 'send-in-one':
          await sendInOne(context, upload)
          break
        case 'create':
          await createObject(context, upload, action.what)
          break
        case 'join':
          if (join(context, upload)) break
          return endWithTarget(context, upload) ? 'rested' : 'later'
        case 'send-files':
          if (upload.step !== 'bytes') journal.update(id, { step: 'bytes' })
          rested = await verify(context, await sendFiles(context, upload))
          break
        case 'verify':
          rested = await verify(context, [])
          break
        case 'clean-up':
          await cleanUp(context, upload)
          break
        case 'rest':
          return 'rested'
      }
      if (rested) return 'rested'
    }
  } catch (error) {
    return await settle(context, error)
  } finally {
    const upload = rested ? null : journal.get(id)
    if (upload?.active) journal.update(id, { active: false, sentBytes: sentSoFar(context, upload) })
    context.progress.forget(id)
  }
}

/** Files of another account are fetched before anything is made for them; a killed process may have left half of them. */
async function bringSource(context: UploadContext): Promise<void> {
  const upload = mustGet(context)
  if (!context.sources || upload.hold !== 'none' || isEnd(upload.step)) return
  await context.sources.bring(upload, context.journal.files(context.id), context.signal)
}

/** Nothing is made on the server for a source that is gone, and one that changed since it was planned is taken as it is now. */
async function checkSource(context: UploadContext, upload: UploadRecord): Promise<void> {
  if (upload.step !== 'planned' || upload.hold !== 'none') return
  const files = context.journal.files(context.id)
  // What may go in one call is read before anything is made; that shows it too.
  const isRead = looksFitForOneCall(upload, files)
  for (const file of files) {
    const now = await context.fileSystem.stat(file.path)
    if (now.kind !== 'file')
      throw new AppError('file.unsupported', `${file.path} is not a file any more.`, {
        retry: { when: 'never' },
      })
    if (now.sizeBytes !== file.sizeBytes || now.mtimeMs !== file.mtimeMs)
      throw new AppError('file.changed', `${file.path} changed after it was queued.`)
    if (!isRead) await context.fileSystem.checkReadable(file.path)
  }
}

function targetOf({ journal }: UploadContext, { decision }: UploadRecord): UploadRecord | null {
  return decision.do === 'join' ? journal.get(decision.uploadId as UploadRecord['id']) : null
}

/** Takes the place of the upload that these files join; false while that one has none yet. */
function join(context: UploadContext, upload: UploadRecord): boolean {
  const { journal, clock, id } = context
  const target = targetOf(context, upload)
  if (!target || target.step === 'cancelled')
    throw new AppError('api.not-found', `The upload that ${upload.title} belongs to is gone.`, {
      retry: { when: 'never' },
    })
  if (!target.fileSetId) {
    journal.update(id, { notBeforeMs: clock.nowMs() + SETTLE_MS })
    return false
  }
  journal.update(id, {
    step: 'file-set',
    assetId: target.assetId,
    versionId: target.versionId,
    formatId: target.formatId,
    fileSetId: target.fileSetId,
    storageId: target.storageId,
  })
  return true
}

/** What failed for good before it had a place gives none to those that wait for it; they fail by its reason. @returns whether it did */
function endWithTarget(context: UploadContext, upload: UploadRecord): boolean {
  const target = targetOf(context, upload)
  if (target?.step !== 'failed') return false
  const { error } = target
  const reason = new AppError(
    error?.code ?? 'api.failed',
    `${upload.title} belongs to ${target.title}, which failed: ${error?.message ?? 'no reason is known.'} Retry both.`,
    { retry: { when: 'never' }, details: error?.details ?? {} },
  )
  context.journal.update(context.id, {
    step: 'failed',
    hold: 'none',
    error: reason.toView(),
    finishedMs: context.clock.nowMs(),
  })
  return true
}

/**
 * The end is written to the disk itself: after it, a source may be moved or deleted.
 * @param last files that came to their end and are not written down yet
 * @returns whether that was the end; else files are still to be sent
 */
async function verify(context: UploadContext, last: readonly FileEnd[]): Promise<boolean> {
  const { journal, clock, id } = context
  const files = journal.files(id).map((file) => {
    const end = last.find(({ index }) => index === file.index)
    return end ? { ...file, ...end.changes } : file
  })
  const end = endOf(files)
  if (!end) {
    for (const { index, changes } of last) journal.updateFile(id, index, changes)
    journal.update(id, { step: 'bytes' })
    return false
  }
  await nameAsAsset(context)
  await journal.settle(
    id,
    {
      step: end,
      active: false,
      sentBytes: files.reduce((sum, file) => sum + file.sizeBytes, 0),
      proof: evidenceOf(files),
      error: null,
      finishedMs: clock.nowMs(),
      preview: mayHavePreview(files) ? 'waiting' : 'none',
    },
    [...last],
  )
  return true
}

/** An asset that waited for its file has one now. Safe to repeat. */
async function nameAsAsset(context: UploadContext): Promise<void> {
  const { decision } = mustGet(context)
  if (decision.do !== 'version' || !decision.intoCurrent) return
  const { assets } = context.session.api
  const asset = await assets.get(decision.assetId, context.signal)
  if (asset.type === 'PLACEHOLDER') await assets.update(asset.id, { type: 'ASSET' }, context.signal)
}

function evidenceOf(files: readonly UploadFileRecord[]): string {
  const unproven = files.find((file) => !file.proven)
  if (unproven) return unproven.evidence
  if (files.length === 1) return files[0]?.evidence ?? ''
  return `${files.length} files, each proven: ${files[0]?.evidence ?? ''}`
}

function mayHavePreview(files: readonly UploadFileRecord[]): boolean {
  const first = files[0]
  return first !== undefined && first.sizeBytes > 0 && /^(video|audio|image)\//.test(contentType(first.path))
}

/** Writes down what became of a run that was cut short. */
async function settle(context: UploadContext, error: unknown): Promise<RunOutcome> {
  const { journal, clock, id, logger } = context
  const upload = journal.get(id)
  if (!upload) return 'rested'
  const known =
    findAppError(error) ??
    new AppError('bug', `Something unexpected happened to ${upload.path}.`, { cause: error })
  const verdict = verdictFor(known, upload.attempts, upload.restarts, context.random())
  const facts = { upload: id, path: upload.path, code: known.code, verdict: verdict.do }
  if (verdict.do !== 'stop') logger.warn(known.message, { ...facts, cause: describe(known.cause) })
  switch (verdict.do) {
    case 'stop':
      return 'rested'
    case 'wait':
      journal.update(id, { error: known.toView() })
      return verdict.until === 'online' ? 'offline' : 'signed-out'
    case 'retry':
      journal.update(id, {
        attempts: upload.attempts + 1,
        notBeforeMs: clock.nowMs() + verdict.delayMs,
        error: known.toView(),
      })
      return 'later'
    case 'restart':
      return restart(context, upload, known)
    case 'fail':
      // A clean-up that is refused ends here too: it is shown, and may be asked for again.
      journal.update(id, {
        step: 'failed',
        hold: 'none',
        error: known.toView(),
        finishedMs: clock.nowMs(),
      })
      return 'rested'
  }
}

/** The source changed under us: what was sent of it is forgotten, here and there, and it is taken as it is now. */
async function restart(context: UploadContext, upload: UploadRecord, reason: AppError): Promise<RunOutcome> {
  const { journal, clock, id } = context
  try {
    await forgetServerFiles(context, upload)
    journal.resetFiles(id)
    let sizeBytes = 0
    for (const file of journal.files(id)) {
      const now = await context.fileSystem.stat(file.path)
      if (isTakenElsewhere(context, upload, now)) return endSuperseded(context, upload)
      sizeBytes += now.sizeBytes
      journal.updateFile(id, file.index, {
        sizeBytes: now.sizeBytes,
        mtimeMs: now.mtimeMs,
        inode: now.inode,
      })
    }
    context.progress.forget(id)
    journal.update(id, {
      restarts: upload.restarts + 1,
      // It may have grown beyond what goes in one call.
      way: 'long',
      step: upload.fileSetId ? 'file-set' : upload.step,
      sizeBytes,
      sentBytes: 0,
      error: reason.toView(),
      notBeforeMs: clock.nowMs() + SETTLE_MS * (upload.restarts + 1),
    })
    return 'later'
  } catch (error) {
    // A source that vanished meanwhile fails by that reason; a server that is away is waited for.
    const known = findAppError(error)
    if (known?.code === 'file.changed') throw error
    return settle(context, error)
  }
}

/** Queued once more as it is now, by someone who dropped it again: these bytes go with that upload. */
function isTakenElsewhere({ journal, id }: UploadContext, upload: UploadRecord, now: ScannedFile): boolean {
  return journal.filesAtPath(upload.accountId, now.path).some(({ uploadId, state, ...known }) => {
    const other =
      uploadId !== id && state !== 'failed' && sameSighting(known, now) ? journal.get(uploadId) : null
    return other ? samePlace(other.target, upload.target) : false
  })
}

function endSuperseded({ journal, clock, id }: UploadContext, { path }: UploadRecord): RunOutcome {
  const error = new AppError(
    'file.changed',
    `${path} changed before all of it was sent; as it is now it goes with a later upload.`,
    { retry: { when: 'never' } },
  )
  journal.update(id, { step: 'failed', hold: 'none', error: error.toView(), finishedMs: clock.nowMs() })
  return 'rested'
}

function sentSoFar(context: UploadContext, upload: UploadRecord): number {
  return upload.step === 'bytes' ? Math.max(context.progress.total(context.id), 0) : upload.sentBytes
}

function mustGet(context: UploadContext): UploadRecord {
  const upload = context.journal.get(context.id)
  if (!upload) throw new AppError('bug', `The journal holds no upload ${context.id}.`)
  return upload
}

function describe(cause: unknown): string | undefined {
  return cause instanceof Error ? `${cause.name}: ${cause.message}` : undefined
}

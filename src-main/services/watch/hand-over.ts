import path from 'node:path'
import type { UploadId } from '@contract/ids.ts'
import type { WatchRules } from '@contract/watch-folders.ts'
import type { PlannedClip } from '../../core/clip.ts'
import type { PlannedField } from '../../core/intake/describe-clip.ts'
import type { IntakeFile } from '../../core/intake/intake-file.ts'
import { comparable, joinPath } from '../../core/intake/path-names.ts'
import { promoteTwins } from '../../core/intake/promote-twins.ts'
import type { Prospect } from '../../core/intake/prospect.ts'
import { accountOfOwner } from '../../core/intake/watch-owner.ts'
import { type ReadinessGroup, readinessGroup } from '../../core/intake/readiness-groups.ts'
import type { WatchedFile } from '../../ports/watch-journal.ts'
import type { WatchFolderRecord } from '../../ports/watch-journal.ts'
import type { ReadyGroup } from './settling-files.ts'
import type { WatchPorts } from './watch-ports.ts'

export interface HandedOver {
  queued: number
  /** Uploads that were verified already, so that their duplicates are concluded at once. */
  verifiedOriginals: UploadId[]
}

/**
 * Plans ready files together with the known members of their clips, commits what is to be uploaded to the queue, and writes down what became of each
 * file. The queue's rows come first: should the process die in between, the next start finds the files in the queue by their path.
 *
 * @param released cards (`ReadinessGroup.card`) whose incomplete clips a person takes as they are
 * @throws AppError what planning or the queue throws; nothing was written down then
 */
export async function handOver(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  groups: readonly ReadyGroup[],
  fields: readonly PlannedField[] | null,
  signal: AbortSignal,
  released: ReadonlySet<string> = new Set(),
): Promise<HandedOver> {
  const fresh = groups.flatMap(({ files }) => files)
  const isFresh = new Set(fresh.map((file) => file.path))
  const members = knownMembers(ports, folder, groups)
  const known = members
    .map((member) => intakeFileOf(folder, member))
    .filter((file) => !isFresh.has(file.path))
  const { prospects, orphans, problems } = await ports.planner.examine([...fresh, ...known], folder.rules, {
    signal,
  })
  for (const problem of problems) ports.logger.warn('a file of a watch folder cannot be read', { ...problem })
  const news = prospects.filter(
    ({ clip }) =>
      clip.files.some((file) => isFresh.has(file.path)) ||
      clip.metadataSidecars.some((file) => isFresh.has(file)),
  )
  const settled = ports.planner.settle(news, folder.rules, fields, releasedClips(news, released))
  const planned = promoteTwins(settled, news)
  const uploadIds = await enqueue(ports, folder, planned)
  const byPath = new Map([...fresh, ...known].map((file) => [file.path, file]))
  // What waited for these files has found its clip, or another reason to wait.
  const concerned = new Set([
    ...isFresh,
    ...members
      .filter(({ state }) => state === 'waits')
      .map((member) => absolutePath(folder, member.relativePath)),
  ])
  const uploadOf = new Map(news.map(({ clip }, at) => [clip.key, uploadIds[at] ?? null]))
  const rows = planned.flatMap((entry, at) => {
    const prospect = news[at] as Prospect
    const original = uploadOf.get(prospect.judgement.twinOf ?? '') ?? null
    return rowsOf(prospect, entry, { uploadId: uploadIds[at] ?? null, original }, byPath, concerned)
  })
  const waiting = orphans
    .filter((file) => isFresh.has(file.path))
    .map((file) => row(file, { state: 'waits', reason: file.reason }))
  ports.journal.save(folder.id, [...rows, ...waiting])
  return {
    queued: uploadIds.filter((id) => id !== null).length,
    verifiedOriginals: [
      ...new Set(
        news.flatMap(({ judgement }) =>
          judgement.decision.do === 'skip' && judgement.original?.isVerified
            ? [judgement.original.uploadId]
            : [],
        ),
      ),
    ],
  }
}

async function enqueue(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  planned: readonly PlannedClip[],
): Promise<(UploadId | null)[]> {
  const isWork = ({ decision }: PlannedClip) => decision.do !== 'skip' && decision.do !== 'wait'
  if (!planned.some(isWork)) return planned.map(() => null)
  const { uploadIds } = await ports.intake.enqueue({
    accountId: accountOfOwner(folder.accountId),
    title: path.basename(folder.path) || folder.path,
    source: 'watch',
    watchFolderId: folder.id,
    after: folder.rules.after,
    clips: [...planned],
  })
  return uploadIds
}

/** Clips of cards that a person takes as they are. */
function releasedClips(prospects: readonly Prospect[], cards: ReadonlySet<string>): Set<string> {
  if (cards.size === 0) return new Set()
  return new Set(
    prospects
      .filter(({ clip: { directory, files } }) =>
        files.some(({ relativePath }) => {
          const { card } = readinessGroup(joinPath(directory, relativePath))
          return card !== null && cards.has(card)
        }),
      )
      .map(({ clip }) => clip.key),
  )
}

/** Files that were handed over earlier and may belong to the same clips. */
function knownMembers(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  groups: readonly ReadyGroup[],
): WatchedFile[] {
  const found = new Map<string, WatchedFile>()
  const cards = new Set<string>()
  const scopes = new Map<string, { scope: ReadinessGroup['scope']; keys: Set<string> }>()
  for (const member of clipNeighbours(
    ports,
    folder,
    groups.filter(({ group }) => !group.isLong),
  ))
    found.set(member.key, member)
  for (const { group } of groups) {
    if (!group.isLong) continue
    if (group.card !== null) cards.add(group.card)
    const scopeKey = `${group.scope.isDeep}:${group.scope.folder}`
    const scope = scopes.get(scopeKey) ?? { scope: group.scope, keys: new Set() }
    scope.keys.add(group.key)
    scopes.set(scopeKey, scope)
  }
  for (const { scope, keys } of scopes.values()) {
    const folderKey = comparable(scope.folder)
    const members = scope.isDeep
      ? ports.journal.filesBelow(folder.id, folderKey)
      : ports.journal.filesIn(folder.id, folderKey)
    for (const member of members) {
      const group = readinessGroup(member.relativePath)
      // All of a card is read together, even where only some of its files wait for each other.
      if (keys.has(group.key) || (group.card !== null && cards.has(group.card))) found.set(member.key, member)
    }
  }
  // A shot may go on from one card to the next: what lacks its other part is looked at with every card that comes.
  if (cards.size > 0)
    for (const member of ports.journal.filesInState(folder.id, 'waits'))
      if (readinessGroup(member.relativePath).card !== null) found.set(member.key, member)
  return [...found.values()]
}

/** Clip and sidecars share the beginning of their names, so that a narrow look is enough. */
function clipNeighbours(
  ports: WatchPorts,
  folder: WatchFolderRecord,
  groups: readonly ReadyGroup[],
): WatchedFile[] {
  if (groups.length === 0) return []
  const keys = new Set(groups.map(({ group }) => group.key))
  const prefixes = new Set(
    groups.flatMap(({ files }) =>
      files.map((file) => comparable(file.relativePath).replace(/(\.[^./]*){1,2}$/, '.')),
    ),
  )
  return ports.journal
    .filesStartingWith(folder.id, [...prefixes])
    .filter((member) => keys.has(readinessGroup(member.relativePath).key))
}

export function absolutePath(folder: WatchFolderRecord, relativePath: string): string {
  return path.join(folder.path, ...relativePath.split('/'))
}

export function intakeFileOf(folder: WatchFolderRecord, member: WatchedFile): IntakeFile {
  const { relativePath, sizeBytes, mtimeMs, inode } = member
  return { path: absolutePath(folder, relativePath), relativePath, sizeBytes, mtimeMs, inode }
}

/** What is written down about those files of a clip that are concerned: the fresh ones, and those that waited for them. */
function rowsOf(
  prospect: Prospect,
  planned: PlannedClip,
  carried: { uploadId: UploadId | null; original: UploadId | null },
  byPath: ReadonlyMap<string, IntakeFile>,
  concerned: ReadonlySet<string>,
): WatchedFile[] {
  const fate = fateOf(prospect, planned, carried)
  const members = [
    ...prospect.clip.files.map((file) => ({ path: file.path, isContent: true })),
    ...prospect.clip.metadataSidecars.map((sidecar) => ({ path: sidecar, isContent: false })),
  ]
  return members.flatMap((member) => {
    const file = byPath.get(member.path)
    return file && concerned.has(member.path) ? [row(file, { ...fate, isContent: member.isContent })] : []
  })
}

type Fate = Pick<WatchedFile, 'state' | 'reason'> &
  Partial<Pick<WatchedFile, 'uploadId' | 'assetId' | 'isContent'>>

function fateOf(
  prospect: Prospect,
  planned: PlannedClip,
  { uploadId, original: twin }: { uploadId: UploadId | null; original: UploadId | null },
): Fate {
  const { decision } = planned
  const note = prospect.judgement.note ?? ''
  if (uploadId !== null) return { state: 'sent', uploadId, reason: note }
  if (decision.do === 'wait') return { state: 'waits', reason: decision.reason }
  if (decision.do !== 'skip') return { state: 'waits', reason: 'The queue did not take it.' }
  const original = prospect.judgement.original ?? (twin === null ? null : { uploadId: twin })
  return {
    // With its original verified and its file seen to, a duplicate is done too.
    state: original === null ? 'done' : 'sent',
    uploadId: original?.uploadId ?? null,
    assetId: decision.assetId,
    reason: note,
  }
}

function row(file: IntakeFile, fate: Fate): WatchedFile {
  return {
    key: comparable(file.relativePath),
    relativePath: file.relativePath,
    sizeBytes: file.sizeBytes,
    mtimeMs: file.mtimeMs,
    inode: file.inode,
    uploadId: null,
    assetId: null,
    isContent: false,
    ...fate,
  }
}

/** Rules that decide what becomes of files that wait: when they change, what waits is looked at again. */
export function rulesMatter(before: WatchRules, after: WatchRules): boolean {
  const { settleSeconds: _a, groupSettleSeconds: _b, ...old } = before
  const { settleSeconds: _c, groupSettleSeconds: _d, ...now } = after
  return JSON.stringify(old) !== JSON.stringify(now)
}

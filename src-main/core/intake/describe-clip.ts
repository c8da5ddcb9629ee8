import type { PlanTargets } from '@contract/uploads.ts'
import type { ClipTarget, FieldValues } from '../clip.ts'
import type { GroupedClip } from './group-clips.ts'
import { type TokenContext, expand } from './metadata-template.ts'
import type { PathPattern } from './path-pattern.ts'
import { cleanTitle } from './titles.ts'

/** A field of the chosen view, as far as planning needs it. */
export interface PlannedField {
  name: string
  label: string
  required: boolean
}

export interface DescribedClip {
  /** By the template, or the clip's own where that gives none. */
  title: string
  target: ClipTarget
  /** Labels of required fields without a value. */
  missingFields: string[]
}

/** What is known of a clip besides its files. */
export interface ClipKnowledge {
  embedded: Record<string, string>
  sidecar: Record<string, string[]>
  /** Values that its asset was given before; only for a clip that is there already and has sidecars. */
  sent?: FieldValues
}

/** Local calendar date of an instant, "2026-03-18". */
export function localDate(ms: number): string {
  const date = new Date(ms)
  const two = (number: number) => String(number).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`
}

export function tokenContext(
  clip: GroupedClip,
  knowledge: ClipKnowledge,
  pattern: PathPattern | null,
): TokenContext {
  const [first] = clip.files
  const fileName = (first?.relativePath ?? '').split('/').at(-1) ?? ''
  const folders = clip.directory === '' ? [] : clip.directory.split('/').map((name) => name.normalize('NFC'))
  const dot = fileName.lastIndexOf('.')
  return {
    folders,
    title: clip.title,
    fileName: fileName.normalize('NFC'),
    date: localDate(first?.mtimeMs ?? 0),
    captures: pattern?.match(folders, dot > 0 ? fileName.slice(0, dot) : fileName) ?? {},
    embedded: knowledge.embedded,
    sidecar: knowledge.sidecar,
  }
}

/**
 * Where a clip goes and as what. Values of the template go before those of a sidecar; sidecar fields count only where the view has
 * them. Without a view nothing is written.
 *
 * @param fields of the view; null when it is not known yet: then nothing is required and every sidecar field is kept
 */
export function describeClip(
  clip: GroupedClip,
  targets: PlanTargets,
  fields: readonly PlannedField[] | null,
  knowledge: ClipKnowledge,
  pattern: PathPattern | null,
): DescribedClip {
  const context = tokenContext(clip, knowledge, pattern)
  const metadata: FieldValues = {}
  if (targets.viewId !== null) {
    const names = fields === null ? null : new Set(fields.map((field) => field.name))
    for (const [field, values] of Object.entries(knowledge.sidecar))
      if (names === null || names.has(field)) metadata[field] = [...values]
    for (const [field, templates] of Object.entries(targets.metadata)) {
      const values = templates.flatMap((template) => expand(template, context))
      if (values.length > 0) metadata[field] = values
    }
  }
  const missingFields =
    targets.viewId === null
      ? []
      : (fields ?? [])
          .filter((field) => field.required && (metadata[field.name] ?? []).length === 0)
          .map((field) => field.label)
  const [title] = targets.title ? expand(targets.title, context) : []
  return {
    title: title === undefined ? clip.title : cleanTitle(title),
    target: {
      collectionId: targets.collectionId,
      collectionPath: collectionPath(targets, context),
      storageId: targets.storageId,
      access: targets.access,
      viewId: targets.viewId,
      metadata,
    },
    missingFields,
  }
}

/** Values that a clip has only because of its sidecars, where they differ from what was sent before. */
export function lateValues(
  clip: GroupedClip,
  targets: PlanTargets,
  fields: readonly PlannedField[] | null,
  knowledge: ClipKnowledge,
  pattern: PathPattern | null,
): FieldValues {
  const described = (sidecar: ClipKnowledge['sidecar']) =>
    describeClip(clip, targets, fields, { ...knowledge, sidecar }, pattern).target.metadata
  const without = described({})
  const isEqual = (a: readonly string[] | undefined, b: readonly string[]) =>
    a?.length === b.length && b.every((value, at) => a[at] === value)
  return Object.fromEntries(
    Object.entries(described(knowledge.sidecar)).filter(
      ([field, values]) => !isEqual(without[field], values) && !isEqual(knowledge.sent?.[field], values),
    ),
  )
}

function collectionPath(targets: PlanTargets, context: TokenContext): string[] {
  const fixed = (targets.collectionPath ?? []).flatMap((title) => expand(title, context))
  return [...fixed, ...(targets.mirrorTree ? context.folders : [])].map((title) => cleanTitle(title))
}

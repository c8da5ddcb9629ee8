import { z } from 'zod'
import { call } from './define.ts'
import { AssetId, Instant, Nothing } from './ids.ts'

/** A comment or marker of an asset, at a moment, over a span, or of the whole. */
export const SegmentView = z.object({
  id: z.string(),
  /** iconik's segment type; COMMENT and MARKER are made here, others are shown. */
  type: z.string(),
  text: z.string(),
  /** From the start of the clip; null when it is about the whole asset. */
  startMs: z.number().nullable(),
  /** Null for a moment. */
  endMs: z.number().nullable(),
  /** Of a reply. */
  parentId: z.string().nullable(),
  isDone: z.boolean(),
  author: z.string(),
  dateCreated: Instant,
})
export type SegmentView = z.infer<typeof SegmentView>

const Ms = z.number().int().min(0)
const OneSegment = z.object({ assetId: AssetId, id: z.string().min(1).max(100) })

export const segments = {
  /** By their moment, those of the whole asset first. */
  'segments.list': call({ input: z.object({ assetId: AssetId }), output: z.array(SegmentView) }),
  'segments.create': call({
    input: z.object({
      assetId: AssetId,
      type: z.enum(['COMMENT', 'MARKER']),
      text: z.string().max(20_000),
      startMs: Ms.nullable(),
      endMs: Ms.nullable(),
      parentId: z.string().nullable(),
    }),
    output: SegmentView,
    errors: ['api.invalid'],
  }),
  'segments.update': call({
    input: OneSegment.extend({ text: z.string().max(20_000).optional(), isDone: z.boolean().optional() }),
    output: Nothing,
    errors: ['api.invalid'],
  }),
  'segments.delete': call({ input: OneSegment, output: Nothing }),
}
